#include "messaging/sign_in/jwt.h"

#include <cjose/cjose.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/base64.h"

namespace parley::messaging {
namespace {

constexpr std::size_t kTokenSizeBytesMax = std::size_t{12} * 1024;
constexpr std::size_t kCoordinateSizeBytes = 32;  // of P-256
constexpr std::size_t kKeyIdSizeBytes = 12;

struct ReleaseJwk {
  void operator()(cjose_jwk_t* jwk) const { cjose_jwk_release(jwk); }
};
struct ReleaseJws {
  void operator()(cjose_jws_t* jws) const { cjose_jws_release(jws); }
};
struct ReleaseHeader {
  void operator()(cjose_header_t* header) const { cjose_header_release(header); }
};
struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeNumber {
  void operator()(BIGNUM* number) const { BN_clear_free(number); }
};
using Jws = std::unique_ptr<cjose_jws_t, ReleaseJws>;

using Coordinate = std::array<std::uint8_t, kCoordinateSizeBytes>;

std::unexpected<Error> bad(std::string_view what) {
  return fail(ErrorCode::kInvalidArgument, std::string(what));
}

Result<Coordinate> coordinate(const EVP_PKEY& key, const char* name) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(&key, name, &raw) != 1) return bad("The key is no P-256 private key");
  const std::unique_ptr<BIGNUM, FreeNumber> number(raw);
  Coordinate bytes{};
  if (BN_bn2binpad(number.get(), bytes.data(), kCoordinateSizeBytes) < 0) {
    return bad("The key is no P-256 private key");
  }
  return bytes;
}

std::string digest_of(const Coordinate& x, const Coordinate& y) {
  std::string bytes(reinterpret_cast<const char*>(x.data()), x.size());
  bytes.append(reinterpret_cast<const char*>(y.data()), y.size());
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return base64url({reinterpret_cast<const char*>(digest.data()), kKeyIdSizeBytes});
}

// cjose (0.6.2) ends the whole process where base64url has a '=' in the wrong place: it is only
// given what has been decoded here.

bool is_compact_jws(std::string_view token) {
  int parts = 0;
  for (bool is_last = false; !is_last; ++parts) {
    const std::size_t point = token.find('.');
    is_last = point == std::string_view::npos;
    if (!decode_base64url(token.substr(0, point))) return false;
    if (!is_last) token.remove_prefix(point + 1);
  }
  return parts == 3;
}

bool has_well_encoded_members(std::string_view jwk) {
  constexpr std::array<std::string_view, 12> kEncoded{"x", "y",  "d",  "n",  "e", "p",
                                                      "q", "dp", "dq", "qi", "k", "oth"};
  simdjson::dom::parser parser;
  simdjson::dom::object members;
  if (parser.parse(jwk.data(), jwk.size()).get(members) != simdjson::SUCCESS) return false;
  // All of them, lest another parser takes another one of two that are called the same.
  return std::ranges::all_of(members, [&](const auto& member) {
    if (std::ranges::find(kEncoded, member.key) == kEncoded.end()) return true;
    std::string_view text;
    return member.value.get(text) == simdjson::SUCCESS && decode_base64url(text).has_value();
  });
}

}  // namespace

Result<JwtKey> JwtKey::parse(std::string_view jwk) {
  if (!has_well_encoded_members(jwk)) return bad("This is no JSON Web Key that is known here");
  cjose_err error{};
  std::unique_ptr<cjose_jwk_t, ReleaseJwk> key(cjose_jwk_import(jwk.data(), jwk.size(), &error));
  if (key == nullptr) return bad("This is no JSON Web Key that is known here");
  return JwtKey(std::shared_ptr<const cjose_jwk_t>(key.release(), [](const cjose_jwk_t* each) {
    cjose_jwk_release(const_cast<cjose_jwk_t*>(each));
  }));
}

Result<JwtKey> JwtKey::from_ec_der(std::string_view der) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<EVP_PKEY, FreeKey> key(
      d2i_PrivateKey(EVP_PKEY_EC, nullptr, &bytes, static_cast<long>(der.size())));
  if (key == nullptr) return bad("The key is no P-256 private key");
  Coordinate x = PARLEY_TRY(coordinate(*key, OSSL_PKEY_PARAM_EC_PUB_X));
  Coordinate y = PARLEY_TRY(coordinate(*key, OSSL_PKEY_PARAM_EC_PUB_Y));
  Coordinate d = PARLEY_TRY(coordinate(*key, OSSL_PKEY_PARAM_PRIV_KEY));
  const cjose_jwk_ec_keyspec spec{.crv = CJOSE_JWK_EC_P_256,
                                  .d = d.data(),
                                  .dlen = d.size(),
                                  .x = x.data(),
                                  .xlen = x.size(),
                                  .y = y.data(),
                                  .ylen = y.size()};
  cjose_err error{};
  std::unique_ptr<cjose_jwk_t, ReleaseJwk> jwk(cjose_jwk_create_EC_spec(&spec, &error));
  if (jwk == nullptr) return bad("The key is no P-256 private key");
  const std::string id = digest_of(x, y);
  if (!cjose_jwk_set_kid(jwk.get(), id.data(), id.size(), &error)) return bad("No memory");
  return JwtKey(std::shared_ptr<const cjose_jwk_t>(jwk.release(), [](const cjose_jwk_t* each) {
    cjose_jwk_release(const_cast<cjose_jwk_t*>(each));
  }));
}

std::string JwtKey::id() const {
  cjose_err error{};
  const char* id = cjose_jwk_get_kid(jwk_.get(), &error);
  return id == nullptr ? std::string() : id;
}

bool JwtKey::fits(std::string_view algorithm) const {
  cjose_err error{};
  const cjose_jwk_kty_t kind = cjose_jwk_get_kty(jwk_.get(), &error);
  if (algorithm.starts_with("RS") || algorithm.starts_with("PS")) {
    return kind == CJOSE_JWK_KTY_RSA;
  }
  return algorithm.starts_with("ES") && kind == CJOSE_JWK_KTY_EC;
}

Result<JwtHeader> read_jwt_header(std::string_view token) {
  if (token.size() > kTokenSizeBytesMax) return bad("The token is too long");
  const auto text = decode_base64url(token.substr(0, token.find('.')));
  simdjson::dom::parser parser;
  simdjson::dom::object header;
  if (!text || parser.parse(*text).get(header) != simdjson::SUCCESS) return bad("It is no token");
  if (header["crit"].error() != simdjson::NO_SUCH_FIELD) {
    return bad("The token has extensions that are not known here");
  }
  std::string_view algorithm;
  std::string_view key_id;
  if (header["alg"].get(algorithm) != simdjson::SUCCESS) return bad("It is no token");
  const auto found = header["kid"].get(key_id);
  if (found != simdjson::SUCCESS && found != simdjson::NO_SUCH_FIELD) return bad("It is no token");
  return JwtHeader{std::string(algorithm), std::string(key_id)};
}

Result<std::string> verified_jwt_payload(std::string_view token, const JwtKey& key) {
  if (!is_compact_jws(token)) return bad("It is no token");
  cjose_err error{};
  const Jws jws(cjose_jws_import(token.data(), token.size(), &error));
  if (jws == nullptr) return bad("It is no token");
  if (!cjose_jws_verify(jws.get(), &key.jwk(), &error)) return bad("The signature is wrong");
  std::uint8_t* payload = nullptr;  // the JWS's own
  std::size_t size = 0;
  if (!cjose_jws_get_plaintext(jws.get(), &payload, &size, &error)) return bad("It is no token");
  return std::string(reinterpret_cast<const char*>(payload), size);
}

Result<std::string> sign_jwt(std::string_view payload, const JwtKey& key) {
  const auto failed = [] { return fail(ErrorCode::kInternal, "The token could not be signed"); };
  cjose_err error{};
  const std::unique_ptr<cjose_header_t, ReleaseHeader> header(cjose_header_new(&error));
  const std::string id = key.id();
  if (header == nullptr ||
      !cjose_header_set(header.get(), CJOSE_HDR_ALG, CJOSE_HDR_ALG_ES256, &error) ||
      !cjose_header_set(header.get(), CJOSE_HDR_KID, id.c_str(), &error)) {
    return failed();
  }
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(payload.data());
  const Jws jws(cjose_jws_sign(&key.jwk(), header.get(), bytes, payload.size(), &error));
  const char* text = nullptr;  // the JWS's own
  if (jws == nullptr || !cjose_jws_export(jws.get(), &text, &error)) return failed();
  return std::string(text);
}

}  // namespace parley::messaging
