// TestIssuer: an OIDC issuer in this process: keys, a discovery document, tokens of every kind.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace parley::messaging {

/// Not thread-safe.
class TestIssuer {
 public:
  static constexpr std::string_view kUrl = "https://id.example/pool";

  enum class Kind : unsigned char { kRsa, kEc };

  TestIssuer();
  ~TestIssuer();
  TestIssuer(const TestIssuer&) = delete;
  TestIssuer& operator=(const TestIssuer&) = delete;

  /// A key that fetch() gives from now on.
  void add_key(Kind kind, std::string_view id);
  void drop_keys();

  /// A token with these claims (JSON), signed as `algorithm` says with the key of that id; a key
  /// that has been dropped can still sign.
  [[nodiscard]] std::string token(std::string_view claims, std::string_view algorithm,
                                  std::string_view key_id) const;
  /// The key's public part as a JWK.
  [[nodiscard]] std::string public_key(std::string_view key_id) const;

  /// The discovery document and the keys; counts.
  [[nodiscard]] Result<std::string> fetch(const std::string& url);
  int fetches = 0;
  bool is_dead = false;
  /// The name that it gives itself in the discovery document.
  std::string claimed_name{kUrl};

 private:
  struct Key;
  [[nodiscard]] const Key& key(std::string_view id) const;
  std::vector<std::unique_ptr<Key>> keys_;
};

/// A token of `header` and `claims` (both JSON) with `signature` (bytes) as they are.
[[nodiscard]] std::string token_of(std::string_view header, std::string_view claims,
                                   std::string_view signature);
/// Signed with HS256 and this secret.
[[nodiscard]] std::string hs256_token(std::string_view header, std::string_view claims,
                                      std::string_view secret);

}  // namespace parley::messaging
