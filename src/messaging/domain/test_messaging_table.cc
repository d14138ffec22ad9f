#include "messaging/domain/test_messaging_table.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <cstdio>
#include <cstdlib>
#include <ostream>
#include <utility>

#include "base/assert.h"
#include "client/item_page.h"
#include "client/remote_database.h"
#include "client/test_local_database.h"
#include "messaging/conversation_trigger.h"
#include "messaging/query_pages.h"
#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

constexpr const char* kEndpointVariable = "PARLEY_TEST_DYNAMODB_ENDPOINT";

std::unique_ptr<client::Database> open_database(TestDatabase where, Clock& clock, Random& random) {
  if (where == TestDatabase::kEmbedded) return std::make_unique<client::TestLocalDatabase>();
  const char* endpoint = std::getenv(kEndpointVariable);
  PARLEY_ASSERT(endpoint != nullptr);
  const auto url = net::Url::parse(endpoint);
  PARLEY_ASSERT(url.has_value());
  return std::make_unique<client::RemoteDatabase>(
      client::RemoteDatabaseOptions{.endpoint = *url, .credentials = {"test", "test", ""}}, clock,
      random);
}

std::string table_parameter(std::string_view name) {
  return fmt::format("\"TableName\":{}", json_string(name));
}

std::string create_table_input(std::string_view name) {
  return fmt::format(
      R"({{{},"BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[)"
      R"({{"AttributeName":"pk","AttributeType":"S"}},)"
      R"({{"AttributeName":"sk","AttributeType":"S"}},)"
      R"({{"AttributeName":"message_group_uuid","AttributeType":"S"}}],)"
      R"("KeySchema":[{{"AttributeName":"pk","KeyType":"HASH"}},)"
      R"({{"AttributeName":"sk","KeyType":"RANGE"}}],)"
      R"("GlobalSecondaryIndexes":[{{"IndexName":"message-group-sk-index","KeySchema":[)"
      R"({{"AttributeName":"message_group_uuid","KeyType":"HASH"}},)"
      R"({{"AttributeName":"sk","KeyType":"RANGE"}}],)"
      R"("Projection":{{"ProjectionType":"ALL"}}}}]}})",
      table_parameter(name));
}

std::map<std::string, std::string> attributes_of(const simdjson::dom::element& item) {
  std::map<std::string, std::string> out;
  simdjson::dom::object object;
  PARLEY_ASSERT(item.get(object) == simdjson::SUCCESS);
  for (const auto& [name, value] : object) out.emplace(name, simdjson::minify(value));
  return out;
}

std::string item_text(const std::map<std::string, std::string>& attributes) {
  std::string out;
  for (const auto& [name, value] : attributes) {
    out += fmt::format("{}{}:{}", out.empty() ? "" : ",", json_string(name), value);
  }
  return "{" + out + "}";
}

std::string record(std::string_view event, std::string_view table,
                   const std::map<std::string, std::string>& attributes) {
  return fmt::format(
      R"({{"eventID":"1","eventName":"{}","eventVersion":"1.1","eventSource":"aws:dynamodb",)"
      R"("eventSourceARN":"arn:aws:dynamodb:us-east-1:000000000001:table/{}/stream/x",)"
      R"("dynamodb":{{"SequenceNumber":"1","StreamViewType":"NEW_IMAGE",)"
      R"("Keys":{{"pk":{},"sk":{}}}{}}}}})",
      event, table, attributes.at("pk"), attributes.at("sk"),
      event == "REMOVE" ? "" : ",\"NewImage\":" + item_text(attributes));
}

}  // namespace

Result<std::string> FaultyDatabase::call(std::string_view operation, std::string_view input) {
  const auto fault = fault_of_this_call();
  if (fault == When::kBefore) return fail(ErrorCode::kIo, "The connection was lost (injected)");
  std::optional<Result<std::string>> outcome;
  if (operation == "TransactWriteItems") {
    const std::scoped_lock lock(mutex_);
    if (without_transactions_) {
      outcome = std::unexpected(client::service_error(
          400, R"({"__type":"com.amazon.coral.service#UnknownOperationException"})"));
    }
  }
  if (!outcome && instead) outcome = instead(operation, input);
  if (!outcome) outcome = real_.call(operation, input);
  if (fault == When::kAfter) return fail(ErrorCode::kIo, "The reply was lost (injected)");
  return *std::move(outcome);
}

void FaultyDatabase::arm(int call, When when, bool for_ever) {
  const std::scoped_lock lock(mutex_);
  calls_ = 0;
  failing_ = call;
  when_ = when;
  for_ever_ = for_ever;
  struck_ = false;
}

bool FaultyDatabase::mend() {
  const std::scoped_lock lock(mutex_);
  calls_ = 0;
  failing_ = 0;
  return std::exchange(struck_, false);
}

int FaultyDatabase::calls() const {
  const std::scoped_lock lock(mutex_);
  return calls_;
}

void FaultyDatabase::take_transactions_away() {
  const std::scoped_lock lock(mutex_);
  without_transactions_ = true;
}

std::optional<FaultyDatabase::When> FaultyDatabase::fault_of_this_call() {
  const std::scoped_lock lock(mutex_);
  ++calls_;
  if (failing_ == 0 || calls_ < failing_) return std::nullopt;
  if (calls_ == failing_) {
    struck_ = true;
    return when_;
  }
  // A dead process does nothing.
  return for_ever_ ? std::optional(When::kBefore) : std::nullopt;
}

std::vector<TestDatabase> test_databases() {
  std::vector<TestDatabase> all{TestDatabase::kEmbedded};
  const char* endpoint = std::getenv(kEndpointVariable);
  if (endpoint != nullptr && *endpoint != '\0') all.push_back(TestDatabase::kEndpoint);
  return all;
}

void PrintTo(TestDatabase where, std::ostream* out) {
  *out << (where == TestDatabase::kEmbedded ? "the embedded database" : "the endpoint");
}

TestMessagingTable::TestMessagingTable(TestDatabase where, TestReads reads)
    : name_("messaging-" + make_uuid(system_random_)),
      real_(open_database(where, system_clock_, system_random_)),
      faults_(*real_),
      domain_{.database = faults_,
              .reads = reads == TestReads::kCached ? static_cast<Reads&>(cached_) : uncached_,
              .clock = clock_,
              .random = random_,
              .times = times_,
              .settings = {.table = name_},
              .pause = [](std::chrono::milliseconds) {}} {
  call("CreateTable", create_table_input(name_));
  while (call("DescribeTable", "{" + table_parameter(name_) + "}").find("\"CREATING\"") !=
         std::string::npos) {
    client::system_pause()(std::chrono::milliseconds(10));
  }
}

TestMessagingTable::~TestMessagingTable() {
  call("DeleteTable", "{" + table_parameter(name_) + "}");
}

void TestMessagingTable::put(std::string_view item) {
  call("PutItem", fmt::format(R"({{{},"Item":{}}})", table_parameter(name_), item));
}

void TestMessagingTable::erase(std::string_view pk, std::string_view sk) {
  call("DeleteItem", fmt::format(R"({{{},"Key":{}}})", table_parameter(name_), item_key(pk, sk)));
}

std::string TestMessagingTable::item(std::string_view pk, std::string_view sk) {
  const std::string reply = call("GetItem", fmt::format(R"({{{},"Key":{},"ConsistentRead":true}})",
                                                        table_parameter(name_), item_key(pk, sk)));
  simdjson::dom::parser parser;
  simdjson::dom::element json;
  simdjson::dom::element item;
  PARLEY_ASSERT(parser.parse(reply).get(json) == simdjson::SUCCESS);
  return json["Item"].get(item) == simdjson::SUCCESS ? item_text(attributes_of(item)) : "";
}

std::vector<std::string> TestMessagingTable::items(std::string_view pk) {
  std::vector<std::string> found;
  const Status walked =
      for_each_item(*real_,
                    fmt::format(R"({{{},"KeyConditionExpression":"pk = :p","ConsistentRead":true,)"
                                R"("ExpressionAttributeValues":{{":p":{}}})",
                                table_parameter(name_), string_value(pk)),
                    [&](const simdjson::dom::element& item) {
                      found.push_back(item_text(attributes_of(item)));
                      return true;
                    });
  PARLEY_ASSERT(walked.has_value());
  return found;
}

void TestMessagingTable::add_person(std::string_view id) {
  put(fmt::format(R"({{"pk":{},"sk":{{"S":"PROFILE"}},"handle":{},"display_name":{},)"
                  R"("created_at":{{"S":"2026-01-01T00:00:00.000000+00:00"}}}})",
                  string_value(fmt::format("USR#{}", id)), string_value(id),
                  string_value(fmt::format("Name of {}", id))));
  put(fmt::format(R"({{"pk":{},"sk":{{"S":"HND"}},"user_uuid":{}}})",
                  string_value(fmt::format("HND#{}", id)), string_value(id)));
}

std::vector<std::string> TestMessagingTable::changes() {
  std::map<std::string, std::map<std::string, std::string>> now;
  std::string start_key;
  do {
    const std::string reply =
        call("Scan",
             fmt::format(R"x({{{},"ConsistentRead":true,"FilterExpression":"begins_with(pk, :m)",)x"
                         R"("ExpressionAttributeValues":{{":m":{}}}{}}})",
                         table_parameter(name_), string_value(kMessagePrefix),
                         start_key.empty() ? "" : ",\"ExclusiveStartKey\":" + start_key));
    simdjson::dom::parser parser;
    const client::ItemPage page = client::item_page_of(parser, reply).value();
    for (const simdjson::dom::element item : page.items) {
      auto attributes = attributes_of(item);
      std::string key = attributes.at("pk") + attributes.at("sk");
      now.emplace(std::move(key), std::move(attributes));
    }
    start_key = page.next();
  } while (!start_key.empty());

  std::vector<std::string> records;
  for (const auto& [key, attributes] : seen_) {
    if (!now.contains(key)) records.push_back(record("REMOVE", name_, attributes));
  }
  for (const auto& [key, attributes] : now) {
    const auto before = seen_.find(key);
    if (before != seen_.end() && before->second == attributes) continue;
    records.push_back(record(before == seen_.end() ? "INSERT" : "MODIFY", name_, attributes));
  }
  seen_ = std::move(now);
  return records;
}

Status TestMessagingTable::deliver(const std::vector<std::string>& records) {
  std::string all;
  for (const std::string& each : records) all += (all.empty() ? "" : ",") + each;
  ConversationTrigger trigger(faults_, {.index = domain_.settings.index,
                                        .members_moved_max = domain_.settings.members_moved_max,
                                        .pause = domain_.pause});
  const auto reply = trigger.handle(fmt::format(R"({{"Records":[{}]}})", all));
  // As the stream's records of the trigger's own writes would have it, a moment later.
  cache_.set_trusted(false);
  cache_.set_trusted(true);
  if (!reply) return std::unexpected(reply.error());
  return {};
}

std::string TestMessagingTable::call(std::string_view operation, const std::string& input) {
  auto reply = real_->call(operation, input);
  if (!reply) fmt::print(stderr, "{}: {}\n", operation, reply.error().message);
  PARLEY_ASSERT(reply.has_value());
  return *std::move(reply);
}

}  // namespace parley::messaging
