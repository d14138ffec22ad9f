#include "messaging/domain/names.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "messaging/domain/table_calls.h"
#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

/// A row that a trigger moved between our reading and our writing is seen in the next pass.
constexpr int kPassesMax = 4;
constexpr int kAttemptsMax = 16;

bool same_name(const Person& one, const Person& other) {
  return one.handle == other.handle && one.display_name == other.display_name;
}

class NameSpreader {
 public:
  NameSpreader(Domain& domain, const Person& person) : person_(person), table_(domain) {}

  /// Whether anything was not yet as it should be.
  Result<bool> pass() {
    struct In {
      std::string conversation;
      std::string other;  // empty: a group
    };
    std::vector<In> all;
    PARLEY_TRY(table_.for_each(key_of(kRowPrefix, person_.id), [&](const auto& item) {
      auto row = row_of(item);
      if (row) {
        const bool is_group = row->other.id == row->conversation;
        all.push_back({std::move(row->conversation), is_group ? "" : std::move(row->other.id)});
      }
      return true;
    }));
    PARLEY_TRY(table_.for_each(key_of(kPinnedPrefix, person_.id), [&](const auto& item) {
      all.push_back({std::string(text_of(item, "sk").value_or("")), ""});
      return true;
    }));
    bool changed = false;
    for (const In& each : all) {
      if (PARLEY_TRY(member(each.conversation))) changed = true;
      if (!each.other.empty() && PARLEY_TRY(rows_of(each.other, each.conversation))) changed = true;
    }
    return changed;
  }

 private:
  Result<bool> member(const std::string& conversation) {
    const ItemKey key{key_of(kConversationPrefix, conversation), key_of(kMemberPrefix, person_.id)};
    const auto item = PARLEY_TRY(table_.get(key, member_of));
    if (!item || same_name(item->person, person_)) return false;
    return table_.update(key, {.update = "SET handle = :h, display_name = :d",
                               .condition = "attribute_exists(pk)",
                               .parameters = names()});
  }

  Result<bool> rows_of(const std::string& other, const std::string& conversation) {
    bool changed = false;
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
      bool moved = false;
      for (const std::string& place : PARLEY_TRY(places_of(other, conversation))) {
        const ItemKey key{key_of(kRowPrefix, other), place};
        const auto row = PARLEY_TRY(table_.get(key, row_of));
        if (!row || row->conversation != conversation) {
          moved = true;
        } else if (row->other.id == person_.id && !same_name(row->other, person_)) {
          auto parameters = names();
          const bool done = PARLEY_TRY(
              table_.update(key, {.update = "SET user_handle = :h, user_display_name = :d",
                                  .condition = "message_group_uuid = :g",
                                  .parameters = parameters.text(":g", conversation)}));
          changed = changed || done;
          moved = moved || !done;
        }
      }
      if (!moved) break;
    }
    return changed;
  }

  /// Where the user's row of the conversation is. More than one, where there is no member item.
  Result<std::vector<std::string>> places_of(const std::string& user,
                                             const std::string& conversation) {
    const auto item = PARLEY_TRY(table_.get(
        {key_of(kConversationPrefix, conversation), key_of(kMemberPrefix, user)}, member_of));
    std::vector<std::string> places;
    if (item) {
      if (!item->row_sk.empty()) places.push_back(item->row_sk);
      return places;
    }
    PARLEY_TRY(table_.for_each(
        key_of(kRowPrefix, user),
        [&](const auto& row) {
          places.emplace_back(text_of(row, "sk").value_or(""));
          return true;
        },
        "message_group_uuid = :g", Parameters().text(":g", conversation)));
    return places;
  }

  [[nodiscard]] Parameters names() const {
    return Parameters().text(":h", person_.handle).text(":d", person_.display_name);
  }

  const Person& person_;
  TableCalls table_;
};

}  // namespace

Status spread_name(Domain& domain, const Person& person) {
  NameSpreader spreader(domain, person);
  for (int pass = 0; pass < kPassesMax && PARLEY_TRY(spreader.pass()); ++pass) {
  }
  return {};
}

}  // namespace parley::messaging
