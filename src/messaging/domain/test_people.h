// PeopleTest: people of a table of their own, and another process that is at work on them.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messaging/domain/people.h"
#include "messaging/domain/test_messaging_table.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"

namespace parley::messaging {

inline constexpr std::string_view kTime = "2026-01-01T00:00:00.000000+00:00";

template <class T>
std::optional<RefusalReason> reason_of(const Result<T>& result) {
  const Refusal* refusal = result ? nullptr : refusal_of(result.error());
  return refusal == nullptr ? std::nullopt : std::optional(refusal->reason);
}

class PeopleTest : public testing::TestWithParam<TestDatabase> {
 protected:
  std::string ensured(std::string_view id, std::string_view wished, std::string_view name = "N") {
    const auto profile = people_.ensure(id, wished, name);
    EXPECT_TRUE(profile) << profile.error().message;
    return profile ? profile->person.handle : "";
  }
  std::string attribute(const std::string& item, std::string_view name) {
    simdjson::dom::parser parser;
    simdjson::dom::element json;
    const simdjson::padded_string text(item);
    if (item.empty() || parser.parse(text).get(json) != simdjson::SUCCESS) return "none";
    return std::string(text_of(json, name).value_or("-"));
  }
  std::string holder(std::string_view handle) {
    return attribute(table_.item(fmt::format("HND#{}", handle), "HND"), "user_uuid");
  }
  std::string profile_handle(std::string_view id) {
    return attribute(table_.item(fmt::format("USR#{}", id), "PROFILE"), "handle");
  }
  /// Whoever has a handle has its lock, and nobody else has it.
  void expect_locked(const std::vector<std::string>& ids) {
    std::map<std::string, std::string> of;
    for (const std::string& id : ids) {
      const std::string handle = profile_handle(id);
      if (handle == "none" || handle == "-") continue;
      EXPECT_EQ(holder(handle), id) << handle;
      EXPECT_TRUE(of.emplace(handle, id).second) << handle << " of " << id << " and " << of[handle];
    }
  }
  /// A conversation of two with rows and member items, as Conversations makes it.
  void put_direct(const std::string& g, const Person& one, const Person& other) {
    table_.put(item_of(ConversationMeta{.conversation = g, .member_count = 2}));
    for (const auto& [user, shown] : {std::pair(one, other), std::pair(other, one)}) {
      table_.put(
          item_of(MemberItem{.conversation = g, .person = user, .row_sk = std::string(kTime)}));
      table_.put(item_of(ConversationRow{.user = user.id,
                                         .sort_key = std::string(kTime),
                                         .conversation = g,
                                         .text = "hi",
                                         .other = shown}));
    }
  }

  TestMessagingTable table_{GetParam()};
  People people_{table_.domain()};
  // Another process.
  FaultyDatabase others_database_{table_.faults().real()};
  Domain others_domain_{.database = others_database_,
                        .reads = table_.domain().reads,
                        .clock = table_.clock(),
                        .random = table_.domain().random,
                        .times = table_.domain().times,
                        .settings = table_.domain().settings,
                        .pause = table_.domain().pause};
  People others_{others_domain_};
};

}  // namespace parley::messaging
