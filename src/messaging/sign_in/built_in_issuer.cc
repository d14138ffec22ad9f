#include "messaging/sign_in/built_in_issuer.h"

#include <fmt/format.h>

#include <algorithm>

#include "messaging/domain/handles.h"
#include "messaging/domain/table_calls.h"
#include "messaging/refusal.h"
#include "messaging/sign_in/token_claims.h"
#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

constexpr std::string_view kIssuer = "parley";
constexpr std::string_view kAlgorithm = "ES256";
// Of the CFG items: who has signed in here.
constexpr std::string_view kServicePartition = "CFG";
constexpr std::string_view kPersonPrefix = "PERSON#";

}  // namespace

Result<std::unique_ptr<BuiltInIssuer>> BuiltInIssuer::open(Domain& domain, std::string_view key) {
  JwtKey parsed = PARLEY_TRY(JwtKey::from_ec_der(key));
  return std::unique_ptr<BuiltInIssuer>(new BuiltInIssuer(domain, std::move(parsed)));
}

std::optional<Identity> BuiltInIssuer::known(std::string_view token) {
  return verified_.find(token, domain_.clock.now());
}

Result<Identity> BuiltInIssuer::verify(std::string_view token) {
  const TimestampMicros now = domain_.clock.now();
  if (auto known = verified_.find(token, now)) return *std::move(known);
  const auto header = read_jwt_header(token);
  if (!header) return refuse(RefusalReason::kUnauthenticated, header.error().message);
  if (header->algorithm != kAlgorithm || header->key_id != key_.id()) {
    return refuse(RefusalReason::kUnauthenticated, "The token is another issuer's");
  }
  const auto payload = verified_jwt_payload(token, key_);
  if (!payload) return refuse(RefusalReason::kUnauthenticated, payload.error().message);
  Identity identity = PARLEY_TRY(check_claims(
      *payload, {.issuer = std::string(kIssuer), .audience = std::string(kIssuer), .leeway = {}},
      now));
  verified_.remember(token, identity);
  return identity;
}

Result<std::vector<Person>> BuiltInIssuer::people() {
  std::vector<std::string> ids;
  PARLEY_TRY(
      TableCalls(domain_).for_each(kServicePartition, [&](const simdjson::dom::element& item) {
        const auto sk = text_of(item, "sk");
        if (sk && sk->starts_with(kPersonPrefix))
          ids.emplace_back(sk->substr(kPersonPrefix.size()));
        return true;
      }));
  std::vector<Person> people;
  for (const std::string& id : ids) {
    auto profile = people_.profile(id);
    if (profile) people.push_back(std::move(profile->person));  // else erased meanwhile
  }
  std::ranges::sort(people, {}, &Person::handle);
  return people;
}

Result<IssuedToken> BuiltInIssuer::sign_in(std::string_view given, std::string_view display_name) {
  const std::string handle = lower_case(given);
  if (!is_handle(handle)) return refuse(RefusalReason::kHandleInvalid);
  std::string id;
  const auto known = people_.by_handle(handle);
  if (known) {
    id = known->id;
  } else {
    const Refusal* refusal = refusal_of(known.error());
    if (refusal == nullptr || refusal->reason != RefusalReason::kNoSuchPerson) {
      return std::unexpected(known.error());
    }
    id = make_uuid(domain_.random);
    PARLEY_TRY(people_.ensure(id, handle, display_name.empty() ? given : display_name));
  }
  PARLEY_TRY(list(id));
  const std::int64_t now_s = domain_.clock.now() / 1'000'000;
  const auto time_s = std::chrono::seconds(kLocalTokenTime).count();
  std::string token = PARLEY_TRY(
      sign_jwt(fmt::format(R"({{"iss":"{0}","aud":"{0}","sub":{1},"iat":{2},"exp":{3}}})", kIssuer,
                           json_string(id), now_s, now_s + time_s),
               key_));
  return IssuedToken{std::move(token), kLocalTokenTime};
}

Status BuiltInIssuer::list(std::string_view person_id) {
  const std::string sk = key_of(kPersonPrefix, person_id);
  PARLEY_TRY(
      attempted(TableCalls(domain_).put(kServicePartition, item_key(kServicePartition, sk))));
  return {};
}

}  // namespace parley::messaging
