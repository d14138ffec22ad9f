// One member's part of pattern D: the conversation row moves to a newer message and the unread
// count follows.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "messaging/conversation_members.h"
#include "messaging/domain/domain.h"
#include "messaging/domain/table_calls.h"
#include "messaging/message_event.h"

namespace parley::messaging {

/// What a row shows of a message.
struct ShownMessage {
  std::string text = {};
  Person sender = {};
};

/// The message that rows move to.
struct RowTarget {
  std::string sort_key = {};  // as the message item has it
  std::string time = {};      // the same, canonical
  ShownMessage shown = {};
  bool edited = false;  // or deleted: a row that shows it may show an older text
};

/// The rows of one conversation, for one batch. Thread-safe. Borrows everything.
class MemberRows {
 public:
  struct Where {
    Domain& domain;
    const Conversation& conversation;
    const ConversationArrivals& arrivals;
    std::atomic<bool>& without_transactions;
  };
  explicit MemberRows(const Where& where)
      : where_(where), domain_(where.domain), table_(where.domain) {}

  /// Moves the member's row if `target` is newer than what it shows, puts the text right if it
  /// shows that very message and the message was edited, and counts as unread what the batch
  /// brought: by addition what is newer, by counting again what came late or went. Who has written
  /// has read what came before. A null target: the batch has nothing to show. What another process
  /// did meanwhile is looked up and respected. Errors: the database's.
  [[nodiscard]] Status serve(Member member, const RowTarget* target);

  /// Of a conversation whose members are not listed: who has written in this batch has read what
  /// came before.
  [[nodiscard]] Status mark_senders();

  /// The message as it is now; none if it is gone, or has no text.
  [[nodiscard]] Result<std::optional<ShownMessage>> message_at(const std::string& sort_key);

  /// Notes the target in META as the newest message, unless META knows a newer one.
  [[nodiscard]] Status touch_meta(const RowTarget& target);

 private:
  enum class Outcome : std::uint8_t { kDone, kMemberChanged, kPlaceTaken };
  /// What one attempt writes.
  struct Writes {
    ItemKey member = {};
    std::string new_member = {};  // the item to put; empty: it is there and is changed
    ItemChange member_change = {};
    ItemKey row = {};
    std::string row_item = {};
    std::string text = {};      // what the row shows
    std::string old_row = {};   // sort key; empty: the row stays in its place, or there was none
    ItemChange own_place = {};  // the condition that no other conversation's row is there
  };

  [[nodiscard]] Result<std::optional<Member>> move(Member member, const RowTarget& target);
  [[nodiscard]] Result<std::string> new_row(const Member& member, const RowTarget& target,
                                            std::string_view place);
  [[nodiscard]] Result<std::string> other_person(const std::string& user);
  [[nodiscard]] Result<Writes> writes_of(const Member& member, const RowTarget& target,
                                         const std::string& place, std::string row) const;
  [[nodiscard]] Result<Outcome> write(const Writes& writes);
  [[nodiscard]] Result<Outcome> write_at_once(const Writes& writes);
  [[nodiscard]] Result<Outcome> write_step_by_step(const Writes& writes);
  [[nodiscard]] Status take_back_row(const Writes& writes);
  [[nodiscard]] Status edit_in_place(const Member& member, const RowTarget& target);
  [[nodiscard]] Status adopt(Member member);
  [[nodiscard]] Status remove_surplus(const Member& member, std::string_view place);
  [[nodiscard]] std::string read_by_writing(const MemberItem& member) const;
  [[nodiscard]] long new_messages(const MemberItem& member, std::string_view after,
                                  std::string_view up_to) const;
  [[nodiscard]] bool must_count_again(const MemberItem& member) const;
  [[nodiscard]] ItemChange of_this_conversation() const;
  void pause_before(int attempt) const;

  const Where where_;
  Domain& domain_;
  TableCalls table_;
};

}  // namespace parley::messaging
