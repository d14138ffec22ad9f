#include "messaging/live/test_live_hub.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

constexpr std::string_view kTable =
    R"({"TableName":"cruddur-messages","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[
        {"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"S"},
        {"AttributeName":"message_group_uuid","AttributeType":"S"}],
        "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},
                     {"AttributeName":"sk","KeyType":"RANGE"}],
        "GlobalSecondaryIndexes":[{"IndexName":"message-group-sk-index","KeySchema":[
          {"AttributeName":"message_group_uuid","KeyType":"HASH"},
          {"AttributeName":"sk","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}],
        "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"}})";
constexpr TimestampMicros kFirstMessage = 1'767'225'600'000'000;

}  // namespace

LiveHubSources sources_of(TestLiveTable& table) {
  return {
      .database = table.database,
      .table = "cruddur-messages",
      .clock = table.database.clock(),
      .members_of = [&table](std::string_view conversation) -> Result<std::vector<std::string>> {
        ++table.loads;
        if (table.loads_fail > 0) {
          --table.loads_fail;
          return fail(ErrorCode::kIo, "no members today");
        }
        const auto found = table.members.find(conversation);
        return found == table.members.end() ? std::vector<std::string>{} : found->second;
      },
      .conversations_of = [&table](std::string_view person) -> Result<std::vector<std::string>> {
        std::vector<std::string> conversations;
        for (const auto& [id, people] : table.members) {
          if (std::ranges::find(people, person) != people.end()) conversations.push_back(id);
        }
        return conversations;
      }};
}

bool TestSink::send(std::string_view text) {
  if (full || closed) return false;
  while (!text.empty()) {
    const std::size_t end = text.find("\n\n");
    EXPECT_NE(end, std::string_view::npos) << "half an event";
    std::string_view block = text.substr(0, end);
    text.remove_prefix(end + 2);
    std::string name;
    std::string data;
    while (!block.empty()) {
      const std::string_view line = block.substr(0, block.find('\n'));
      block.remove_prefix(std::min(block.size(), line.size() + 1));
      if (line.starts_with("event: ")) name = line.substr(7);
      if (line.starts_with("data: ")) data = line.substr(6);
      if (line.starts_with("id: ")) last_id = line.substr(4);
      if (line.starts_with(":")) ++comments;
    }
    if (!data.empty()) events_.push_back(fmt::format("{} {}", name, data));
  }
  return true;
}

void TestSink::leave() {
  full = true;
  if (callback_) std::exchange(callback_, nullptr)();
}

std::vector<std::string> TestSink::take() {
  return std::exchange(events_, {});
}

std::vector<std::string> TestSink::take(std::string_view name) {
  std::vector<std::string> events = take();
  std::erase_if(events, [&](const std::string& event) {
    return !event.starts_with(fmt::format("{} ", name));
  });
  return events;
}

TestLiveTable::TestLiveTable() {
  EXPECT_TRUE(database.call("CreateTable", kTable));
}

void TestLiveTable::put(std::string_view item) {
  const auto reply = database.direct().call(
      "PutItem", fmt::format(R"({{"TableName":"cruddur-messages","Item":{}}})", item));
  EXPECT_TRUE(reply) << reply.error().message;
}

void TestLiveTable::erase(std::string_view pk, std::string_view sk) {
  EXPECT_TRUE(database.direct().call(
      "DeleteItem",
      fmt::format(R"({{"TableName":"cruddur-messages","Key":{}}})", item_key(pk, sk))));
}

void TestLiveTable::say(std::string_view conversation, std::string_view sender, int n,
                        std::string_view client_token) {
  put(item_of(Message{.id = fmt::format("m{}", n),
                      .conversation = std::string(conversation),
                      .sort_key = iso_utc(kFirstMessage + n),
                      .sender = {.id = std::string(sender),
                                 .handle = std::string(sender),
                                 .display_name = fmt::format("Name of {}", sender)},
                      .text = fmt::format("{} {}", conversation, n),
                      .client_token = std::string(client_token)}));
}

void TestBackplane::publish(std::string text) {
  const auto begin = text.find(R"("word":")") + 8;
  ++said_[text.substr(begin, text.find('"', begin) - begin)];
  texts_.push_back(std::move(text));
}

int TestBackplane::said(std::string_view kind) const {
  const auto found = said_.find(kind);
  return found == said_.end() ? 0 : found->second;
}

void TestBackplane::settle() {
  while (!texts_.empty()) {
    for (const std::string& text : std::exchange(texts_, {})) {
      for (LiveHub* hub : hubs_) hub->heard(text);
    }
  }
}

void TestBackplane::restore() {
  for (LiveHub* hub : hubs_) hub->restored();
  settle();
}

TestLiveHub::TestLiveHub(TestLiveTable& live_table, TestBackplane& backplane, std::string process)
    : table(live_table),
      hub([&] {
        LiveHubSources sources = sources_of(live_table);
        sources.process = std::move(process);
        sources.publish = [&backplane](std::string text) { backplane.publish(std::move(text)); };
        return std::make_unique<LiveHub>(std::move(sources), HubSettings{});
      }()),
      walk(table.database, table.database.clock(), *hub, {.table = "cruddur-messages"}) {
  settle();
  backplane.add(*hub);
  hub->restored();
  backplane.settle();
}

TestLiveHub::TestLiveHub(TestLiveTable& live_table, HubSettings settings)
    : table(live_table),
      hub(std::make_unique<LiveHub>(sources_of(live_table), settings)),
      walk(table.database, table.database.clock(), *hub, {.table = "cruddur-messages"}) {
  settle();
}

void TestLiveHub::settle() {
  for (int i = 0; i < 1'000; ++i) {
    const auto round = walk.advance();
    if (!round.moved && !round.failed) return;
    if (round.failed) table.database.clock().advance(std::chrono::seconds(5));
  }
  ADD_FAILURE() << "the stream does not come to rest: " << walk.last_failure();
}

std::shared_ptr<TestSink> TestLiveHub::connect(std::string_view person, std::string_view last_id) {
  auto sink = std::make_shared<TestSink>();
  const Status connected = hub->connect(person, last_id, sink);
  EXPECT_TRUE(connected) << connected.error().message;
  return sink;
}

void TestLiveHub::advance(std::chrono::milliseconds time) {
  table.database.clock().advance(time);
  hub->tick();
}

std::string text_of_message(std::string_view event) {
  simdjson::dom::parser parser;
  const simdjson::dom::element json =
      parser.parse(simdjson::padded_string(event.substr(event.find(' ') + 1)));
  return std::string(std::string_view(json["text"]));
}

}  // namespace parley::messaging
