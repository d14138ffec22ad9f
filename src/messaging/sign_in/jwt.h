// JSON Web Tokens: signatures of compact JWS by cjose, and nothing of what the claims say.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct _cjose_jwk_int;  // NOLINT(bugprone-reserved-identifier): cjose's name

namespace parley::messaging {

/// What a token says of its signature, unverified.
struct JwtHeader {
  std::string algorithm;  // "ES256"
  std::string key_id;     // empty: none
};

/// A key. Immutable; thread-safe; copies share it.
class JwtKey {
 public:
  /// From a JWK (RFC 7517). Errors: kInvalidArgument.
  [[nodiscard]] static Result<JwtKey> parse(std::string_view jwk);
  /// A P-256 private key from DER (RFC 5915). Its id is a digest of its public part. Errors:
  /// kInvalidArgument.
  [[nodiscard]] static Result<JwtKey> from_ec_der(std::string_view der);

  /// Empty: none.
  [[nodiscard]] std::string id() const;
  /// Whether a signature of `algorithm` can be one of this kind of key: the check that keeps a
  /// public key from being taken for a shared secret.
  [[nodiscard]] bool fits(std::string_view algorithm) const;
  [[nodiscard]] const _cjose_jwk_int& jwk() const { return *jwk_; }

 private:
  explicit JwtKey(std::shared_ptr<const _cjose_jwk_int> jwk) : jwk_(std::move(jwk)) {}
  std::shared_ptr<const _cjose_jwk_int> jwk_;
};

/// Errors: kInvalidArgument for what is no compact JWS, or has critical extensions (RFC 7515,
/// section 4.1.11), of which we know none.
[[nodiscard]] Result<JwtHeader> read_jwt_header(std::string_view token);

/// The payload of a token that `key` signed. The caller has looked at the header: its algorithm is
/// one that is allowed and fits the key. Errors: kInvalidArgument.
[[nodiscard]] Result<std::string> verified_jwt_payload(std::string_view token, const JwtKey& key);

/// A token with `payload`, signed with ES256. Errors: kInternal.
[[nodiscard]] Result<std::string> sign_jwt(std::string_view payload, const JwtKey& key);

}  // namespace parley::messaging
