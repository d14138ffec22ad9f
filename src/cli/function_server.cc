#include "cli/function_server.h"

#include <fmt/format.h>

#include "cli/ddb_target.h"
#include "cli/serve.h"
#include "client/database.h"

namespace parley::cli {
namespace {

// A function may run for 15 minutes.
constexpr std::chrono::milliseconds kReplyTimeout = std::chrono::minutes(16);

std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

/// "Type: message", of Lambda's errors: the type is in a header.
Error server_error(const net::HttpClientReply& reply) {
  auto detail = std::make_shared<client::ServiceErrorDetail>();
  detail->status = reply.status;
  const std::string_view type = reply.header("x-amzn-ErrorType");
  detail->type = type.substr(0, type.find(':'));
  if (const auto json = JsonDocument::parse(reply.body)) {
    detail->text = json_text(json->root(), "/message");
    if (detail->text.empty()) detail->text = json_text(json->root(), "/Message");
  }
  if (detail->type.empty()) {
    detail->type = fmt::format("HTTP status {}", reply.status);
    if (detail->text.empty()) {
      detail->text = "this is no answer of a Parley server; what listens there?";
    }
  }
  std::string message = detail->text.empty() ? detail->type : detail->text;
  return {ErrorCode::kRemote, std::move(message), std::move(detail)};
}

}  // namespace

FunctionServer::FunctionServer(std::string address, net::Url endpoint, std::string region,
                               net::AwsCredentials credentials, Clock& clock)
    : address_(std::move(address)),
      endpoint_(std::move(endpoint)),
      region_(std::move(region)),
      credentials_(std::move(credentials)),
      clock_(&clock) {
  net::HttpClientOptions options;
  options.request_timeout = kReplyTimeout;
  options.body_size_bytes_max = std::size_t{128} << 20;
  http_ = std::make_unique<net::HttpClient>(endpoint_, options);
}

Result<FunctionServer> FunctionServer::open(std::string_view endpoint_url,
                                            net::Environment environment, Clock& clock) {
  std::string address(endpoint_url);
  if (address.empty()) {
    address = net::named_endpoint(environment, "LAMBDA").value_or(std::string(kLocalEndpoint));
  }
  net::Url endpoint = PARLEY_TRY(net::Url::parse(address));
  // The server takes any credentials: a broken profile is no reason to fail.
  const auto profile = net::load_aws_profile(environment);
  net::AwsCredentials credentials{
      .access_key_id = "local", .secret_access_key = "local", .session_token = ""};
  if (profile && profile->credentials) credentials = *profile->credentials;
  const std::string region =
      profile && profile->region ? *profile->region : std::string("us-east-1");
  return FunctionServer(std::move(address), std::move(endpoint), region, std::move(credentials),
                        clock);
}

Result<net::HttpClientReply> FunctionServer::send(FunctionCall call) {
  net::HttpClientRequest request{.method = std::move(call.method),
                                 .path = std::move(call.path),
                                 .headers = std::move(call.headers),
                                 .body = std::move(call.body)};
  for (const auto& [name, value] : call.query) {
    if (!request.query.empty()) request.query += '&';
    request.query += fmt::format("{}={}", name, percent_encoded(value));
  }
  request.headers.emplace_back("Content-Type", "application/json");
  request.headers.emplace_back("User-Agent", "parley/" PARLEY_VERSION);
  net::sign(request, endpoint_.authority(), credentials_, region_, "lambda", clock_->now());
  net::HttpClientReply reply = PARLEY_TRY(http_->send(request));
  if (reply.status >= 200 && reply.status < 300) return reply;
  return std::unexpected(server_error(reply));
}

bool FunctionServer::is_on_this_machine() const {
  return is_loopback(endpoint_.host);
}

std::string lambda_path(std::string_view base, std::initializer_list<std::string_view> parts) {
  std::string path(base);
  for (const std::string_view part : parts) path += "/" + percent_encoded(part);
  return path;
}

Result<JsonDocument> JsonDocument::parse(const std::string& text) {
  JsonDocument document;
  if (document.parser_->parse(text).get(document.root_) != simdjson::SUCCESS) {
    return fail(ErrorCode::kRemote, "The server's answer is no JSON; what listens there?");
  }
  return document;
}

std::string json_text(const simdjson::dom::element& json, std::string_view pointer) {
  std::string_view text;
  return json.at_pointer(pointer).get(text) == simdjson::SUCCESS ? std::string(text) : "";
}

std::int64_t json_integer(const simdjson::dom::element& json, std::string_view pointer) {
  std::int64_t number = 0;
  return json.at_pointer(pointer).get(number) == simdjson::SUCCESS ? number : 0;
}

std::vector<simdjson::dom::element> json_elements(const simdjson::dom::element& json,
                                                  std::string_view pointer) {
  simdjson::dom::array array;
  if (json.at_pointer(pointer).get(array) != simdjson::SUCCESS) return {};
  return {array.begin(), array.end()};
}

}  // namespace parley::cli
