// Invoke and its elder InvokeAsync. Source: lambda/latest/api/API_Invoke.html
#include <fmt/format.h>
#include <simdjson.h>

#include <memory>
#include <utility>

#include "api/lambda/function_name.h"
#include "api/lambda/routes.h"
#include "base/base64.h"

namespace parley::api {
namespace {

// AWS's: 6 MB for a caller that waits, 1 MB for one that does not.
constexpr std::size_t kRequestSizeBytesMax = 6'291'456;
constexpr std::size_t kEventSizeBytesMax = 1'048'576;
// Bytes of base64 that X-Amz-Client-Context may have.
constexpr std::size_t kClientContextLengthMax = 3583;

/// One of `values`, the first of them if the header is absent. Errors: kValidation.
Result<std::string_view> choice(std::string_view given, std::string_view member,
                                std::initializer_list<std::string_view> values) {
  if (given.empty()) return *values.begin();
  for (const std::string_view each : values) {
    if (given == each) return each;
  }
  return invalid(
      fmt::format("1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: "
                  "Member must satisfy enum value set: [{}]",
                  given, member, fmt::join(values, ", ")));
}

/// The payload as the function gets it: JSON text, {} for none.
Result<std::string> read_payload(std::string_view body, std::size_t size_bytes_max) {
  if (body.size() > size_bytes_max) {
    return fail(
        ErrorCode::kRequestEntityTooLarge,
        fmt::format("Request must be smaller than {} bytes for the InvokeFunction operation",
                    size_bytes_max));
  }
  if (body.empty()) return std::string("{}");
  simdjson::dom::parser parser;
  const auto error = parser.parse(body.data(), body.size()).error();
  if (error != simdjson::SUCCESS) {
    return fail(ErrorCode::kInvalidRequestContent,
                fmt::format("Could not parse request body into json: Could not parse payload into "
                            "json: {}",
                            simdjson::error_message(error)));
  }
  return std::string(body);
}

Result<std::string> read_client_context(std::string_view header) {
  if (header.empty()) return std::string();
  auto text = header.size() <= kClientContextLengthMax ? decode_base64(header) : std::nullopt;
  simdjson::dom::parser parser;
  if (!text || parser.parse(*text).error() != simdjson::SUCCESS) {
    return fail(ErrorCode::kInvalidRequestContent,
                "Client context must be a valid Base64-encoded JSON object.");
  }
  return *std::move(text);
}

/// X-Amz-Log-Result, whose bytes are those of the log.
std::string log_result(std::string_view log_tail) {
  std::string encoded;
  append_base64(encoded, log_tail);
  return encoded;
}

Result<LambdaReply> invocation_reply(Result<trigger::InvocationOutcome> outcome, bool tail_log) {
  if (!outcome) {
    if (outcome.error().code == ErrorCode::kThrottling) {
      return fail(ErrorCode::kThrottling, "Rate Exceeded.");
    }
    return std::unexpected(std::move(outcome).error());
  }
  LambdaReply reply{.body = std::move(outcome->payload)};
  reply.headers.emplace_back("X-Amz-Executed-Version", std::move(outcome->executed_version));
  if (outcome->function_error) reply.headers.emplace_back("X-Amz-Function-Error", "Unhandled");
  if (tail_log) reply.headers.emplace_back("X-Amz-Log-Result", log_result(outcome->log_tail));
  reply.headers.emplace_back("x-amzn-Remapped-Content-Length", "0");
  if (!outcome->request_id.empty()) {
    reply.headers.emplace_back("x-amzn-RequestId", std::move(outcome->request_id));
  }
  return reply;
}

/// What a call asks for, checked.
struct CheckedInvocation {
  std::string_view type;
  bool tail_log = false;
  trigger::Invocation invocation;
};

Result<CheckedInvocation> read_invocation(const LambdaCall& call) {
  CheckedInvocation checked;
  checked.type = PARLEY_TRY(choice(call.request.invocation_type, "invocationType",
                                   {"RequestResponse", "Event", "DryRun"}));
  const std::string_view log_type =
      PARLEY_TRY(choice(call.request.log_type, "logType", {"None", "Tail"}));
  // Sizes come before everything that needs the body.
  const bool is_event = checked.type == "Event";
  if (call.request.body.size() > (is_event ? kEventSizeBytesMax : kRequestSizeBytesMax)) {
    return std::unexpected(
        read_payload(call.request.body, is_event ? kEventSizeBytesMax : kRequestSizeBytesMax)
            .error());
  }
  ResolvedFunction found = PARLEY_TRY(resolve_function(call));
  checked.invocation.payload = PARLEY_TRY(read_payload(call.request.body, kRequestSizeBytesMax));
  checked.invocation.client_context = PARLEY_TRY(read_client_context(call.request.client_context));
  checked.invocation.function_name = std::move(found.function.name);
  checked.tail_log = log_type == "Tail" && !is_event;
  checked.invocation.tail_log = checked.tail_log;
  return checked;
}

/// `done` gets `reply` once the event cannot be lost any more.
void submit_event(LambdaCall& call, trigger::Invocation invocation, std::string request_id,
                  LambdaReply reply, LambdaCallback done) {
  call.context.events.submit(
      {.function_name = std::move(invocation.function_name),
       .payload = std::move(invocation.payload),
       .client_context = std::move(invocation.client_context),
       .request_id = std::move(request_id)},
      [reply = std::move(reply), done = std::move(done)](Status submitted) mutable {
        if (!submitted) return done(std::unexpected(std::move(submitted).error()));
        done(std::move(reply));
      });
}

}  // namespace

void invoke_function(LambdaCall call, LambdaCallback done) {
  auto checked = read_invocation(call);
  if (!checked) return done(std::unexpected(std::move(checked).error()));
  if (checked->type == "DryRun") return done(LambdaReply{.status = 204});
  if (checked->type == "Event") {
    std::string request_id = make_uuid(call.context.parts.random);
    LambdaReply reply{.status = 202, .headers = {{"x-amzn-RequestId", request_id}}};
    return submit_event(call, std::move(checked->invocation), std::move(request_id),
                        std::move(reply), std::move(done));
  }
  call.context.parts.functions.invoke(std::move(checked->invocation),
                                      [tail_log = checked->tail_log, callback = std::move(done)](
                                          Result<trigger::InvocationOutcome> outcome) mutable {
                                        callback(invocation_reply(std::move(outcome), tail_log));
                                      });
}

void invoke_function_async(LambdaCall call, LambdaCallback done) {
  call.request.invocation_type = "Event";
  auto checked = read_invocation(call);
  if (!checked) return done(std::unexpected(std::move(checked).error()));
  submit_event(call, std::move(checked->invocation), make_uuid(call.context.parts.random),
               LambdaReply{.status = 202, .body = R"({"Status":202})"}, std::move(done));
}

}  // namespace parley::api
