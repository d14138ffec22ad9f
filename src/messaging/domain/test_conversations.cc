#include "messaging/domain/test_conversations.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <set>

#include "messaging/domain/view_json.h"
#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

template <class Value>
std::vector<Value> read_all(TestMessagingTable& table, const std::string& pk,
                            std::optional<Value> (*reader)(const simdjson::dom::element&)) {
  std::vector<Value> all;
  for (const std::string& item : table.items(pk)) {
    simdjson::dom::parser parser;
    const simdjson::padded_string text(item);
    simdjson::dom::element json;
    if (parser.parse(text).get(json) != simdjson::SUCCESS) continue;
    if (auto value = reader(json)) all.push_back(*std::move(value));
  }
  return all;
}

long unread_by_definition(TestMessagingTable& table, const MemberItem& member) {
  const auto messages = read_all(table, fmt::format("MSG#{}", member.conversation), message_of);
  const long count = std::ranges::count_if(messages, [&](const Message& message) {
    const std::string time = canonical_time(message.sort_key);
    return message.sender.id != member.person.id && message.deleted_at.empty() &&
           time > member.last_read_sk && (member.pinned || time <= member.message_sk);
  });
  return std::min(count, kUnreadMax);
}

/// Has rows that were left over taken off, so that pages that are compared see the same ones.
void settle_page(Conversations& conversations, std::string_view asker, std::size_t limit,
                 const std::string& from) {
  constexpr int kPagesMax = 20;
  std::string end = "unknown";
  for (int page = 0; page < kPagesMax; ++page) {
    const auto json = conversations.list_json(asker, limit, from);
    if (!json || json->older == end) return;
    end = json->older;
  }
}

}  // namespace

void put_message(TestMessagingTable& table, std::string_view conversation, std::string_view sender,
                 std::string_view text, std::string_view time) {
  table.put(item_of(Message{.id = fmt::format("m-{}", time),
                            .conversation = std::string(conversation),
                            .sort_key = std::string(time),
                            .sender = {.id = std::string(sender),
                                       .handle = std::string(sender),
                                       .display_name = fmt::format("Name of {}", sender)},
                            .text = std::string(text)}));
}

std::vector<ConversationView> whole_list(TestMessagingTable& table, std::string_view asker,
                                         std::size_t limit) {
  Conversations conversations(table.domain());
  std::vector<ConversationView> all;
  std::string from;
  do {
    settle_page(conversations, asker, limit, from);
    auto page = conversations.list(asker, limit, from);
    EXPECT_TRUE(page) << page.error().message;
    if (!page) break;
    EXPECT_LE(page->items.size(), limit);
    // What clients are told is the same, made anew or kept.
    std::vector<std::string> items;
    for (const ConversationView& view : page->items) items.push_back(conversation_json(view));
    for (int again = 0; again < 2; ++again) {
      const auto json = conversations.list_json(asker, limit, from);
      EXPECT_TRUE(json) << json.error().message;
      if (!json) break;
      EXPECT_EQ(json->items, json_array(items));
      EXPECT_EQ(json->older, page->next);
    }
    std::ranges::move(page->items, std::back_inserter(all));
    from = std::move(page->next);
  } while (!from.empty());
  return all;
}

void expect_invariants(TestMessagingTable& table, const std::vector<std::string>& people) {
  for (const std::string& user : people) {
    const testing::ScopedTrace trace(__FILE__, __LINE__, user);
    std::map<std::string, ConversationView> shown;
    for (ConversationView& view : whole_list(table, user, 2)) {
      const std::string id = view.id;
      EXPECT_TRUE(shown.emplace(id, std::move(view)).second) << "shown twice: " << id;
    }
    std::map<std::string, std::vector<std::string>> rows;
    std::set<std::string> known;
    for (const ConversationRow& row : read_all(table, "GRP#" + user, row_of)) {
      rows[row.conversation].push_back(row.sort_key);
      known.insert(row.conversation);
    }
    for (const auto& [id, view] : shown) known.insert(id);
    for (const std::string& id : known) {
      const testing::ScopedTrace of(__FILE__, __LINE__, id);
      std::optional<ConversationMeta> meta;
      for (auto& each : read_all(table, "CNV#" + id, meta_of)) meta = std::move(each);
      const auto members = read_all(table, "CNV#" + id, member_of);
      const auto member =
          std::ranges::find(members, user, [](const MemberItem& each) { return each.person.id; });
      if (meta && meta->making) continue;
      if (meta) {
        EXPECT_EQ(meta->member_count, static_cast<long>(members.size()));
      }
      if (member == members.end()) {
        EXPECT_EQ(shown.contains(id), !meta) << "without being a member";
        continue;
      }
      EXPECT_EQ(shown.contains(id), member->pinned || !member->row_sk.empty());
      if (!shown.contains(id)) continue;
      EXPECT_EQ(shown.at(id).unread, unread_by_definition(table, *member));
      if (!member->pinned) {
        EXPECT_EQ(rows[id], std::vector{member->row_sk});
        EXPECT_GE(canonical_time(member->row_sk), member->message_sk);
      }
    }
  }
}

}  // namespace parley::messaging
