// The path of a request: route, signature's form, JSON, shape, handler, reply.
#include "api/lambda/lambda.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <chrono>
#include <utility>

#include "api/envelope.h"
#include "api/lambda/lambda_call.h"
#include "api/lambda/lambda_error.h"
#include "api/lambda/url_text.h"
#include "api/shape.h"
#include "api/shape_checks.h"
#include "base/assert.h"

namespace parley::api {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// "/2015-03-31/…": all of Lambda's paths begin with the date of their version.
bool begins_with_date(std::string_view path) {
  constexpr std::string_view kForm = "/dddd-dd-dd/";
  if (path.size() < kForm.size()) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] == 'd' ? !is_digit(path[i]) : path[i] != kForm[i]) return false;
  }
  return true;
}

bool is_own(std::string_view path) {
  return path.starts_with("/_parley/");
}

/// What must hold of every call before its route is looked at. Pages of other sites may reach
/// localhost through a browser: what can run code is not for them.
Status check_caller(const Request& request) {
  if (!request.origin.empty()) {
    return fail(ErrorCode::kAccessDenied,
                "Functions are not for web pages: a request with an "
                "Origin is refused");
  }
  // Archives are downloaded by plain tools from the address that GetFunction gives.
  if (is_own(request.path)) return {};
  return check_signature_form(request);
}

std::size_t body_size_bytes_max(std::string_view path) {
  for (const std::string_view prefix : kLambdaLargeBodyPaths) {
    if (path.starts_with(prefix)) return kLambdaBodySizeBytesMax;
  }
  return kLambdaSmallBodySizeBytesMax;
}

std::unexpected<Error> too_large(std::string_view operation, std::string_view path) {
  return fail(ErrorCode::kRequestEntityTooLarge,
              operation.empty()
                  ? fmt::format("Request must be smaller than {} bytes", body_size_bytes_max(path))
                  : fmt::format("Request must be smaller than {} bytes for the {} operation",
                                body_size_bytes_max(path), operation));
}

Status check_body(const LambdaRoute& route, const Request& request) {
  if (!request.content_encoding.empty() && request.content_encoding != "identity") {
    return fail(ErrorCode::kInvalidRequestContent, "A body must come without Content-Encoding");
  }
  if (request.body.size() <= body_size_bytes_max(request.path)) return {};
  return too_large(route.operation, request.path);
}

/// What a failure to read a request is called here.
ErrorCode code_of(int http_status) {
  if (http_status == 503) return ErrorCode::kUnavailable;
  return http_status >= 500 ? ErrorCode::kInternal : ErrorCode::kInvalidRequestContent;
}

/// Whether `input` is what the route takes. AWS's words on a wrong type name a class of the
/// service's; the shapes speak of DynamoDB's, and Lambda's are not known: the bare name is left.
Status check_input(const Shape& shape, const simdjson::dom::element& input) {
  if (!input.is_object()) return fail(ErrorCode::kSerialization, "The body must be a JSON object");
  auto checked = validate(shape, input);
  if (checked || checked.error().code != ErrorCode::kSerialization) return checked;
  std::string& message = checked.error().message;
  const std::size_t at = message.find(kModelPackage);
  if (at != std::string::npos) message.erase(at, kModelPackage.size());
  return checked;
}

/// Parses and checks the body into `call.input`, which views `parser`.
Status read_input(const LambdaRoute& route, LambdaCall& call, simdjson::dom::parser& parser) {
  if (route.input == nullptr) return {};
  const std::string_view body = call.request.body.empty() ? "{}" : call.request.body;
  simdjson::dom::element json;
  const auto error = parser.parse(body.data(), body.size()).get(json);
  if (error != simdjson::SUCCESS) {
    return fail(
        ErrorCode::kInvalidRequestContent,
        std::string("Could not parse request body into json: ") + simdjson::error_message(error));
  }
  PARLEY_TRY(check_input(*route.input, json));
  const auto taken = json.get(call.input);
  PARLEY_ASSERT(taken == simdjson::SUCCESS);
  return {};
}

Result<LambdaReply> answer(const LambdaRoute& route, LambdaCall& call) {
  simdjson::dom::parser parser;
  PARLEY_TRY(read_input(route, call, parser));
  return route.handler(call);
}

/// `reply` with the headers of every reply; a handler's own request id stays.
Reply finish(const Request& request, Result<LambdaReply> outcome, Random& random) {
  if (!outcome) return lambda_error_reply(request, outcome.error(), random);
  Reply reply = make_reply(request, outcome->status, std::move(outcome->body), random);
  reply.content_type = outcome->content_type;
  for (auto& [name, value] : outcome->headers) {
    if (name == "x-amzn-RequestId") {
      for (auto& [existing, text] : reply.headers) {
        if (existing != name) continue;
        text = std::move(value);
        break;
      }
    } else {
      reply.headers.emplace_back(name, std::move(value));
    }
  }
  return reply;
}

Result<RouteMatch> admit(const Request& request) {
  PARLEY_TRY(check_caller(request));
  RouteMatch match = PARLEY_TRY(find_route(request.method, request.path));
  PARLEY_TRY(check_body(*match.route, request));
  return match;
}

}  // namespace

LambdaContext::LambdaContext(const LambdaParts& lambda_parts, LambdaOptions lambda_options)
    : parts(lambda_parts),
      options(std::move(lambda_options)),
      events(parts.functions, delays, parts.events, parts.clock,
             {.retry_pauses = options.event_retry_pauses,
              .policy =
                  [&functions = parts.functions](std::string_view name) {
                    EventPolicy policy;
                    const auto function = functions.find(name);
                    if (!function) return policy;
                    const trigger::EventSettings& settings = function->settings.events;
                    policy.retries_max = settings.retries_max.value_or(policy.retries_max);
                    if (settings.age_max_s) {
                      policy.age_max = std::chrono::seconds(*settings.age_max_s);
                    }
                    return policy;
                  },
              .on_give_up =
                  [&functions = parts.functions](const trigger::EventFailure& failure) {
                    functions.log(failure.function_name,
                                  fmt::format("EVENT_DROPPED RequestId: {}\tAttempts: {}\t{}",
                                              failure.request_id, failure.attempts, failure.error));
                  }}) {}

LambdaService::LambdaService(const LambdaParts& parts, const LambdaOptions& options,
                             BlockingExecutor run_blocking)
    : context_(std::make_unique<LambdaContext>(parts, options)),
      run_blocking_(std::move(run_blocking)) {}

LambdaService::~LambdaService() = default;

bool LambdaService::owns(std::string_view path) {
  return is_own(path) || begins_with_date(path);
}

Reply LambdaService::unreadable_request(const Request& request, int status,
                                        std::string_view reason) {
  Error error{code_of(status), std::string(reason), nullptr};
  if (status == 413) {
    const auto match = find_route(request.method, request.path);
    error = too_large(match ? match->route->operation : "", request.path).error();
  }
  Reply reply = lambda_error_reply(request, error, context_->parts.random);
  reply.status = status;
  return reply;
}

void LambdaService::handle(const Request& request, ReplyCallback reply) {
  Random& random = context_->parts.random;
  auto match = admit(request);
  if (!match) return reply(lambda_error_reply(request, match.error(), random));
  LambdaCall call{.context = *context_,
                  .request = request,
                  .parameters = std::move(match->parameters),
                  .query = parse_query(request.query)};
  LambdaCallback done = [request, &random,
                         callback = std::move(reply)](Result<LambdaReply> outcome) mutable {
    callback(finish(request, std::move(outcome), random));
  };
  const LambdaRoute& route = *match->route;
  if (route.async_handler != nullptr) return route.async_handler(std::move(call), std::move(done));
  run_blocking_([&route, call = std::move(call), callback = std::move(done)]() mutable {
    callback(answer(route, call));
  });
}

void LambdaService::stop() {
  context_->delays.stop();
}

std::optional<std::string_view> LambdaCall::query_parameter(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

}  // namespace parley::api
