// The envelope of a request, in the order AWS checks it: method and content type, the body's
// encoding, the signature's form. And of a reply: headers, checksum, compression, CORS.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/api.h"
#include "base/compression.h"
#include "base/random.h"
#include "base/result.h"

namespace parley::api {

/// The largest body after decoding; DynamoDB's 16 MiB.
inline constexpr std::size_t kBodySizeBytesMax = 16u << 20;
/// Replies over this size are compressed for those who ask.
inline constexpr std::size_t kCompressionThresholdBytes = 4096;

/// The reply to a request that is no API call: the health line for GET and HEAD /, a preflight's
/// for OPTIONS with an Origin, 404 for any other method or a body of another content type. nullopt:
/// it is a call.
[[nodiscard]] std::optional<Reply> answer_without_operation(const Request& request,
                                                            std::string_view region);

/// The body as sent, or decoded into `storage`. Errors: kInternal for an unknown encoding or a body
/// that is not of its encoding (AWS answers 500), kRequestEntityTooLarge.
[[nodiscard]] Result<std::string_view> decoded_body(const Request& request, std::string& storage);

/// That there is a signature, in the header or the query, with all its parts; it is not verified.
/// Errors: kMissingAuthenticationToken, kIncompleteSignature, kInvalidSignature.
[[nodiscard]] Status check_signature_form(const Request& request);

/// What an Accept-Encoding header asks for: the coding of highest quality, of equals the first
/// named;
/// "*" stands for those not named, gzip before deflate (RFC 9110, section 12.5.3, and what AWS
/// does).
[[nodiscard]] std::optional<Compression> wanted_compression(std::string_view accept_encoding);

/// A whole reply around `body`: x-amzn-RequestId, x-amz-crc32 of the body as sent,
/// Content-Encoding, CORS headers for those who sent an Origin.
[[nodiscard]] Reply make_reply(const Request& request, int status, std::string body,
                               Random& random);

}  // namespace parley::api
