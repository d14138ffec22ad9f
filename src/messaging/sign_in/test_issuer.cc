#include "messaging/sign_in/test_issuer.h"

#include <cjose/cjose.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdlib>
#include <map>
#include <utility>

#include "base/base64.h"

namespace parley::messaging {

namespace {

/// The private key of that kind and number as a JWK; made once a process, for RSA keys take long.
std::string made_key(TestIssuer::Kind kind, std::size_t number) {
  static std::map<std::pair<TestIssuer::Kind, std::size_t>, std::string> made;
  std::string& jwk = made[{kind, number}];
  if (!jwk.empty()) return jwk;
  constexpr std::array<std::uint8_t, 3> kExponent{1, 0, 1};
  cjose_err error{};
  cjose_jwk_t* key =
      kind == TestIssuer::Kind::kRsa
          ? cjose_jwk_create_RSA_random(2048, kExponent.data(), kExponent.size(), &error)
          : cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, &error);
  char* json = cjose_jwk_to_json(key, true, &error);
  jwk = json;
  std::free(json);
  cjose_jwk_release(key);
  return jwk;
}

}  // namespace

struct TestIssuer::Key {
  std::string id;
  Kind kind;
  cjose_jwk_t* jwk;
  bool is_dropped = false;
  ~Key() { cjose_jwk_release(jwk); }
};

TestIssuer::TestIssuer() = default;
TestIssuer::~TestIssuer() = default;

void TestIssuer::add_key(Kind kind, std::string_view id) {
  cjose_err error{};
  std::size_t number = 0;  // of its kind
  for (const auto& each : keys_) number += each->kind == kind ? 1 : 0;
  const std::string jwk = made_key(kind, number);
  cjose_jwk_t* key = cjose_jwk_import(jwk.data(), jwk.size(), &error);
  if (!id.empty()) cjose_jwk_set_kid(key, id.data(), id.size(), &error);
  keys_.push_back(std::make_unique<Key>(std::string(id), kind, key));
}

void TestIssuer::drop_keys() {
  for (const auto& each : keys_) each->is_dropped = true;
}

const TestIssuer::Key& TestIssuer::key(std::string_view id) const {
  for (const auto& each : keys_) {
    if (each->id == id) return *each;
  }
  std::abort();
}

std::string TestIssuer::token(std::string_view claims, std::string_view algorithm,
                              std::string_view key_id) const {
  cjose_err error{};
  cjose_header_t* header = cjose_header_new(&error);
  cjose_header_set(header, CJOSE_HDR_ALG, std::string(algorithm).c_str(), &error);
  if (!key_id.empty()) {
    cjose_header_set(header, CJOSE_HDR_KID, std::string(key_id).c_str(), &error);
  }
  cjose_jws_t* jws =
      cjose_jws_sign(key(key_id).jwk, header, reinterpret_cast<const std::uint8_t*>(claims.data()),
                     claims.size(), &error);
  const char* text = nullptr;
  cjose_jws_export(jws, &text, &error);
  std::string token(text);
  cjose_jws_release(jws);
  cjose_header_release(header);
  return token;
}

std::string TestIssuer::public_key(std::string_view key_id) const {
  cjose_err error{};
  char* json = cjose_jwk_to_json(key(key_id).jwk, false, &error);
  std::string text(json);
  std::free(json);
  return text;
}

Result<std::string> TestIssuer::fetch(const std::string& url) {
  ++fetches;
  if (is_dead) return fail(ErrorCode::kIo, "nobody there");
  if (url == fmt::format("{}/.well-known/openid-configuration", kUrl)) {
    return fmt::format(R"({{"issuer":"{}","jwks_uri":"{}/keys"}})", claimed_name, kUrl);
  }
  if (url != fmt::format("{}/keys", kUrl)) return fail(ErrorCode::kIo, "no such page");
  std::string list;
  for (const auto& each : keys_) {
    if (each->is_dropped) continue;
    list += (list.empty() ? "" : ",") + public_key(each->id);
  }
  return R"({"keys":[{"kty":"of another world","kid":"x"},)" + list + "]}";
}

std::string token_of(std::string_view header, std::string_view claims, std::string_view signature) {
  return base64url(header) + "." + base64url(claims) + "." + base64url(signature);
}

std::string hs256_token(std::string_view header, std::string_view claims, std::string_view secret) {
  const std::string text = base64url(header) + "." + base64url(claims);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  return text + "." + base64url({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace parley::messaging
