// Generated histories: people open, invite, leave, write, edit, delete and read, while the stream's
// records are delivered late, again, out of order and in batches of any size. In the end every list
// is what a small model says.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <set>

#include "messaging/domain/conversations.h"
#include "messaging/domain/table_calls.h"
#include "messaging/domain/test_conversations.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

struct ModelMessage {
  std::string sender = {};
  std::string text = {};
  bool deleted = false;
};
struct ModelMember {
  bool owner = false;
  bool left = false;  // a conversation of two, until there is a message
  std::string joined_at = {};
  std::string last_read = {};
};
struct ModelConversation {
  bool is_group = false;
  std::string title = {};
  std::string newest_told = {};  // by the records that have been delivered
  std::map<std::string, ModelMember> members = {};
  std::map<std::string, ModelMessage> messages = {};  // by time
};

struct Record {
  std::string json;
  std::string conversation;
  std::string time;
  std::string sender;
  bool removal = false;
};

/// The table and the model, changed together.
class History {
 public:
  History(TestMessagingTable& table, std::uint64_t seed) : table_(table), random_(seed) {
    for (const std::string& person : people_) table_.add_person(person);
  }
  void step();
  void finish();

 private:
  std::size_t below(std::size_t count) { return random_() % count; }
  bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }
  const std::string& somebody() { return people_[below(people_.size())]; }
  std::string now() { return iso_utc(table_.clock().now()); }
  ModelConversation* any_conversation(std::string& id);

  void open_direct();
  void make_group();
  void invite();
  void remove();
  void rename();
  void say();
  void change_message();
  void mark_read();
  void deliver(bool all);
  void note_changes();
  void change(const std::string& id, const std::string& time, const ItemChange& change);
  void expect_list_of(const std::string& user);

  TestMessagingTable& table_;
  std::mt19937_64 random_;
  Conversations conversations_{table_.domain()};
  const std::vector<std::string> people_{"ann", "bob", "cy", "dee", "eve"};
  std::map<std::string, ModelConversation> model_;
  std::map<std::string, std::deque<Record>> pending_;  // by message
  std::vector<std::string> delivered_;
  int number_ = 0;
};

ModelConversation* History::any_conversation(std::string& id) {
  if (model_.empty()) return nullptr;
  auto found = std::next(model_.begin(), static_cast<std::ptrdiff_t>(below(model_.size())));
  id = found->first;
  return &found->second;
}

void History::step() {
  table_.clock().advance(std::chrono::milliseconds(1 + below(3000)));
  const std::size_t dice = below(100);
  if (dice < 6) {
    open_direct();
  } else if (dice < 9) {
    make_group();
  } else if (dice < 15) {
    invite();
  } else if (dice < 20) {
    remove();
  } else if (dice < 22) {
    rename();
  } else if (dice < 55) {
    say();
  } else if (dice < 65) {
    change_message();
  } else if (dice < 80) {
    mark_read();
  } else {
    deliver(false);
  }
}

void History::open_direct() {
  const std::string asker = somebody();
  const std::string other = somebody();
  const auto made = conversations_.open_direct(asker, other);
  if (asker == other) {
    EXPECT_FALSE(made);
    return;
  }
  ASSERT_TRUE(made) << made.error().message;
  for (const auto& [id, conversation] : model_) {
    if (conversation.is_group || !conversation.members.contains(asker) ||
        !conversation.members.contains(other)) {
      continue;
    }
    EXPECT_EQ(made->id, id);
    EXPECT_TRUE(made->was_there);
  }
  ModelConversation& conversation = model_[made->id];
  if (!made->was_there) {
    for (const auto& each : {asker, other}) conversation.members[each].joined_at = now();
  }
  conversation.members[asker].left = false;
}

void History::make_group() {
  const std::string owner = somebody();
  std::vector<std::string> others;
  for (const std::string& person : people_) {
    if (chance(40)) others.push_back(person);
  }
  const std::string title = fmt::format("Group {}", ++number_);
  const auto made = conversations_.make_group(owner, title, others);
  ASSERT_TRUE(made) << made.error().message;
  ModelConversation& group = model_[made->id];
  group.is_group = true;
  group.title = title;
  group.members[owner] = {.owner = true, .joined_at = now()};
  for (const std::string& other : others) group.members[other].joined_at = now();
}

void History::invite() {
  std::string id;
  ModelConversation* group = any_conversation(id);
  if (group == nullptr) return;
  const std::string asker = somebody();
  const std::string user = somebody();
  const auto invited = conversations_.invite(asker, id, user);
  if (!group->is_group || !group->members.contains(asker) || group->members.contains(user)) {
    EXPECT_FALSE(invited);
    return;
  }
  ASSERT_TRUE(invited) << invited.error().message;
  // Whatever was said before counts as read, whether or not the trigger knows of it.
  const auto& said = group->messages;
  group->members[user] = {.joined_at = now(),
                          .last_read = said.empty() ? "" : said.rbegin()->first};
}

void History::remove() {
  std::string id;
  ModelConversation* conversation = any_conversation(id);
  if (conversation == nullptr) return;
  const std::string asker = somebody();
  const std::string user = chance(50) ? asker : somebody();
  const Status removed = conversations_.remove(asker, id, user);
  auto& members = conversation->members;
  if (!members.contains(asker) || !members.contains(user) ||
      (user != asker && !members[asker].owner)) {
    EXPECT_FALSE(removed);
    return;
  }
  ASSERT_TRUE(removed) << removed.error().message;
  if (!conversation->is_group) {
    members[user].left = true;
    members[user].last_read = std::max(members[user].last_read, conversation->newest_told);
    return;
  }
  members.erase(user);
  const auto owner =
      std::ranges::find_if(members, [](const auto& each) { return each.second.owner; });
  if (members.empty() || owner != members.end()) return;
  std::ranges::min_element(members, {}, [](const auto& each) {
    return std::pair(each.second.joined_at, each.first);
  })->second.owner = true;
}

void History::rename() {
  std::string id;
  ModelConversation* group = any_conversation(id);
  if (group == nullptr) return;
  const std::string asker = somebody();
  const std::string title = fmt::format("Renamed {}", ++number_);
  const Status renamed = conversations_.rename(asker, id, title);
  const bool may = group->is_group && group->members.contains(asker) && group->members[asker].owner;
  EXPECT_EQ(renamed.has_value(), may);
  if (may) group->title = title;
}

void History::say() {
  std::string id;
  ModelConversation* conversation = any_conversation(id);
  if (conversation == nullptr || conversation->members.empty()) return;
  const auto sender = std::next(conversation->members.begin(),
                                static_cast<std::ptrdiff_t>(below(conversation->members.size())));
  // Every fifth comes from a process whose clock is behind.
  const TimestampMicros behind =
      chance(20) ? static_cast<TimestampMicros>(below(8'000'000)) : TimestampMicros{0};
  const std::string time = iso_utc(table_.clock().now() - behind);
  if (conversation->messages.contains(time)) return;
  const std::string text = fmt::format("text {}", ++number_);
  put_message(table_, id, sender->first, text, time);
  conversation->messages[time] = {.sender = sender->first, .text = text};
  note_changes();
}

void History::change(const std::string& id, const std::string& time, const ItemChange& change) {
  const auto changed =
      TableCalls(table_.domain()).update({key_of(kMessagePrefix, id), time}, change);
  ASSERT_TRUE(changed && *changed);
}

void History::change_message() {
  std::string id;
  ModelConversation* conversation = any_conversation(id);
  if (conversation == nullptr || conversation->messages.empty()) return;
  auto& messages = conversation->messages;
  auto found = std::next(messages.begin(), static_cast<std::ptrdiff_t>(below(messages.size())));
  if (chance(40)) found = std::prev(messages.end());
  ModelMessage& message = found->second;
  if (chance(20) && found != std::prev(messages.end())) {
    table_.erase(key_of(kMessagePrefix, id), found->first);
    messages.erase(found);
  } else if (message.deleted) {
    return;
  } else if (chance(50)) {
    message.text = fmt::format("text {}", ++number_);
    change(id, found->first,
           {.update = "SET message = :m, edited_at = :now",
            .parameters = Parameters().text(":m", message.text).text(":now", now())});
  } else {
    message.text.clear();
    message.deleted = true;
    change(id, found->first,
           {.update = "SET message = :m, deleted_at = :now",
            .parameters = Parameters().text(":m", "").text(":now", now())});
  }
  note_changes();
}

void History::mark_read() {
  std::string id;
  ModelConversation* conversation = any_conversation(id);
  if (conversation == nullptr || conversation->messages.empty()) return;
  const auto& messages = conversation->messages;
  const auto message =
      std::next(messages.begin(), static_cast<std::ptrdiff_t>(below(messages.size())));
  const std::string asker = somebody();
  const auto left = conversations_.mark_read(asker, id, message->first);
  if (!conversation->members.contains(asker)) {
    EXPECT_FALSE(left);
    return;
  }
  ASSERT_TRUE(left) << left.error().message;
  std::string& last_read = conversation->members[asker].last_read;
  last_read = std::max(last_read, message->first);
}

void History::note_changes() {
  for (std::string& json : table_.changes()) {
    simdjson::dom::parser parser;
    const simdjson::padded_string text(json);
    const simdjson::dom::element record = parser.parse(text).value();
    const simdjson::dom::element keys = record["dynamodb"]["Keys"].value();
    Record each{.json = {},
                .conversation = std::string(text_of(keys, "pk")->substr(kMessagePrefix.size())),
                .time = std::string(*text_of(keys, "sk")),
                .sender = {},
                .removal = record["eventName"].get_string().value() == "REMOVE"};
    simdjson::dom::element image;
    if (record["dynamodb"]["NewImage"].get(image) == simdjson::SUCCESS) {
      each.sender = text_of(image, "user_uuid").value_or("");
    }
    each.json = std::move(json);
    const std::string key = each.conversation + each.time;
    pending_[key].push_back(std::move(each));
  }
}

// The records of one message keep their order, as a stream's do; those of several need not. Records
// that have been delivered come again.
void History::deliver(bool all) {
  std::vector<std::string> batch;
  for (int i = 0; !delivered_.empty() && chance(40) && i < 5; ++i) {
    batch.push_back(delivered_[below(delivered_.size())]);
  }
  std::vector<std::string> keys;
  for (const auto& [key, records] : pending_) {
    if (all || chance(50)) keys.push_back(key);
  }
  std::ranges::shuffle(keys, random_);
  for (const std::string& key : keys) {
    std::deque<Record>& records = pending_[key];
    const std::size_t count = all ? records.size() : 1 + below(records.size());
    const Record last = records[count - 1];
    for (std::size_t i = 0; i < count; ++i) {
      batch.push_back(records.front().json);
      delivered_.push_back(records.front().json);
      records.pop_front();
    }
    if (records.empty()) pending_.erase(key);
    if (last.removal) continue;
    ModelConversation& conversation = model_[last.conversation];
    // Who has written has read what came before.
    const auto sender = conversation.members.find(last.sender);
    if (sender != conversation.members.end()) {
      sender->second.last_read = std::max(sender->second.last_read, last.time);
    }
    if (last.time <= conversation.newest_told) continue;
    conversation.newest_told = last.time;
    for (auto& [user, member] : conversation.members) member.left = false;
  }
  if (chance(30)) {
    // The trigger's process dies or loses a call on the way, people go on, and the stream delivers
    // the batch again.
    const auto when = chance(50) ? FaultyDatabase::When::kBefore : FaultyDatabase::When::kAfter;
    const int call = static_cast<int>(1 + below(30));
    chance(50) ? table_.faults().kill_at(call, when) : table_.faults().lose_at(call, when);
    const Status cut_short = table_.deliver(batch);
    EXPECT_EQ(table_.faults().mend(), !cut_short);
    mark_read();
    say();
  }
  const Status done = table_.deliver(batch);
  ASSERT_TRUE(done) << done.error().message;
}

void History::finish() {
  while (!pending_.empty()) deliver(true);
  std::ranges::shuffle(delivered_, random_);
  const Status again = table_.deliver(delivered_);
  ASSERT_TRUE(again) << again.error().message;
  expect_invariants(table_, people_);
  for (const std::string& user : people_) expect_list_of(user);
}

void History::expect_list_of(const std::string& user) {
  const testing::ScopedTrace trace(__FILE__, __LINE__, user);
  std::map<std::string, std::string> expected;
  std::map<std::string, std::string> places;
  long unread_in_all = 0;
  for (const auto& [id, conversation] : model_) {
    const auto found = conversation.members.find(user);
    if (found == conversation.members.end() || found->second.left) continue;
    const ModelMember& member = found->second;
    std::string title = conversation.title;
    for (const auto& [other, ignored] : conversation.members) {
      if (!conversation.is_group && other != user) title = "Name of " + other;
    }
    const long unread = std::ranges::count_if(conversation.messages, [&](const auto& each) {
      return each.first > member.last_read && each.second.sender != user && !each.second.deleted;
    });
    unread_in_all += unread;
    const std::string text =
        conversation.messages.empty() ? "" : conversation.messages.rbegin()->second.text;
    const std::string sender =
        conversation.messages.empty() ? "" : conversation.messages.rbegin()->second.sender;
    expected[id] = fmt::format("{}|{}: {}|{}|{}|{}", title, sender, text, unread,
                               conversation.members.size(), member.owner ? "owner" : "member");
    places[id] = std::max(member.joined_at, conversation.newest_told);
  }
  std::map<std::string, std::string> shown;
  TimestampMicros before = std::numeric_limits<TimestampMicros>::max();
  for (const ConversationView& view : whole_list(table_, user, 3)) {
    shown[view.id] = fmt::format(
        "{}|{}: {}|{}|{}|{}", view.title, view.last_sender.value_or(Person{}).id, view.last_text,
        view.unread, view.member_count, view.role == MemberRole::kOwner ? "owner" : "member");
    const TimestampMicros place = parse_iso(places[view.id]).value_or(0);
    EXPECT_LE(place - 100, before) << "not newest first";  // rows that met have given way a little
    before = place;
  }
  EXPECT_EQ(shown, expected);
  const auto total = conversations_.unread(user);
  ASSERT_TRUE(total);
  EXPECT_EQ(total->messages, unread_in_all);
}

class GeneratedHistory : public testing::TestWithParam<std::tuple<TestDatabase, bool, int>> {};
INSTANTIATE_TEST_SUITE_P(On, GeneratedHistory,
                         testing::Combine(testing::ValuesIn(test_databases()), testing::Bool(),
                                          testing::Range(0, 12)));

TEST_P(GeneratedHistory, EndsAsTheModelSays) {
  const auto [where, without_transactions, seed] = GetParam();
  if (where == TestDatabase::kEndpoint && seed >= 2) return;  // each call takes a thousand times
  TestMessagingTable table(where, seed % 2 == 0 ? TestReads::kUncached : TestReads::kCached);
  table.domain().settings.members_moved_max = 3;
  if (without_transactions) table.faults().take_transactions_away();
  History history(table, 1'000 + static_cast<std::uint64_t>(seed));
  for (int i = 0; i < 250 && !HasFailure(); ++i) history.step();
  history.finish();
}

}  // namespace
}  // namespace parley::messaging
