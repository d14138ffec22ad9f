#include "messaging/sign_in/cursors.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdint>
#include <optional>

#include "base/base64.h"
#include "messaging/refusal.h"

namespace parley::messaging {
namespace {

// Of the HMAC-SHA256; guessing half of it is as hopeless.
constexpr std::size_t kSealSizeBytes = 16;

constexpr std::size_t kCursorSizeMax = 4 * (kPlaceSizeMax + kSealSizeBytes) / 3 + 1;

/// What is sealed: each part with its length, so that no two triples read the same.
std::string sealed_text(std::string_view person, std::string_view scope, std::string_view place) {
  std::string text;
  for (const std::string_view part : {person, scope, place}) {
    text += std::to_string(part.size());
    text += ':';
    text += part;
  }
  return text;
}

std::string seal_of(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  return {reinterpret_cast<const char*>(digest.data()), kSealSizeBytes};
}

}  // namespace

std::string Cursors::seal(std::string_view person, std::string_view scope,
                          std::string_view place) const {
  if (place.empty()) return {};
  std::string bytes = seal_of(key_, sealed_text(person, scope, place));
  bytes += place;
  return base64url(bytes);
}

Result<std::string> Cursors::open(std::string_view person, std::string_view scope,
                                  std::string_view cursor) const {
  if (cursor.empty()) return std::string();
  if (cursor.size() > kCursorSizeMax) return refuse(RefusalReason::kInvalidCursor);
  const auto bytes = decode_base64url(cursor);
  if (!bytes || bytes->size() <= kSealSizeBytes) return refuse(RefusalReason::kInvalidCursor);
  const std::string_view place = std::string_view(*bytes).substr(kSealSizeBytes);
  const std::string seal = seal_of(key_, sealed_text(person, scope, place));
  if (CRYPTO_memcmp(seal.data(), bytes->data(), kSealSizeBytes) != 0) {
    return refuse(RefusalReason::kInvalidCursor);
  }
  return std::string(place);
}

}  // namespace parley::messaging
