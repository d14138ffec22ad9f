// Conversations: making them, who is in them, what a person's list shows, how far they have read.
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

/// A conversation as one of its members sees it.
struct ConversationView {
  std::string id = {};
  ConversationKind kind = ConversationKind::kDirect;
  std::string title = {};            // of a group its own, else the other person's display name
  std::optional<Person> other = {};  // of a direct one
  long member_count = 0;
  std::string last_text = {};
  std::string last_message_at = {};        // empty: no message yet
  std::optional<Person> last_sender = {};  // none: no message, or it is gone
  long unread = 0;                         // at most kUnreadMax, which means "so many or more"
  bool muted = false;
  MemberRole role = MemberRole::kMember;
  std::string last_read_at = {};
  std::string created_at = {};
};
inline constexpr long kUnreadMax = 100;
inline constexpr std::size_t kTitleMax = 100;  // characters, of a group

struct ConversationPage {
  std::vector<ConversationView> items = {};  // newest first
  std::string next = {};                     // where the next page begins; empty: there is none
};

struct MemberView {
  Person person = {};
  MemberRole role = MemberRole::kMember;
  std::string joined_at = {};
  std::string last_read_at = {};
};
struct MemberPage {
  std::vector<MemberView> items = {};
  std::string next = {};
};

struct UnreadTotal {
  long conversations = 0;
  long messages = 0;  // each conversation counts kUnreadMax at most
};

struct Made {
  std::string id;
  bool was_there = false;
};

class Conversations {
 public:
  explicit Conversations(Domain& domain) : domain_(domain) {}

  /// The one conversation of two people, made or completed if need be. Refuses kNoSuchPerson,
  /// kWithOneself, kBlocked. It shows in both lists from now on: its row's time is its creation
  /// until there is a message.
  [[nodiscard]] Result<Made> open_direct(std::string_view asker, std::string_view other);
  /// The asker becomes the owner. Refuses kNoSuchPerson, kBlocked (naming nobody), kInvalidInput
  /// (a title of none or over 100 characters), kTooManyMembers. Does remove_unfinished() first.
  [[nodiscard]] Result<Made> make_group(std::string_view asker, std::string_view title,
                                        const std::vector<std::string>& others);

  /// Removes what is left of groups whose maker ended in the middle of it, ten minutes ago or more.
  /// Every process may call it, again after it ended in the middle.
  [[nodiscard]] Status remove_unfinished();

  /// Pattern B, newest first. `limit` 1..100. `from` is a page's `next`, or empty. Rows that are
  /// not where their MEMBER says are passed over; so a page may be shorter than `limit` and yet
  /// have a next one.
  [[nodiscard]] Result<ConversationPage> list(std::string_view asker, std::size_t limit,
                                              std::string_view from);
  /// The same as clients are told it, from the cache as a whole where nothing on the page needs a
  /// second look.
  [[nodiscard]] Result<JsonPage> list_json(std::string_view asker, std::size_t limit,
                                           std::string_view from);
  /// Refuses kNotAMember, here and below.
  [[nodiscard]] Result<ConversationView> get(std::string_view asker, std::string_view id);
  [[nodiscard]] Result<UnreadTotal> unread(std::string_view asker);

  /// The asker's membership. A conversation of the founding document's programs, which has no
  /// MEMBER items, is known by the asker's row. For reads; whatever writes asks consistently, since
  /// the cache of this process may not have heard yet of a removal by another.
  [[nodiscard]] Result<MemberItem> membership(std::string_view asker, std::string_view id,
                                              Freshness freshness = Freshness::kCached);
  [[nodiscard]] Result<MemberPage> members(std::string_view asker, std::string_view id,
                                           std::size_t limit, std::string_view from);
  /// User ids of all members, for whoever delivers events; no asker, no check. Read consistently:
  /// of a message's record whose member items are in another shard the cache may not know yet.
  [[nodiscard]] Result<std::vector<std::string>> member_ids(std::string_view id);

  /// Of these users the members who are pinned (docs/formats/messaging.md), each with `unread` as
  /// it is now, consistently: for whoever delivers events; no asker, no check. In no order.
  [[nodiscard]] Result<std::vector<MemberItem>> pinned_among(std::string_view id,
                                                             const std::vector<std::string>& users);
  /// The same of one user, in at most `most` conversations.
  [[nodiscard]] Result<std::vector<MemberItem>> pinned_of(std::string_view user, std::size_t most);

  /// Any member of a group invites. Refuses kNotAGroup, kAlreadyAMember, kBlocked, kNoSuchPerson,
  /// kTooManyMembers.
  [[nodiscard]] Result<MemberView> invite(std::string_view asker, std::string_view id,
                                          std::string_view user);
  /// An owner removes somebody, or anybody leaves. Who leaves a direct conversation loses the row;
  /// it comes back with open_direct() or the next message. When the last owner leaves a group, the
  /// member of longest standing becomes owner. Refuses kNotAnOwner, kNoSuchPerson.
  [[nodiscard]] Status remove(std::string_view asker, std::string_view id, std::string_view user);
  [[nodiscard]] Result<MemberView> set_role(std::string_view asker, std::string_view id,
                                            std::string_view user, MemberRole role);
  [[nodiscard]] Status rename(std::string_view asker, std::string_view id, std::string_view title);
  [[nodiscard]] Status set_muted(std::string_view asker, std::string_view id, bool muted);

  /// Everything up to the message at `sort_key` is read; never moves back. Returns what is left
  /// unread.
  [[nodiscard]] Result<long> mark_read(std::string_view asker, std::string_view id,
                                       std::string_view sort_key);

 private:
  Domain& domain_;
};

}  // namespace parley::messaging
