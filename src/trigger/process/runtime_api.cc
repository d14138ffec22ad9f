// The Runtime API (lambda/latest/dg/runtimes-api.html): what a process asks and answers.
#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "base/utf8.h"
#include "trigger/process/invocation_report.h"
#include "trigger/process/pool_state.h"

namespace parley::trigger {
namespace {

using Reply = RuntimeEndpoints::Reply;

constexpr std::string_view kPrefix = "/2018-06-01/runtime/";
/// What Lambda's own runtime interface accepts of a response, a little more than 6 MiB.
constexpr std::size_t kResponseSizeBytesMax = 6'291'556;
constexpr std::size_t kErrorTypeSizeMax = 256;
// How long a process may live on after it said that it could not be initialised.
constexpr std::chrono::seconds kInitErrorGrace{1};

Reply json_reply(int status, std::string body) {
  return {
      .status = status, .headers = {{"Content-Type", "application/json"}}, .body = std::move(body)};
}

Reply error_reply(int status, std::string_view type, std::string_view message) {
  return json_reply(status, error_payload(type, message));
}

Reply accepted() {
  return json_reply(202, "{\"status\":\"OK\"}\n");
}

Reply invalid_state(std::string_view what) {
  return error_reply(403, "InvalidStateTransition",
                     std::string(what) + " is not allowed in the runtime's state");
}

enum class Call : std::uint8_t { kNext, kResponse, kError, kInitError, kUnknown };

struct ParsedCall {
  Call call = Call::kUnknown;
  std::string_view request_id = {};
};

ParsedCall parse_call(std::string_view method, std::string_view path) {
  if (!path.starts_with(kPrefix)) return {};
  path.remove_prefix(kPrefix.size());
  if (path == "invocation/next") return {method == "GET" ? Call::kNext : Call::kUnknown};
  if (method != "POST") return {};
  if (path == "init/error") return {Call::kInitError};
  constexpr std::string_view kInvocation = "invocation/";
  const std::size_t slash = path.rfind('/');
  if (!path.starts_with(kInvocation) || slash < kInvocation.size()) return {};
  const std::string_view id = path.substr(kInvocation.size(), slash - kInvocation.size());
  const std::string_view what = path.substr(slash + 1);
  if (what == "response") return {Call::kResponse, id};
  if (what == "error") return {Call::kError, id};
  return {};
}

/// The type a runtime gives its error: in the body, else in a header, else none.
std::string header_error_type(const RuntimeEndpoints::Request& request) {
  std::string type =
      to_utf8(request.header("Lambda-Runtime-Function-Error-Type").substr(0, kErrorTypeSizeMax));
  return type.empty() ? "Runtime.Unknown" : type;
}

/// A runtime's own error object as it is; whatever else it sends becomes one.
std::string function_error_payload(const RuntimeEndpoints::Request& request,
                                   std::string_view request_id) {
  if (is_json_object(request.body)) return std::string(request.body);
  return error_payload(header_error_type(request),
                       platform_message(request_id, "Unknown application error occurred"));
}

}  // namespace

void ProcessPool::State::handle(const ProcessPointer& process,
                                const RuntimeEndpoints::Request& request,
                                RuntimeEndpoints::ReplyCallback reply) {
  const ParsedCall parsed = request.body_too_large ? ParsedCall{Call::kResponse}
                                                   : parse_call(request.method, request.path);
  if (parsed.call == Call::kUnknown) return reply(error_reply(404, "NotFound", "No such call"));
  const bool too_large = request.body_too_large || request.body.size() > kResponseSizeBytesMax;
  Effects effects;
  {
    const std::scoped_lock lock(mutex);
    const auto answer = [&](Reply content) {
      effects.add([reply = std::move(reply), content = std::move(content)]() mutable {
        reply(std::move(content));
      });
    };
    const bool is_initializing = process->phase == Phase::kInitializing;
    if (parsed.call == Call::kNext) {
      if (process->phase != Phase::kInitializing && process->phase != Phase::kFinishing &&
          process->phase != Phase::kIdle) {
        answer(invalid_state("next"));
      } else {
        if (is_initializing) {
          process->init_duration = std::chrono::duration_cast<std::chrono::microseconds>(
              std::chrono::steady_clock::now() - process->phase_since);
        }
        process->next_poll = std::move(reply);
        // Not before the supervisor reads its output and knows its number, which the log and the
        // report of an invocation need: launch() goes on from here.
        if (process->pid != 0) become_ready(process, effects);
      }
    } else if (parsed.call == Call::kInitError) {
      if (!is_initializing) {
        answer(invalid_state("init/error"));
      } else {
        process->init_error = function_error_payload(request, "");
        process->init_error_type = header_error_type(request);
        // It is expected to end now.
        process->deadline =
            std::min(process->deadline, std::chrono::steady_clock::now() + kInitErrorGrace);
        wake_before(process->deadline);
        answer(accepted());
      }
    } else if (process->phase != Phase::kBusy) {
      answer(invalid_state(parsed.call == Call::kError ? "error" : "response"));
    } else if (!request.body_too_large && parsed.request_id != process->running->request_id) {
      answer(error_reply(400, "InvalidRequestID", "Invalid request ID"));
    } else {
      process->phase = Phase::kFinishing;
      process->phase_since = std::chrono::steady_clock::now();
      if (too_large) {
        answer(error_reply(413, "RequestEntityTooLarge",
                           "Exceeded maximum allowed payload size (6291556 bytes)."));
        complete(process,
                 error_payload("Function.ResponseSizeTooLarge",
                               "Response payload size exceeded maximum allowed payload size "
                               "(6291556 bytes)."),
                 true, "error", "Function.ResponseSizeTooLarge", effects);
      } else if (parsed.call == Call::kError) {
        answer(accepted());
        complete(process, function_error_payload(request, parsed.request_id), true, "error",
                 header_error_type(request), effects);
      } else {
        answer(accepted());
        complete(process, std::string(request.body), false, "", "", effects);
      }
    }
  }
  effects.run();
}

}  // namespace parley::trigger
