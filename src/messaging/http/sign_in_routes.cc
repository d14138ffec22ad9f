// How people sign in.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "messaging/domain/view_json.h"
#include "messaging/http/app.h"
#include "messaging/http/handlers.h"
#include "messaging/http/json_body.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

/// Whether the request was made for this machine by name. A page of another site whose name was
/// made to lead here (DNS rebinding) says its own.
bool is_for_loopback(std::string_view authority) {
  const bool is_v6 = authority.starts_with('[');
  const std::string_view host = is_v6 ? authority.substr(0, authority.find(']') + 1)
                                      : authority.substr(0, authority.find(':'));
  constexpr std::array<std::string_view, 3> kNames{"localhost", "127.0.0.1", "[::1]"};
  return std::ranges::find(kNames, host) != kNames.end() || host.ends_with(".localhost");
}

Result<LocalSignIn*> local_sign_in(const Call& call) {
  if (call.app.local_sign_in == nullptr) return refuse(RefusalReason::kNotHere);
  if (!is_for_loopback(call.request.authority)) {
    return refuse(RefusalReason::kNotHere,
                  "The built-in sign-in answers at localhost alone; ask for it by that name");
  }
  return call.app.local_sign_in;
}

}  // namespace

Result<net::HttpReply> describe_sign_in(Call& call) {
  const OidcClient& oidc = call.app.settings.oidc;
  if (oidc.issuer.empty()) return json_reply(200, R"({"mode":"local"})");
  return json_reply(200, fmt::format(R"({{"mode":"oidc","issuer":{},"client_id":{},"scope":{}}})",
                                     json_string(oidc.issuer), json_string(oidc.client_id),
                                     json_string(oidc.scope)));
}

Result<net::HttpReply> list_sign_in_people(Call& call) {
  LocalSignIn* local = PARLEY_TRY(local_sign_in(call));
  std::vector<std::string> people;
  for (const Person& person : PARLEY_TRY(local->people())) people.push_back(person_json(person));
  return json_reply(200, R"({"items":)" + json_array(people) + "}");
}

Result<net::HttpReply> sign_in(Call& call) {
  LocalSignIn* local = PARLEY_TRY(local_sign_in(call));
  const JsonBody body = PARLEY_TRY(JsonBody::parse(call.request.body, {"handle", "display_name"}));
  const std::string handle = PARLEY_TRY(body.text("handle"));
  const auto display_name = PARLEY_TRY(body.optional_text("display_name"));
  const IssuedToken issued = PARLEY_TRY(local->sign_in(handle, display_name.value_or("")));
  return json_reply(200,
                    fmt::format(R"({{"access_token":{},"token_type":"Bearer","expires_in":{}}})",
                                json_string(issued.token), issued.expires_in.count()));
}

}  // namespace parley::messaging
