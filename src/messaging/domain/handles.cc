#include "messaging/domain/handles.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "messaging/refusal.h"
#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

constexpr int kAttemptsMax = 64;
constexpr int kNumberedMax = 20;  // then random numbers
constexpr std::string_view kNobody = "person";

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_handle_character(char c) {
  return is_letter_or_digit(c) || c == '_' || c == '.' || c == '-';
}

ItemKey lock_key(std::string_view handle) {
  return {key_of(kHandlePrefix, handle), std::string(kHandleKey)};
}

/// What is tried when `wished` and `attempt` - 1 others are taken.
std::string candidate(std::string_view wished, int attempt, Random& random) {
  if (attempt == 0) return std::string(wished);
  const std::string number = attempt < kNumberedMax
                                 ? fmt::format("{}", attempt + 1)
                                 : fmt::format("{:06}", random.next_u64() % 1'000'000);
  return fmt::format("{}{}", wished.substr(0, kHandleSizeMax - number.size()), number);
}

std::string new_claim(Random& random) {
  return fmt::format("{:016x}{:016x}", random.next_u64(), random.next_u64());
}

std::unexpected<Error> never_settles(std::string_view id) {
  return fail(ErrorCode::kUnavailable,
              fmt::format("The profile of {} keeps being changed by others", id));
}

}  // namespace

bool is_handle(std::string_view handle) {
  return !handle.empty() && handle.size() <= kHandleSizeMax &&
         std::ranges::all_of(handle, is_handle_character) &&
         std::ranges::any_of(handle, is_letter_or_digit);  // ".." in a path is no name
}

std::string lower_case(std::string_view handle) {
  std::string out(handle);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string handle_like(std::string_view wished) {
  if (wished.starts_with('@')) wished.remove_prefix(1);
  wished = wished.substr(0, wished.find('@'));  // an address: what is before its host
  std::string out;
  for (const char c : lower_case(wished)) {
    if (is_handle_character(c)) {
      out += c;
    } else if (c == ' ' && !out.empty() && out.back() != '_') {
      out += '_';
    }
    if (out.size() == kHandleSizeMax) break;
  }
  return is_handle(out) ? out : std::string(kNobody);
}

ItemKey profile_key(std::string_view id) {
  return {key_of(kUserPrefix, id), std::string(kProfileKey)};
}

std::optional<ProfileItem> profile_item_of(const simdjson::dom::element& item) {
  auto person = profile_of(item);
  if (!person) return std::nullopt;
  const auto text = [&](std::string_view name) {
    return std::string(text_of(item, name).value_or(""));
  };
  return ProfileItem{.person = *std::move(person),
                     .created_at = text("created_at"),
                     .erased_at = text("erased_at"),
                     .claiming = text("claiming"),
                     .claim = text("claim"),
                     .releasing = text("releasing"),
                     .names_due = number_of(item, "names_due")};
}

Result<std::optional<ProfileItem>> Handles::read(std::string_view id) {
  return table_.get(profile_key(id), profile_item_of);
}

Result<ProfileItem> Handles::read_again(std::string_view id) {
  auto profile = PARLEY_TRY(read(id));
  if (!profile) return refuse(RefusalReason::kNoSuchPerson);
  return *std::move(profile);
}

Result<ProfileItem> Handles::ensure(std::string_view id, std::string_view wished,
                                    std::string_view display_name) {
  auto profile = PARLEY_TRY(read(id));
  if (!profile) {
    const ItemKey key = profile_key(id);
    // Whether it was put by this call or another: what counts is what is there now.
    PARLEY_TRY(attempted(table_.put(
        key.pk,
        fmt::format(R"({{"pk":{},"sk":{},"display_name":{},"created_at":{},"claiming":{},)"
                    R"("claim":{}}})",
                    string_value(key.pk), string_value(key.sk), string_value(display_name),
                    string_value(iso_utc(domain_.clock.now())), string_value(wished),
                    string_value(new_claim(domain_.random))),
        {.condition = "attribute_not_exists(pk)"})));
    profile = PARLEY_TRY(read_again(id));
  }
  profile = PARLEY_TRY(settle_claim(*std::move(profile), wished));
  return settle_release(*std::move(profile));
}

Result<ProfileItem> Handles::settle(ProfileItem profile) {
  const std::string wished = profile.claiming;
  profile = PARLEY_TRY(settle_claim(std::move(profile), wished));
  return settle_release(std::move(profile));
}

Result<ProfileItem> Handles::settle_claim(ProfileItem profile, std::string_view wished) {
  const std::string id = profile.person.id;
  for (int attempt = 0; !profile.claiming.empty(); ++attempt) {
    if (attempt == kAttemptsMax) return never_settles(id);
    const std::string handle = profile.claiming;
    const Lock own{.user = id, .claim = profile.claim};
    const bool locked = PARLEY_TRY(lock(handle, own));
    ItemChange change{.condition = "claiming = :c AND claim = :n",
                      .parameters = Parameters().text(":c", handle).text(":n", own.claim)};
    if (locked) {
      change.update = "SET handle = :c, names_due = :new";
      change.parameters.number(":new", 0);
      if (!profile.person.handle.empty() && profile.person.handle != handle) {
        change.update += ", releasing = :old";
        change.parameters.text(":old", profile.person.handle);
      }
      change.update += " REMOVE claiming, claim";
    } else if (profile.person.handle.empty()) {
      change.update = "SET claiming = :next, claim = :other";
      change.parameters.text(":next", candidate(wished, attempt, domain_.random))
          .text(":other", new_claim(domain_.random));
    } else {
      change.update = "REMOVE claiming, claim";
    }
    const bool done = PARLEY_TRY(table_.update(profile_key(id), change));
    profile = PARLEY_TRY(read_again(id));
    // Others have settled it, and moved on: what was locked here after that is left over.
    const bool is_over = profile.person.handle != handle && profile.claim != own.claim;
    if (locked && !done && is_over) PARLEY_TRY(unlock(handle, own));
  }
  return profile;
}

Result<ProfileItem> Handles::settle_release(ProfileItem profile) {
  const std::string id = profile.person.id;
  for (int attempt = 0; !profile.releasing.empty(); ++attempt) {
    if (attempt == kAttemptsMax) return never_settles(id);
    const std::string handle = profile.releasing;
    // The lock first and then the profile again: if that still is releasing it, a claim after this
    // is another one.
    const auto held = PARLEY_TRY(read_lock(handle));
    profile = PARLEY_TRY(read_again(id));
    if (profile.releasing != handle) continue;
    const bool is_own = held && held->user == id;
    if (!is_own || PARLEY_TRY(unlock(handle, *held))) {
      PARLEY_TRY(attempted(
          table_.update(profile_key(id), {.update = "REMOVE releasing",
                                          .condition = "releasing = :r",
                                          .parameters = Parameters().text(":r", handle)})));
    }
    profile = PARLEY_TRY(read_again(id));
  }
  return profile;
}

Result<ProfileItem> Handles::change(ProfileItem profile, std::string_view handle) {
  const std::string id = profile.person.id;
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    profile = PARLEY_TRY(settle(std::move(profile)));
    if (profile.person.handle == handle) return profile;
    if (!profile.erased_at.empty()) return refuse(RefusalReason::kErased);
    const auto held_by = PARLEY_TRY(holder(handle));
    if (held_by && held_by->person.id != id) return refuse(RefusalReason::kHandleTaken);
    // Whether it was begun by this call or another: settle() sees what is there now.
    PARLEY_TRY(attempted(table_.update(
        profile_key(id),
        {.update = "SET claiming = :h, claim = :n",
         .condition = "attribute_exists(pk) AND attribute_not_exists(erased_at) AND "
                      "attribute_not_exists(claiming) AND attribute_not_exists(releasing)",
         .parameters = Parameters().text(":h", handle).text(":n", new_claim(domain_.random))})));
    profile = PARLEY_TRY(read_again(id));
  }
  return never_settles(id);
}

Status Handles::erase(std::string_view id) {
  auto profile = PARLEY_TRY(read(id));
  for (int attempt = 0; profile && profile->erased_at.empty(); ++attempt) {
    if (attempt == kAttemptsMax) return never_settles(id);
    profile = PARLEY_TRY(settle(*std::move(profile)));
    ItemChange change{.update = "SET erased_at = :now, display_name = :name, names_due = :new",
                      .condition =
                          "attribute_not_exists(erased_at) AND attribute_not_exists(claiming) AND "
                          "attribute_not_exists(releasing)",
                      .parameters = Parameters()
                                        .text(":now", iso_utc(domain_.clock.now()))
                                        .text(":name", kErasedName)
                                        .number(":new", 0)};
    if (!profile->person.handle.empty()) {
      change.update += ", releasing = :h REMOVE handle";
      change.condition += " AND handle = :h";
      change.parameters.text(":h", profile->person.handle);
    }
    PARLEY_TRY(attempted(table_.update(profile_key(id), change)));
    profile = PARLEY_TRY(read(id));
  }
  if (profile) PARLEY_TRY(settle_release(*std::move(profile)));
  return {};
}

Result<std::optional<ProfileItem>> Handles::holder(std::string_view handle) {
  const auto held = PARLEY_TRY(read_lock(handle));
  if (!held) return std::nullopt;
  auto profile = PARLEY_TRY(read(held->user));
  if (!profile || lower_case(profile->person.handle) != handle) return std::nullopt;
  return profile;
}

Result<std::optional<Handles::Lock>> Handles::read_lock(std::string_view handle) {
  std::optional<Lock> lock;
  PARLEY_TRY(attempted(table_.visit(lock_key(handle), [&](const simdjson::dom::element& item) {
    lock = Lock{.user = std::string(text_of(item, "user_uuid").value_or("")),
                .claim = std::string(text_of(item, "claim").value_or(""))};
  })));
  return lock;
}

Result<bool> Handles::lock(std::string_view handle, const Lock& lock) {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    const bool locked = PARLEY_TRY(
        put_lock(handle, lock,
                 {.condition = "attribute_not_exists(pk) OR (user_uuid = :u AND claim = :c)",
                  .parameters = Parameters().text(":u", lock.user).text(":c", lock.claim)}));
    if (locked) return true;
    const auto held = PARLEY_TRY(read_lock(handle));
    if (!held) continue;
    if (held->user != lock.user) {
      const auto holder = PARLEY_TRY(read(held->user));
      if (holder && (lower_case(holder->person.handle) == handle || holder->claiming == handle)) {
        return false;
      }
    }
    if (PARLEY_TRY(put_lock(handle, lock, is_still(*held)))) return true;
  }
  return fail(ErrorCode::kUnavailable,
              fmt::format("The handle {} keeps being changed by others", handle));
}

Result<bool> Handles::unlock(std::string_view handle, const Lock& lock) {
  return table_.erase(lock_key(handle), is_still(lock));
}

Result<bool> Handles::put_lock(std::string_view handle, const Lock& lock,
                               const ItemChange& condition) {
  const ItemKey key = lock_key(handle);
  return table_.put(
      key.pk,
      fmt::format(R"({{"pk":{},"sk":{},"user_uuid":{},"claim":{}}})", string_value(key.pk),
                  string_value(key.sk), string_value(lock.user), string_value(lock.claim)),
      condition);
}

ItemChange Handles::is_still(const Lock& lock) {
  ItemChange change{.condition = "user_uuid = :u AND attribute_not_exists(claim)",
                    .parameters = Parameters().text(":u", lock.user)};
  if (!lock.claim.empty()) {
    change.condition = "user_uuid = :u AND claim = :c";
    change.parameters.text(":c", lock.claim);
  }
  return change;
}

}  // namespace parley::messaging
