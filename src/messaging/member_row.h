// One member's conversation row: finding where it is, and moving it to a newer message.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "client/database.h"
#include "client/remote_database.h"

namespace parley::messaging {

/// What is known of a user in a conversation.
struct Member {
  std::string user = {};
  bool has_item = false;          // there is a MEMBER item
  std::string row_sk = {};        // where the row is; empty: there is none
  std::string message_time = {};  // of the message that the row shows, canonical; empty: none
  std::vector<std::string> surplus_rows = {};  // sort keys of older rows of the same conversation
};

/// All that is known of a conversation. Members of a group that is too large are not listed.
struct Conversation {
  std::string uuid;
  std::optional<long> member_count = {};  // of META; none: there is no META
  std::vector<Member> members = {};
};

/// The message that rows move to.
struct RowTarget {
  std::string sort_key;  // as the message item has it
  std::string time;      // the same, canonical
  std::string text;
  bool edited = false;
  /// How many messages of this batch are new to the member, as it is at the moment.
  std::function<long(const Member&)> unread_of;
};

/// The rows of one table. Thread-safe. Borrows everything.
class MemberRows {
 public:
  struct Where {
    client::Database& database;
    std::string_view table;
    std::string_view index;
    std::atomic<bool>& without_transactions;
    const client::Pause& pause;
  };
  explicit MemberRows(const Where& where) : where_(where) {}

  /// Reads META and the members, and in the index the rows of those who have no MEMBER item; the
  /// members are left out when META counts more than `members_max`.
  [[nodiscard]] Result<Conversation> load(const std::string& conversation, long members_max);

  /// Moves the member's row if `target` is newer than what it shows; puts the text right if it
  /// shows that very message and the message was edited. What another process did meanwhile is
  /// looked up and respected. Errors: the database's.
  [[nodiscard]] Status move(const std::string& conversation, Member member,
                            const RowTarget& target);

  /// The text of a message as it is now; none if the message is gone.
  [[nodiscard]] Result<std::optional<std::string>> message_text(const std::string& conversation,
                                                                const std::string& sort_key);

  /// Notes the newest message in META, unless META knows a newer one.
  [[nodiscard]] Status touch_meta(const std::string& conversation, const RowTarget& target);

 private:
  enum class Outcome : std::uint8_t { kDone, kMemberChanged, kPlaceTaken };
  /// What one attempt writes.
  struct Writes {
    std::string member;   // the parameters of an UpdateItem or PutItem
    bool creates_member;  // it is a PutItem
    std::string row;      // of a PutItem
    std::string old_row;  // of a DeleteItem; empty: the row stays in its place, or there was none
  };

  [[nodiscard]] Status add_users_of_index(Conversation& conversation);
  [[nodiscard]] Result<Member> locate(const std::string& conversation, const std::string& user);
  [[nodiscard]] Status find_rows(const std::string& conversation, Member& member);
  [[nodiscard]] Result<std::string> new_row(const std::string& conversation, const Member& member,
                                            const RowTarget& target, std::string_view place);
  [[nodiscard]] Result<std::string> other_person(const std::string& conversation,
                                                 const std::string& user);
  [[nodiscard]] Writes writes_of(const std::string& conversation, const Member& member,
                                 const RowTarget& target, std::string_view place,
                                 std::string row) const;
  [[nodiscard]] Result<Outcome> write_at_once(const Writes& writes);
  [[nodiscard]] Result<Outcome> write_step_by_step(const Writes& writes, const std::string& user,
                                                   std::string_view place,
                                                   const std::string& conversation);
  [[nodiscard]] Status edit_in_place(const std::string& conversation, const Member& member,
                                     const RowTarget& target);
  [[nodiscard]] Status adopt(const std::string& conversation, const Member& member,
                             const RowTarget& target);
  [[nodiscard]] Status remove_surplus(const std::string& conversation, const Member& member,
                                      std::string_view place);
  /// Database::call, again after a pause where a transaction on the item is ongoing.
  [[nodiscard]] Result<std::string> call(std::string_view operation, std::string_view input);
  void pause_before(int attempt);
  /// The item as JSON, read consistently; empty if there is none.
  [[nodiscard]] Result<std::string> get_item(std::string_view pk, std::string_view sk);
  /// `"TableName":…`
  [[nodiscard]] std::string table() const;

  const Where where_;
};

}  // namespace parley::messaging
