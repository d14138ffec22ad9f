// The Lambda Runtime API from the function's side: fetch an invocation, answer it, again.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http_client.h"

namespace parley::bootstrap {

/// An event in, the function's reply out.
using Handler = std::function<Result<std::string>(std::string_view event)>;

/// Serves invocations one after the other, each answered with the handler's reply or its error.
/// Returns when the Runtime API answers no more (kIo) or with what no runtime understands
/// (kRemote).
[[nodiscard]] Status serve_invocations(net::HttpClient& runtime_api, const Handler& handler);

/// Tells the Runtime API that the function could not start.
[[nodiscard]] Status report_init_error(net::HttpClient& runtime_api, const Error& error);

}  // namespace parley::bootstrap
