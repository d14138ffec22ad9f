// FunctionServer: the Lambda API of a Parley server, and its own /_parley/ paths, as the commands
// `parley function` and `parley trigger` call them.
#pragma once

#include <simdjson.h>

#include <chrono>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/aws_signature.h"
#include "net/http_client.h"

namespace parley::cli {

/// "name=value&…" with both percent-encoded.
using QueryParameters = std::vector<std::pair<std::string_view, std::string>>;

struct FunctionCall {
  std::string method = "GET";
  std::string path = {};
  QueryParameters query = {};
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
};

class FunctionServer {
 public:
  /// `endpoint_url` empty: the environment's, else http://localhost:8000. `clock` is borrowed.
  /// Errors: kInvalidArgument.
  [[nodiscard]] static Result<FunctionServer> open(std::string_view endpoint_url,
                                                   net::Environment environment, Clock& clock);

  /// Blocks until there is a reply of status 2xx. Errors: kRemote with a
  /// client::ServiceErrorDetail; kIo, kTimeout.
  [[nodiscard]] Result<net::HttpClientReply> send(FunctionCall call);

  /// For people.
  [[nodiscard]] const std::string& address() const { return address_; }
  /// Whether the server sees the same files as we do.
  [[nodiscard]] bool is_on_this_machine() const;

 private:
  FunctionServer(std::string address, net::Url endpoint, std::string region,
                 net::AwsCredentials credentials, Clock& clock);

  std::string address_;
  net::Url endpoint_;
  std::string region_;
  net::AwsCredentials credentials_;
  Clock* clock_;  // of the program
  std::unique_ptr<net::HttpClient> http_;
};

/// "/2015-03-31/functions" and the like with `parts` behind, each percent-encoded.
[[nodiscard]] std::string lambda_path(std::string_view base,
                                      std::initializer_list<std::string_view> parts);

/// A reply's JSON. Owns its text; elements live as long as it.
class JsonDocument {
 public:
  /// Errors: kRemote: the server does not speak JSON.
  [[nodiscard]] static Result<JsonDocument> parse(const std::string& text);
  [[nodiscard]] simdjson::dom::element root() const { return root_; }

 private:
  std::unique_ptr<simdjson::dom::parser> parser_ = std::make_unique<simdjson::dom::parser>();
  simdjson::dom::element root_;
};

// Members of a reply; what is missing is empty, 0 or no elements.
[[nodiscard]] std::string json_text(const simdjson::dom::element& json, std::string_view pointer);
[[nodiscard]] std::int64_t json_integer(const simdjson::dom::element& json,
                                        std::string_view pointer);
[[nodiscard]] std::vector<simdjson::dom::element> json_elements(const simdjson::dom::element& json,
                                                                std::string_view pointer);

}  // namespace parley::cli
