// ConversationTrigger: pattern D of the founding document. For the messages in a batch of stream
// records it moves every member's conversation row to the newest one. The same code runs in the
// server and, as `bootstrap`, on AWS Lambda.
//
// The MEMBER item of a user in a conversation says where that user's row is (row_sk), which message
// it shows (message_sk) and how many are unread; it changes in one transaction with the row. So a
// record that comes late, twice or out of order fails the condition and changes nothing, a crash
// leaves the row where it was or where it belongs, and a stale index read does no harm: rows are
// looked up in the index only to find members that have no MEMBER item yet (the founding document's
// own conversations), which then get one. A batch is taken together: one move a member, however
// many messages.
//
// The unread count follows docs/formats/messaging.md: what is newer than the message that the row
// shows is added; a message that came late, was deleted or removed makes the trigger count again.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "client/database.h"
#include "client/remote_database.h"
#include "messaging/domain/domain.h"
#include "messaging/member_row.h"
#include "messaging/message_event.h"

namespace parley::messaging {

struct ConversationTriggerOptions {
  std::string table = {};  // empty: the one whose stream the records come from
  std::string index = "message-group-sk-index";
  /// Conversations at a time. Their calls wait for the database, not for a core.
  std::size_t threads_max = 8;
  /// Groups with more members have no rows moved; a message changes their META alone.
  long members_moved_max = 100;
  /// Between attempts, where somebody else is writing the same items. Empty: blocks the thread.
  client::Pause pause = {};
  /// Gets a line for each conversation that could not be served for the records' own fault.
  std::function<void(const std::string&)> log = {};
};

/// Thread-safe. Borrows the database.
class ConversationTrigger {
 public:
  ConversationTrigger(client::Database& database, ConversationTriggerOptions options);

  /// `event` is a Lambda event of the table's stream, with any view type. Returns the function's
  /// reply. Blocks on the database. Errors: kInvalidArgument for what is no such event; what the
  /// database answered if it could not be served now: delivering the batch again is right then, and
  /// never does harm.
  [[nodiscard]] Result<std::string> handle(std::string_view event);

 private:
  [[nodiscard]] Status serve_conversation(const std::string& table, const std::string& id,
                                          const ConversationArrivals& arrivals);
  [[nodiscard]] Result<std::optional<RowTarget>> target_of(
      MemberRows& rows, const std::string& id, const ConversationArrivals& arrivals) const;

  client::Database& database_;
  UncachedReads reads_;
  SystemClock clock_;
  SystemRandom random_;
  MessageTimes times_;
  ConversationTriggerOptions options_;              // not changed once made
  std::atomic<bool> without_transactions_ = false;  // the database has none; found out by asking
};

}  // namespace parley::messaging
