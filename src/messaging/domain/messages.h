// Messages: pattern A (history) and pattern C (sending), and what may be done to a message after.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "messaging/domain/domain.h"
#include "messaging/domain/items.h"
#include "messaging/domain/json_page.h"

namespace parley::messaging {

struct NewMessage {
  std::string text = {};
  std::string client_token = {};  // 1..64 of A–Z a–z 0–9 - _ ; empty: not idempotent
  std::string reply_to = {};      // a message id of the same conversation; empty: none
};

struct Sent {
  Message message = {};
  bool was_there = false;  // the same token had been sent before
};

struct HistoryPage {
  std::vector<Message> items = {};  // newest first
  std::string older = {};           // sort key to go on from, into the past; empty: the beginning
  std::string newer = {};           // into the present: of the newest item, or what was asked from
};

/// Where a page of history begins. At most one of the two is given.
struct HistoryFrom {
  std::string older_than = {};  // a sort key, exclusive; both empty: the newest
  std::string newer_than = {};
};

inline constexpr std::size_t kEmojisMax = 20;  // a message; a few more if they come at one time
inline constexpr std::size_t kPeopleOfEmojiMax = 200;  // a message and emoji

/// Whether it can be a message's text. Refuses kMessageBlank (nothing but white space),
/// kMessageTooLong, kInvalidInput (no UTF-8).
[[nodiscard]] Status check_message_text(std::string_view text, std::size_t characters_max);

class Messages {
 public:
  explicit Messages(Domain& domain) : domain_(domain) {}

  /// Durable when it returns; the members' rows follow by the stream's trigger. Refuses
  /// kNotAMember, kBlocked (of a direct conversation), kTokenReused, kNoSuchMessage (reply_to),
  /// kInvalidInput (a token that is none), kErased and what check_message_text() does. With a
  /// client token, what a lost call has begun is completed by sending again; the token is good for
  /// 24 hours.
  [[nodiscard]] Result<Sent> send(std::string_view asker, std::string_view conversation,
                                  const NewMessage& message);

  /// `limit` 1..100. Eventually consistent. A page may be shorter than `limit` and yet have an
  /// older one: messages past their time are left out. Refuses kNotAMember, kInvalidInput.
  [[nodiscard]] Result<HistoryPage> history(std::string_view asker, std::string_view conversation,
                                            const HistoryFrom& from, std::size_t limit);
  /// The same as clients are told it, from the cache as a whole until a message on it is past its
  /// time.
  [[nodiscard]] Result<JsonPage> history_json(std::string_view asker, std::string_view conversation,
                                              const HistoryFrom& from, std::size_t limit);
  /// Refuses kNotAMember, kNoSuchMessage, here and below.
  [[nodiscard]] Result<Message> get(std::string_view asker, std::string_view conversation,
                                    std::string_view id);

  /// Refuses kNotTheSender, kMessageDeleted, kBlocked and what send() refuses of a text.
  [[nodiscard]] Result<Message> edit(std::string_view asker, std::string_view conversation,
                                     std::string_view id, std::string_view text);
  /// The message stays, empty, with deleted_at. By its sender or an owner of the group. Deleting
  /// again changes nothing.
  [[nodiscard]] Result<Message> remove(std::string_view asker, std::string_view conversation,
                                       std::string_view id);
  /// One emoji: a grapheme of at most 40 bytes, without control characters or ASCII letters.
  /// Refuses kMessageDeleted, kTooManyReactions, kBlocked, kInvalidInput. Reacting again changes
  /// nothing.
  [[nodiscard]] Result<Message> react(std::string_view asker, std::string_view conversation,
                                      std::string_view id, std::string_view emoji);
  [[nodiscard]] Result<Message> unreact(std::string_view asker, std::string_view conversation,
                                        std::string_view id, std::string_view emoji);

  /// The conversation that the asker's client token was sent to; none: it was not used, or too long
  /// ago.
  [[nodiscard]] Result<std::optional<std::string>> conversation_of_token(
      std::string_view asker, std::string_view client_token);

 private:
  Domain& domain_;
};

}  // namespace parley::messaging
