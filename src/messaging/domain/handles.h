// Handles: whose a handle is, and how it changes hands without ever being two people's.
//
// The profile says what a person is called; the HND item is the lock on it. A handle is
//   1. named in the profile as `claiming`, with a `claim`, a number that no other claim has,
//   2. locked: HND is put with that claim, on condition that it is free or has it already,
//   3. made the profile's `handle`, if it still is claiming it with this claim; the one before
//      becomes `releasing`,
//   4. whose HND is deleted, and `releasing` goes.
// Whoever dies in between, settle() goes on from what the profile says, and any number may at one
// time. So a person's handle always has its lock; and a lock whose holder's profile names it
// neither as handle nor as claiming is left over, and may be taken, or deleted, on condition that
// its claim is the one that was seen: nobody takes what was claimed again after he looked.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "messaging/domain/domain.h"
#include "messaging/domain/items.h"
#include "messaging/domain/table_calls.h"

namespace parley::messaging {

inline constexpr std::size_t kHandleSizeMax = 30;
inline constexpr std::string_view kErasedName = "Deleted account";  // a display name

/// Whether it is 1 to 30 of a–z, 0–9, `_`, `.`, `-`.
[[nodiscard]] bool is_handle(std::string_view handle);
[[nodiscard]] std::string lower_case(std::string_view handle);
/// A handle made of whatever somebody is called elsewhere; never empty.
[[nodiscard]] std::string handle_like(std::string_view wished);

/// A profile with what is going on about it.
struct ProfileItem {
  Person person = {};  // the handle is empty while the first one is being claimed
  std::string created_at = {};
  std::string erased_at = {};
  std::string claiming = {};
  std::string claim = {};  // of what is being claimed
  std::string releasing = {};
  /// When (seconds since the epoch) conversations are to be given the name; 0: it is new. None:
  /// they have it.
  std::optional<long> names_due = {};
};
[[nodiscard]] std::optional<ProfileItem> profile_item_of(const simdjson::dom::element& item);
[[nodiscard]] ItemKey profile_key(std::string_view id);

/// Thread-safe; borrows the domain. Errors: the database's.
class Handles {
 public:
  explicit Handles(Domain& domain) : domain_(domain), table_(domain) {}

  [[nodiscard]] Result<std::optional<ProfileItem>> read(std::string_view id);
  /// The profile, made if there is none, with its handle: `wished` (a handle) or, where that is
  /// taken, a numbered one.
  [[nodiscard]] Result<ProfileItem> ensure(std::string_view id, std::string_view wished,
                                           std::string_view display_name);
  /// Brings to its end what another process has begun and left.
  [[nodiscard]] Result<ProfileItem> settle(ProfileItem profile);
  /// Gives the person another handle. Refuses kHandleTaken, kErased.
  [[nodiscard]] Result<ProfileItem> change(ProfileItem profile, std::string_view handle);
  /// Marks the person as erased, nameless, and gives the handle back.
  [[nodiscard]] Status erase(std::string_view id);

  /// The profile of the person whose handle it is.
  [[nodiscard]] Result<std::optional<ProfileItem>> holder(std::string_view handle);

 private:
  struct Lock {
    std::string user = {};
    std::string claim = {};  // empty: of another program, without one
  };
  [[nodiscard]] Result<std::optional<Lock>> read_lock(std::string_view handle);
  [[nodiscard]] Result<ProfileItem> read_again(std::string_view id);
  [[nodiscard]] Result<ProfileItem> settle_claim(ProfileItem profile, std::string_view wished);
  [[nodiscard]] Result<ProfileItem> settle_release(ProfileItem profile);
  /// False: the handle is another's.
  [[nodiscard]] Result<bool> lock(std::string_view handle, const Lock& lock);
  /// False: the lock there, if any, is another one.
  [[nodiscard]] Result<bool> unlock(std::string_view handle, const Lock& lock);
  /// The condition that it is this lock.
  [[nodiscard]] static ItemChange is_still(const Lock& lock);
  [[nodiscard]] Result<bool> put_lock(std::string_view handle, const Lock& lock,
                                      const ItemChange& condition);

  Domain& domain_;
  TableCalls table_;
};

}  // namespace parley::messaging
