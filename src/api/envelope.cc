#include "api/envelope.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

#include "base/checksum.h"

namespace parley::api {
namespace {

constexpr std::string_view kAmazonJson = "application/x-amz-json-1.0";
constexpr std::string_view kJson = "application/json";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equals_ignoring_case(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (lower(left[i]) != lower(right[i])) return false;
  }
  return true;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Removes and returns what stands before the first of `separators`, one or two, or all of `text`.
/// (find_first_of would search the separators anew at each character: with two of them that was an
/// eighth of what a GetItem costs outside the kernel.)
std::string_view consume_until(std::string_view& text, std::string_view separators) {
  const char first = separators.front();
  const char last = separators.back();
  std::size_t end = 0;
  while (end < text.size() && text[end] != first && text[end] != last) ++end;
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

/// A media type without its parameters.
std::string_view media_type(std::string_view content_type) {
  return trim(consume_until(content_type, ";"));
}

void add_crc32(Reply& reply) {
  reply.headers.emplace_back("x-amz-crc32", std::to_string(crc32(reply.body)));
}

void add_cors(Reply& reply, const Request& request) {
  if (request.origin.empty()) return;
  reply.headers.emplace_back("Access-Control-Allow-Origin", "*");
  reply.headers.emplace_back("Access-Control-Expose-Headers",
                             "x-amzn-errortype,x-amzn-requestid,x-amzn-errormessage,x-amzn-date");
}

Reply preflight_reply(const Request& request) {
  Reply reply;
  reply.content_type = {};
  add_cors(reply, request);
  if (!request.access_control_request_headers.empty()) {
    reply.headers.emplace_back("Access-Control-Allow-Headers",
                               request.access_control_request_headers);
  }
  if (!request.access_control_request_method.empty()) {
    reply.headers.emplace_back("Access-Control-Allow-Methods",
                               request.access_control_request_method);
  }
  reply.headers.emplace_back("Access-Control-Max-Age", "172800");
  return reply;
}

/// The value of `name` in "a=b&c=d" or "a=b, c=d", or an empty view.
std::string_view parameter(std::string_view list, std::string_view separators,
                           std::string_view name) {
  while (!list.empty()) {
    std::string_view pair = trim(consume_until(list, separators));
    const std::string_view key = consume_until(pair, "=");
    if (key == name) return pair;
  }
  return {};
}

Status check_header_signature(const Request& request) {
  constexpr std::array<std::string_view, 3> kParts = {"Credential", "Signature", "SignedHeaders"};
  std::string_view rest = request.authorization;
  consume_until(rest, " ");
  std::array<std::optional<bool>, kParts.size()>
      given;  // whether the first of the name has a value
  while (!rest.empty()) {
    std::string_view pair = trim(consume_until(rest, ", "));
    const std::string_view name = consume_until(pair, "=");
    for (std::size_t i = 0; i < kParts.size(); ++i) {
      if (name == kParts[i] && !given[i]) given[i] = !pair.empty();
    }
  }
  std::string message;
  for (std::size_t i = 0; i < kParts.size(); ++i) {
    if (given[i].value_or(false)) continue;
    message += fmt::format("Authorization header requires '{}' parameter. ", kParts[i]);
  }
  if (message.empty()) return {};
  if (request.date.empty()) {
    message +=
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  }
  message += fmt::format("Authorization={}", request.authorization);
  return fail(ErrorCode::kIncompleteSignature, std::move(message));
}

Status check_query_signature(const Request& request) {
  std::string message;
  for (const std::string_view part : {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature",
                                      "X-Amz-SignedHeaders", "X-Amz-Date"}) {
    if (parameter(request.query, "&", part).empty()) {
      message += fmt::format("AWS query-string parameters must include '{}'. ", part);
    }
  }
  if (message.empty()) return {};
  message += "Re-examine the query-string parameters.";
  return fail(ErrorCode::kIncompleteSignature, std::move(message));
}

bool names_query_signature(std::string_view query) {
  while (!query.empty()) {
    std::string_view pair = consume_until(query, "&");
    if (consume_until(pair, "=") == "X-Amz-Algorithm") return true;
  }
  return false;
}

/// The weight in "; q=0.5"; 1 without one, 0 for one that is malformed.
double quality(std::string_view parameters) {
  while (!parameters.empty()) {
    std::string_view pair = trim(consume_until(parameters, ";"));
    const std::string_view name = trim(consume_until(pair, "="));
    if (!equals_ignoring_case(name, "q")) continue;
    const std::string number(trim(pair));
    char* end = nullptr;
    const double value = std::strtod(number.c_str(), &end);
    return number.empty() || *end != '\0' || !(value >= 0) ? 0 : value;
  }
  return 1;
}

}  // namespace

std::optional<Reply> answer_without_operation(const Request& request, std::string_view region) {
  if (request.method == "OPTIONS" && !request.origin.empty()) return preflight_reply(request);
  Reply reply;
  reply.content_type = {};
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (reads && request.path == "/") {
    reply.content_type = "text/plain";
    reply.body = fmt::format("healthy: dynamodb.{}.amazonaws.com ", region);
  } else {
    const std::string_view type = media_type(request.content_type);
    const bool json = equals_ignoring_case(type, kAmazonJson) || equals_ignoring_case(type, kJson);
    if (request.method == "POST" && (request.body.empty() || json)) return std::nullopt;
    reply.status = 404;
    reply.body = "<UnknownOperationException/>\n";
  }
  add_crc32(reply);
  add_cors(reply, request);
  return reply;
}

Result<std::string_view> decoded_body(const Request& request, std::string& storage) {
  const std::string_view encoding = trim(request.content_encoding);
  if (encoding.empty() || equals_ignoring_case(encoding, "identity")) {
    if (request.body.size() > kBodySizeBytesMax) {
      return fail(ErrorCode::kRequestEntityTooLarge, "Request size exceeded 16 MiB");
    }
    return request.body;
  }
  const bool gzip = equals_ignoring_case(encoding, "gzip");
  if (!gzip && !equals_ignoring_case(encoding, "deflate")) {
    return fail(ErrorCode::kInternal, fmt::format("Unknown Content-Encoding: {}", encoding));
  }
  auto decoded = decompress(gzip ? Compression::kGzip : Compression::kDeflate, request.body,
                            kBodySizeBytesMax);
  if (!decoded) {
    if (decoded.error().code == ErrorCode::kRequestEntityTooLarge) {
      return std::unexpected(std::move(decoded).error());
    }
    return fail(ErrorCode::kInternal, fmt::format("The body is not valid {}", encoding));
  }
  storage = *std::move(decoded);
  return storage;
}

Status check_signature_form(const Request& request) {
  const bool in_query = names_query_signature(request.query);
  if (!request.authorization.empty() && in_query) {
    return fail(ErrorCode::kInvalidSignature,
                "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP "
                "header.");
  }
  if (in_query) return check_query_signature(request);
  if (!trim(request.authorization).starts_with("AWS4-")) {
    return fail(ErrorCode::kMissingAuthenticationToken, "Request is missing Authentication Token");
  }
  return check_header_signature(request);
}

std::optional<Compression> wanted_compression(std::string_view accept_encoding) {
  struct Choice {
    std::string_view name;
    Compression compression;
    double quality = -1;  // not named
    std::size_t position = 0;
  };
  std::array<Choice, 2> choices = {
      {{"gzip", Compression::kGzip}, {"deflate", Compression::kDeflate}}};
  double others = 0;
  std::size_t position = 0;
  while (!accept_encoding.empty()) {
    std::string_view entry = consume_until(accept_encoding, ",");
    const std::string_view name = trim(consume_until(entry, ";"));
    const double weight = quality(entry);
    ++position;
    if (name == "*") others = weight;
    for (Choice& choice : choices) {
      if (!equals_ignoring_case(name, choice.name)) continue;
      choice.quality = weight;
      choice.position = position;
    }
  }
  const Choice* best = nullptr;
  for (Choice& choice : choices) {
    if (choice.quality < 0) {
      choice.quality = others;
      choice.position = position + 1;
    }
    if (choice.quality <= 0) continue;
    if (best == nullptr || choice.quality > best->quality ||
        (choice.quality == best->quality && choice.position < best->position)) {
      best = &choice;
    }
  }
  if (best == nullptr) return std::nullopt;
  return best->compression;
}

Reply make_reply(const Request& request, int status, std::string body, Random& random) {
  Reply reply;
  reply.status = status;
  reply.content_type =
      equals_ignoring_case(media_type(request.content_type), kAmazonJson) ? kAmazonJson : kJson;
  reply.headers.reserve(5);
  if (body.size() > kCompressionThresholdBytes && !request.accept_encoding.empty()) {
    if (const auto compression = wanted_compression(request.accept_encoding)) {
      body = compress(*compression, body);
      reply.headers.emplace_back("Content-Encoding",
                                 *compression == Compression::kGzip ? "gzip" : "deflate");
    }
  }
  reply.body = std::move(body);
  reply.headers.emplace_back("x-amzn-RequestId", make_request_id(random));
  add_crc32(reply);
  add_cors(reply, request);
  return reply;
}

}  // namespace parley::api
