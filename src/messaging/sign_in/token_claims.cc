#include "messaging/sign_in/token_claims.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "messaging/refusal.h"

namespace parley::messaging {
namespace {

constexpr std::size_t kSubjectSizeMax = 255;  // OpenID Connect Core 1.0, section 2
constexpr double kMicrosPerSecond = 1e6;

std::unexpected<Error> unauthenticated(std::string_view what) {
  return refuse(RefusalReason::kUnauthenticated, std::string(what));
}

std::string_view text_claim(const simdjson::dom::object& claims, std::string_view name) {
  std::string_view text;
  return claims[name].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

/// A time claim in microseconds; none if it is not there. NaN cannot be in JSON.
std::optional<double> time_claim(const simdjson::dom::object& claims, std::string_view name) {
  double seconds = 0;
  if (claims[name].get(seconds) != simdjson::SUCCESS) return std::nullopt;
  return seconds * kMicrosPerSecond;
}

bool is_for(const simdjson::dom::object& claims, std::string_view audience) {
  if (text_claim(claims, "aud") == audience) return true;
  simdjson::dom::array audiences;
  if (claims["aud"].get(audiences) == simdjson::SUCCESS) {
    for (const simdjson::dom::element each : audiences) {
      std::string_view text;
      if (each.get(text) == simdjson::SUCCESS && text == audience) return true;
    }
    return false;
  }
  return claims["aud"].error() == simdjson::NO_SUCH_FIELD &&
         text_claim(claims, "token_use") == "access" && text_claim(claims, "client_id") == audience;
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    const bool is_hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (is_hyphen ? c != '-' : !is_hex) return false;
  }
  return true;
}

std::string wished_handle(const simdjson::dom::object& claims) {
  for (const std::string_view name : {"preferred_username", "cognito:username", "username"}) {
    const std::string_view text = text_claim(claims, name);
    if (!text.empty() && !is_uuid(text)) return std::string(text.substr(0, text.find('@')));
  }
  const std::string_view email = text_claim(claims, "email");
  return std::string(email.substr(0, email.find('@')));
}

}  // namespace

Result<Identity> check_claims(std::string_view payload, const ClaimsExpected& expected,
                              TimestampMicros now) {
  simdjson::dom::parser parser;
  simdjson::dom::object claims;
  if (parser.parse(payload).get(claims) != simdjson::SUCCESS) {
    return unauthenticated("The token has no claims");
  }
  if (text_claim(claims, "iss") != expected.issuer) {
    return unauthenticated("The token is another issuer's");
  }
  if (!is_for(claims, expected.audience)) return unauthenticated("The token is for somebody else");
  const double leeway = static_cast<double>(std::chrono::microseconds(expected.leeway).count());
  const auto expires_at = time_claim(claims, "exp");
  if (!expires_at) return unauthenticated("The token has no end");
  if (static_cast<double>(now) >= *expires_at + leeway) {
    return unauthenticated("The token has expired");
  }
  const auto begins_at = time_claim(claims, "nbf");
  if (begins_at && static_cast<double>(now) < *begins_at - leeway) {
    return unauthenticated("The token is not valid yet");
  }
  const std::string_view subject = text_claim(claims, "sub");
  if (subject.empty() || subject.size() > kSubjectSizeMax) {
    return unauthenticated("The token names nobody");
  }
  constexpr double kLatest = 9e18;
  return Identity{
      .person_id = person_id_of(expected.issuer, subject),
      .wished_handle = wished_handle(claims),
      .display_name = std::string(text_claim(claims, "name")),
      .expires_at = static_cast<TimestampMicros>(std::min(*expires_at + leeway, kLatest))};
}

std::string person_id_of(std::string_view issuer, std::string_view subject) {
  if (is_uuid(subject)) {
    std::string id(subject);
    std::ranges::transform(id, id.begin(), [](char c) {
      return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return id;
  }
  // The namespace for URLs: RFC 9562, section 6.6.
  constexpr std::array<unsigned char, 16> kUrlNamespace{0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad,
                                                        0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0,
                                                        0x4f, 0xd4, 0x30, 0xc8};
  std::string name(kUrlNamespace.begin(), kUrlNamespace.end());
  name += fmt::format("{}#{}", issuer, subject);
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned size = 0;
  EVP_Digest(name.data(), name.size(), hash.data(), &size, EVP_sha1(), nullptr);
  hash[6] = static_cast<unsigned char>((hash[6] & 0x0fU) | 0x50U);
  hash[8] = static_cast<unsigned char>((hash[8] & 0x3fU) | 0x80U);
  std::string id;
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) id += '-';
    id += fmt::format("{:02x}", hash[i]);
  }
  return id;
}

}  // namespace parley::messaging
