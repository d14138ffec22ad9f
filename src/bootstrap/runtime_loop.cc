#include "bootstrap/runtime_loop.h"

#include <fmt/format.h>

#include "codec/item_json.h"

namespace parley::bootstrap {
namespace {

constexpr std::string_view kPrefix = "/2018-06-01/runtime/";
constexpr std::string_view kErrorType = "Parley.ConversationTriggerError";

net::HttpClientRequest error_report(std::string path, const Error& error) {
  std::string message;
  codec::append_json_string(message, error.message);
  return {.path = std::move(path),
          .headers = {{"Content-Type", "application/json"},
                      {"Lambda-Runtime-Function-Error-Type", std::string(kErrorType)}},
          .body = fmt::format(R"({{"errorMessage":{},"errorType":"{}","stackTrace":[]}})", message,
                              kErrorType)};
}

Status send_accepted(net::HttpClient& runtime_api, const net::HttpClientRequest& request) {
  const auto reply = PARLEY_TRY(runtime_api.send(request));
  // What it refuses (a reply that came too late, say) it has dealt with.
  if (reply.status < 500) return {};
  return fail(ErrorCode::kRemote, fmt::format("The Runtime API answered {} with status {}",
                                              request.path, reply.status));
}

}  // namespace

Status serve_invocations(net::HttpClient& runtime_api, const Handler& handler) {
  while (true) {
    const auto next = PARLEY_TRY(
        runtime_api.send({.method = "GET", .path = fmt::format("{}invocation/next", kPrefix)}));
    const std::string id(next.header("Lambda-Runtime-Aws-Request-Id"));
    if (next.status != 200 || id.empty()) {
      return fail(ErrorCode::kRemote,
                  fmt::format("The Runtime API gave no invocation, but status {}", next.status));
    }
    const std::string path = fmt::format("{}invocation/{}", kPrefix, id);
    auto outcome = handler(next.body);
    if (outcome) {
      PARLEY_TRY(send_accepted(runtime_api, {.path = path + "/response",
                                             .headers = {{"Content-Type", "application/json"}},
                                             .body = *std::move(outcome)}));
    } else {
      PARLEY_TRY(send_accepted(runtime_api, error_report(path + "/error", outcome.error())));
    }
  }
}

Status report_init_error(net::HttpClient& runtime_api, const Error& error) {
  return send_accepted(runtime_api, error_report(fmt::format("{}init/error", kPrefix), error));
}

}  // namespace parley::bootstrap
