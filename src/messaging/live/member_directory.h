// MemberDirectory: who is a member of which conversation, as far as it has been asked for; kept
// current by the table's stream, bounded, forgetting what was used longest ago.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "messaging/recent_map.h"

namespace parley::messaging {

/// User ids in ascending order; never changes.
using MemberList = std::shared_ptr<const std::vector<std::string>>;

/// Whether `person` is one of them.
[[nodiscard]] bool contains(const std::vector<std::string>& members, std::string_view person);

/// The list after somebody has come or gone.
[[nodiscard]] MemberList with_change(const MemberList& members, std::string_view user,
                                     bool is_member);

/// Thread-safe.
class MemberDirectory {
 public:
  /// User ids of a conversation, in any order. Must see every change whose stream record has been
  /// given to changed() before the call: read consistently. May block.
  using Load = std::function<Result<std::vector<std::string>>(std::string_view conversation)>;

  /// At most so many conversations (at least one), and members in all of them, are remembered; a
  /// larger conversation than that is loaded each time.
  MemberDirectory(Load load, std::size_t conversations_max, std::size_t members_max);

  /// Blocks while it loads. Errors: those of the load.
  [[nodiscard]] Result<MemberList> members_of(std::string_view conversation);
  /// As the database has them now, whatever is remembered; nothing is remembered of it. Errors:
  /// those of the load.
  [[nodiscard]] Result<MemberList> members_now(std::string_view conversation) const;
  /// The stream says that `user` is a member from now on, or no longer.
  void changed(std::string_view conversation, std::string_view user, bool is_member);
  /// Changes may have been missed: everything is forgotten, also what is being loaded.
  void forget();

 private:
  struct Change {
    std::string user;
    bool is_member;
  };
  /// A load under way, and what the stream has said meanwhile.
  struct Loading {
    std::string conversation;
    std::vector<Change> changes = {};
    bool outdated = false;
  };
  void remember(std::string_view conversation, MemberList members);
  void forget_one(std::string_view conversation);

  const Load load_;
  const std::size_t conversations_max_;
  const std::size_t members_max_;
  std::mutex mutex_;  // guards what follows
  RecentMap<MemberList> known_;
  std::size_t members_ = 0;  // in known_
  std::list<Loading> loading_;
};

}  // namespace parley::messaging
