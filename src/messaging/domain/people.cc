#include "messaging/domain/people.h"

#include <fmt/format.h>

#include <utility>

#include "messaging/domain/conversations_reads.h"
#include "messaging/domain/handles.h"
#include "messaging/domain/message_text.h"
#include "messaging/domain/names.h"
#include "messaging/domain/table_calls.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

constexpr int kAttemptsMax = 16;
constexpr TimestampMicros kMicrosPerSecond = 1'000'000;
constexpr long kMoveSeconds = 30;  // no trigger takes that long to move a row

Profile profile_from(ProfileItem item) {
  return {.person = std::move(item.person),
          .created_at = std::move(item.created_at),
          .erased = !item.erased_at.empty()};
}

ItemKey block_key(std::string_view blocker, std::string_view blocked) {
  return {key_of(kBlockPrefix, blocker), std::string(blocked)};
}

bool is_display_name(std::string_view name) {
  const auto characters = count_characters(name);
  return characters && *characters <= kDisplayNameMax && !is_blank(name) &&
         !has_control_characters(name);
}

/// Conversations get to know what the profile says; and once more when the person comes back later:
/// a trigger that was moving a row at that moment has put the name that it had read before.
Result<ProfileItem> spread_if_due(Domain& domain, ProfileItem profile) {
  Handles handles(domain);
  TableCalls table(domain);
  const long now_s = domain.clock.now() / kMicrosPerSecond;
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    if (!profile.names_due || *profile.names_due > now_s) return profile;
    PARLEY_TRY(spread_name(domain, profile.person));
    ItemChange change{.update = "REMOVE names_due",
                      .condition = "handle = :h AND display_name = :d AND names_due = :due",
                      .parameters = Parameters()
                                        .text(":h", profile.person.handle)
                                        .text(":d", profile.person.display_name)
                                        .number(":due", *profile.names_due)};
    if (*profile.names_due == 0) {
      change.update = "SET names_due = :again";
      change.parameters.number(":again", now_s + kMoveSeconds);
    }
    PARLEY_TRY(attempted(table.update(profile_key(profile.person.id), change)));
    auto now = PARLEY_TRY(handles.read(profile.person.id));
    if (!now) return refuse(RefusalReason::kNoSuchPerson);
    profile = *std::move(now);
  }
  return profile;  // others spread later names
}

}  // namespace

Result<Profile> People::ensure(std::string_view id, std::string_view wished_handle,
                               std::string_view display_name) {
  const std::string handle = handle_like(wished_handle);
  const std::string_view name = is_display_name(display_name) ? display_name : handle;
  ProfileItem profile = PARLEY_TRY(Handles(domain_).ensure(id, handle, name));
  if (!profile.erased_at.empty()) return refuse(RefusalReason::kErased);
  return profile_from(PARLEY_TRY(spread_if_due(domain_, std::move(profile))));
}

Result<Profile> People::profile(std::string_view id) {
  auto profile = PARLEY_TRY(Handles(domain_).read(id));
  if (!profile || !profile->erased_at.empty()) return refuse(RefusalReason::kNoSuchPerson);
  return profile_from(*std::move(profile));
}

Result<bool> People::is_active(std::string_view id) {
  const auto profile = PARLEY_TRY(get_cached(domain_, profile_key(id), profile_item_of));
  return profile && profile->erased_at.empty();
}

Result<Person> People::by_handle(std::string_view handle) {
  const std::string key = lower_case(handle);
  if (!is_handle(key)) return refuse(RefusalReason::kNoSuchPerson);
  auto profile = PARLEY_TRY(Handles(domain_).holder(key));
  if (!profile || !profile->erased_at.empty()) return refuse(RefusalReason::kNoSuchPerson);
  return std::move(profile->person);
}

Result<Profile> People::rename(std::string_view asker, std::string_view handle,
                               std::string_view display_name) {
  const std::string new_handle = lower_case(handle);
  if (!handle.empty() && !is_handle(new_handle)) {
    return refuse(RefusalReason::kHandleInvalid,
                  fmt::format("A handle is 1 to {} of a-z, 0-9, _, . and -", kHandleSizeMax));
  }
  if (!display_name.empty() && !is_display_name(display_name)) {
    return refuse(RefusalReason::kInvalidInput,
                  fmt::format("A display name has 1 to {} characters", kDisplayNameMax));
  }
  Handles handles(domain_);
  auto profile = PARLEY_TRY(handles.read(asker));
  if (!profile) return refuse(RefusalReason::kNoSuchPerson);
  if (!profile->erased_at.empty()) return refuse(RefusalReason::kErased);
  profile = new_handle.empty() ? PARLEY_TRY(handles.settle(*std::move(profile)))
                               : PARLEY_TRY(handles.change(*std::move(profile), new_handle));
  if (!display_name.empty() && display_name != profile->person.display_name) {
    auto named = PARLEY_TRY(TableCalls(domain_).updated(
        profile_key(asker),
        {.update = "SET display_name = :d, names_due = :new",
         .condition = "attribute_exists(pk) AND attribute_not_exists(erased_at)",
         .parameters = Parameters().text(":d", display_name).number(":new", 0)},
        profile_item_of));
    if (!named) return refuse(RefusalReason::kErased);
    profile = std::move(named);
  }
  return profile_from(PARLEY_TRY(spread_if_due(domain_, *std::move(profile))));
}

Status People::block(std::string_view asker, std::string_view user) {
  if (asker == user) {
    return refuse(RefusalReason::kInvalidInput, "Nobody can block themselves");
  }
  PARLEY_TRY(profile(user));
  const ItemKey key = block_key(asker, user);
  // A block that was there keeps its time.
  PARLEY_TRY(attempted(TableCalls(domain_).put(
      key.pk,
      fmt::format(R"({{"pk":{},"sk":{},"created_at":{}}})", string_value(key.pk),
                  string_value(key.sk), string_value(iso_utc(domain_.clock.now()))),
      {.condition = "attribute_not_exists(pk)"})));
  return {};
}

Status People::unblock(std::string_view asker, std::string_view user) {
  PARLEY_TRY(attempted(TableCalls(domain_).erase(block_key(asker, user))));
  return {};
}

Result<std::vector<Person>> People::blocked(std::string_view asker) {
  std::vector<std::string> users;
  PARLEY_TRY(TableCalls(domain_).for_each(key_of(kBlockPrefix, asker), [&](const auto& item) {
    users.emplace_back(text_of(item, "sk").value_or(""));
    return true;
  }));
  std::vector<Person> people;
  for (const std::string& user : users) {
    auto profile = PARLEY_TRY(Handles(domain_).read(user));
    if (profile && profile->erased_at.empty()) people.push_back(std::move(profile->person));
  }
  return people;
}

Result<bool> People::is_blocked_between(std::string_view one, std::string_view other) {
  TableCalls table(domain_);
  if (PARLEY_TRY(table.exists(block_key(one, other)))) return true;
  return table.exists(block_key(other, one));
}

}  // namespace parley::messaging
