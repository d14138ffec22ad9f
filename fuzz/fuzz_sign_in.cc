// Sign-in: any text as a cursor, a token, a key, claims, and as what an issuer answers. Nothing
// that was not sealed or signed here is taken for good, whatever is sealed is read back.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "base/clock.h"
#include "messaging/refusal.h"
#include "messaging/sign_in/cursors.h"
#include "messaging/sign_in/jwt.h"
#include "messaging/sign_in/oidc_verifier.h"
#include "messaging/sign_in/token_claims.h"

namespace {

using namespace parley;
using namespace parley::messaging;

constexpr TimestampMicros kNow = 1'767'323'045'678'000;
constexpr std::string_view kIssuer = "https://issuer.example";
// The key of RFC 7515, appendix A.3, without its private part.
constexpr std::string_view kKey =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","kid":"k"})";
// "ES256" with that key's id, and claims that would be good, but for the signature.
constexpr std::string_view kToken =
    "eyJhbGciOiJFUzI1NiIsImtpZCI6ImsifQ.eyJzdWIiOiJhIn0."
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

void check_cursor(const std::string& text) {
  const Cursors cursors(std::string(32, 'k'));
  const auto opened = cursors.open("person", "scope", text);
  PARLEY_ASSERT(text.empty() ? opened && opened->empty() : !opened);
  if (text.size() > kPlaceSizeMax) return;
  const std::string sealed = cursors.seal("person", "scope", text);
  PARLEY_ASSERT(cursors.open("person", "scope", sealed).value() == text);
  if (text.empty()) return;
  PARLEY_ASSERT(!cursors.open("another", "scope", sealed));
  PARLEY_ASSERT(!cursors.open("person", "other", sealed));
}

void check_token(const std::string& text) {
  static const JwtKey key = JwtKey::parse(kKey).value();
  static_cast<void>(read_jwt_header(text));
  PARLEY_ASSERT(!verified_jwt_payload(text, key));
  if (const auto parsed = JwtKey::parse(text)) {
    static_cast<void>(parsed->id());
    static_cast<void>(parsed->fits("RS256"));
    static_cast<void>(verified_jwt_payload(kToken, *parsed));
  }
}

void check_claims_of(const std::string& text) {
  const auto claims = check_claims(text, {.issuer = std::string(kIssuer), .audience = "app"}, kNow);
  if (!claims) {
    PARLEY_ASSERT(refusal_of(claims.error()) != nullptr);
    return;
  }
  PARLEY_ASSERT(claims->expires_at >= kNow && claims->person_id.size() == 36);
}

/// The issuer answers `text` to everything, or to all but the discovery.
void check_issuer(const std::string& text, bool is_found) {
  const ManualClock clock(kNow);
  const FetchDocument fetch = [&](const std::string& url) -> Result<std::string> {
    if (!is_found || !url.ends_with("openid-configuration")) return text;
    return std::string(R"({"issuer":"https://issuer.example",)"
                       R"("jwks_uri":"https://issuer.example/keys"})");
  };
  OidcSettings settings;
  settings.claims = {.issuer = std::string(kIssuer), .audience = "app"};
  settings.algorithm = "ES256";
  OidcVerifier verifier(settings, clock, fetch);
  PARLEY_ASSERT(!verifier.verify(kToken));
  static_cast<void>(token_endpoint(std::string(kIssuer), fetch));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  check_cursor(text);
  check_token(text);
  check_claims_of(text);
  check_issuer(text, true);
  check_issuer(text, false);
  const std::string person = person_id_of(kIssuer, text);
  PARLEY_ASSERT(person.size() == 36 && person_id_of(kIssuer, person) == person);
  return 0;
}
