#include "messaging/sign_in/issuer_keys.h"

#include <fmt/format.h>
#include <simdjson.h>

#include "messaging/refusal.h"
#include "net/http_client.h"

namespace parley::messaging {
namespace {

constexpr std::chrono::seconds kFetchTimeMax{5};
constexpr std::size_t kDocumentSizeBytesMax = 1u << 20;

std::unexpected<Error> no_document(std::string_view url, std::string_view what) {
  return fail(ErrorCode::kUnavailable, fmt::format("{}: {}", url, what));
}

/// A member of the issuer's discovery document.
Result<std::string> discovered(const std::string& issuer, std::string_view member,
                               const FetchDocument& fetch) {
  const std::string base = issuer.ends_with('/') ? issuer : issuer + "/";
  const std::string url = base + ".well-known/openid-configuration";
  const std::string text = PARLEY_TRY(fetch(url));
  simdjson::dom::parser parser;
  simdjson::dom::object document;
  std::string_view named;
  std::string_view value;
  if (parser.parse(text).get(document) != simdjson::SUCCESS ||
      document["issuer"].get(named) != simdjson::SUCCESS ||
      document[member].get(value) != simdjson::SUCCESS) {
    return no_document(url, "this is no discovery document");
  }
  if (named != issuer) return no_document(url, fmt::format("it is the document of {}", named));
  return std::string(value);
}

}  // namespace

Result<std::string> token_endpoint(const std::string& issuer, const FetchDocument& fetch) {
  return discovered(issuer, "token_endpoint", fetch);
}

FetchDocument http_fetch() {
  return [](const std::string& text) -> Result<std::string> {
    const net::Url url = PARLEY_TRY(net::Url::parse(text));
    net::HttpClient client(url, {.connect_timeout = kFetchTimeMax,
                                 .request_timeout = kFetchTimeMax,
                                 .body_size_bytes_max = kDocumentSizeBytesMax});
    net::HttpClientReply reply =
        PARLEY_TRY(client.send({.method = "GET",
                                .path = url.path,
                                .query = url.query,
                                .headers = {{"Accept", "application/json"}}}));
    if (reply.status != 200) return no_document(text, fmt::format("status {}", reply.status));
    return std::move(reply.body);
  };
}

Result<JwtKey> IssuerKeys::find(std::string_view key_id) {
  const std::scoped_lock lock(mutex_);
  const TimestampMicros now = clock_.now();
  const auto since = [&](TimestampMicros then) { return std::chrono::microseconds(now - then); };
  const bool are_old = since(fetched_at_) >= options_.age_max;
  auto key = are_old ? std::nullopt : known(key_id);
  if (key) return *std::move(key);
  if (!asked_at_ || since(*asked_at_) >= options_.fetch_interval_min) {
    asked_at_ = now;
    auto fetched = fetch_keys();
    if (!fetched && keys_.empty()) {
      return fail(ErrorCode::kUnavailable,
                  "The issuer's keys could not be had: " + fetched.error().message);
    }
    if (fetched) {
      keys_ = *std::move(fetched);
      fetched_at_ = now;
    }
  }
  if (keys_.empty()) return fail(ErrorCode::kUnavailable, "The issuer's keys could not be had");
  key = known(key_id);
  if (!key) return refuse(RefusalReason::kUnauthenticated, "The token's key is not known");
  return *std::move(key);
}

std::optional<JwtKey> IssuerKeys::known(std::string_view key_id) const {
  if (key_id.empty()) return keys_.size() == 1 ? std::optional(keys_.front()) : std::nullopt;
  for (const JwtKey& key : keys_) {
    if (key.id() == key_id) return key;
  }
  return std::nullopt;
}

Result<std::vector<JwtKey>> IssuerKeys::fetch_keys() {
  const std::string keys_url = PARLEY_TRY(discovered(issuer_, "jwks_uri", fetch_));
  const std::string keys_text = PARLEY_TRY(fetch_(keys_url));
  simdjson::dom::parser keys_parser;
  simdjson::dom::element set;
  simdjson::dom::array array;
  if (keys_parser.parse(keys_text).get(set) != simdjson::SUCCESS ||
      set["keys"].get(array) != simdjson::SUCCESS) {
    return no_document(keys_url, "this is no set of keys");
  }
  std::vector<JwtKey> keys;
  for (const simdjson::dom::element each : array) {
    std::string_view use;
    if (each["use"].get(use) == simdjson::SUCCESS && use != "sig") continue;
    auto key = JwtKey::parse(simdjson::minify(each));
    if (key) keys.push_back(*std::move(key));  // of a kind that is not known here: passed over
  }
  if (keys.empty()) return no_document(keys_url, "there is no key in it that can be used");
  return keys;
}

}  // namespace parley::messaging
