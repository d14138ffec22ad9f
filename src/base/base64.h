// Base64 with the standard alphabet and padding (RFC 4648, section 4), as DynamoDB has its B type;
// and with the alphabet for URLs and without padding (section 5), as tokens have it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace parley {

void append_base64(std::string& out, std::string_view bytes);

/// The bytes, or nullopt for anything but whole groups of four with correct padding and zero spare
/// bits; white space is not allowed.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

[[nodiscard]] std::string base64url(std::string_view bytes);

/// The bytes, or nullopt for anything else than base64url() can have made.
[[nodiscard]] std::optional<std::string> decode_base64url(std::string_view text);

}  // namespace parley
