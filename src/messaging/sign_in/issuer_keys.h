// IssuerKeys: an OIDC issuer's public keys, fetched when they are needed and kept.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "messaging/sign_in/jwt.h"

namespace parley::messaging {

/// Gets the document at a URL; blocks. Errors: any.
using FetchDocument = std::function<Result<std::string>(const std::string& url)>;

/// Over HTTP or HTTPS, with time limits.
[[nodiscard]] FetchDocument http_fetch();

/// Where the issuer's discovery document says that tokens are had. Errors: those of the fetch;
/// kUnavailable for a document that is none, or of another issuer.
[[nodiscard]] Result<std::string> token_endpoint(const std::string& issuer,
                                                 const FetchDocument& fetch);

struct IssuerKeysOptions {
  std::chrono::seconds fetch_interval_min{30};  // an unknown key id asks no more often
  std::chrono::hours age_max{24};               // of keys: withdrawn ones go in time
};

/// Thread-safe; borrows the clock. One thread fetches, the others wait for it.
class IssuerKeys {
 public:
  /// `issuer`: the URL that is in tokens; its discovery document is below it (OpenID Connect
  /// Discovery 1.0, section 4).
  IssuerKeys(std::string issuer, const Clock& clock, FetchDocument fetch,
             IssuerKeysOptions options = {})
      : issuer_(std::move(issuer)), clock_(clock), fetch_(std::move(fetch)), options_(options) {}

  /// The key of that id; of an empty id the only key there is. Refuses kUnauthenticated when there
  /// is none. Errors: kUnavailable when no keys could be had at all.
  [[nodiscard]] Result<JwtKey> find(std::string_view key_id);

 private:
  [[nodiscard]] std::optional<JwtKey> known(std::string_view key_id) const;
  [[nodiscard]] Result<std::vector<JwtKey>> fetch_keys();

  const std::string issuer_;
  const Clock& clock_;
  const FetchDocument fetch_;
  const IssuerKeysOptions options_;
  std::mutex mutex_;  // guards what follows; held while fetching
  std::vector<JwtKey> keys_;
  std::optional<TimestampMicros> asked_at_;  // the last attempt
  TimestampMicros fetched_at_ = 0;           // the last success
};

}  // namespace parley::messaging
