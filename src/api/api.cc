// The path of a request through this folder: envelope, JSON, shape, handler, commit, reply.
#include "api/api.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <memory>

#include "api/envelope.h"
#include "api/operations.h"
#include "api/wire_error.h"

namespace parley::api {
namespace {

/// Bodies over this size get a parser of their own, so that one large request does not leave every
/// thread with a large buffer.
constexpr std::size_t kKeptParserBytesMax = 1u << 20;

Error unknown_operation(std::string_view target) {
  if (!is_known_unsupported(target)) return {ErrorCode::kUnknownOperation, "", nullptr};
  return {ErrorCode::kUnknownOperation,
          fmt::format("Parley does not support {} yet", target.substr(target.find('.') + 1)),
          nullptr};
}

/// From the JSON to the handler's reply in `out`. The order of errors is AWS's: syntax, target,
/// signature, then the request itself.
Result<OperationReply> run(engine::Database& database, const Request& request,
                           const Operation* operation, std::string_view body,
                           simdjson::dom::parser& parser, std::string& out) {
  simdjson::dom::element input;
  if (!body.empty() && parser.parse(body.data(), body.size()).get(input) != simdjson::SUCCESS) {
    return fail(ErrorCode::kSerialization, "");
  }
  if (operation == nullptr) return std::unexpected(unknown_operation(request.target));
  PARLEY_TRY(check_signature_form(request));
  if (body.empty()) return fail(ErrorCode::kSerialization, "");
  PARLEY_TRY(validate(*operation->input, input));
  OperationContext context{database, request.host};
  simdjson::dom::object members;
  if (input.get(members) != simdjson::SUCCESS) return fail(ErrorCode::kSerialization, "");
  auto outcome = operation->handler(context, members, out);
  if (outcome) return outcome;
  const ErrorCode code = outcome.error().code;
  if (code == ErrorCode::kValidation || code == ErrorCode::kResourceNotFound) {
    PARLEY_TRY(check_types(*operation->input, input));
  }
  return outcome;
}

Result<OperationReply> run(engine::Database& database, const Request& request,
                           const Operation* operation, std::string& out) {
  std::string storage;
  const std::string_view body = PARLEY_TRY(decoded_body(request, storage));
  if (body.size() > kKeptParserBytesMax) {
    simdjson::dom::parser parser;
    return run(database, request, operation, body, parser, out);
  }
  thread_local simdjson::dom::parser parser;
  return run(database, request, operation, body, parser, out);
}

Reply error_reply(const Request& request, const Error& error, Random& random) {
  std::string body;
  append_error(body, error);
  return make_reply(request, http_status(error.code), std::move(body), random);
}

ErrorCode code_of(int status) {
  switch (status) {
    case 413:
      return ErrorCode::kRequestEntityTooLarge;
    case 500:
      return ErrorCode::kInternal;
    case 503:
      return ErrorCode::kUnavailable;
    default:
      return ErrorCode::kSerialization;
  }
}

}  // namespace

Reply unreadable_request(int status, std::string_view reason) {
  Reply reply;
  reply.status = status;
  append_error(reply.body, {code_of(status), std::string(reason), nullptr});
  return reply;
}

Service::Service(engine::Database& database, BlockingExecutor run_blocking)
    : database_(database), run_blocking_(std::move(run_blocking)) {}

Service::~Service() = default;

void Service::handle(const Request& request, ReplyCallback reply) {
  if (auto answered = answer_without_operation(request, database_.realm().region)) {
    answered->headers.emplace_back("x-amzn-RequestId", make_request_id(database_.random()));
    return reply(*std::move(answered));
  }
  const Operation* operation = find_operation(request.target);
  if (operation == nullptr || !operation->blocking) {
    return answer(request, operation, std::move(reply));
  }
  run_blocking_([this, request, operation, callback = std::move(reply)]() mutable {
    answer(request, operation, std::move(callback));
  });
}

void Service::answer(const Request& request, const Operation* operation, ReplyCallback reply) {
  Random& random = database_.random();
  std::string body;
  const auto outcome = run(database_, request, operation, body);
  if (!outcome) return refuse(request, outcome.error(), std::move(reply));
  // Made before the commit is awaited: the committer's thread only sends.
  Reply success = make_reply(request, 200, std::move(body), random);
  if (outcome->ticket == 0) return reply(std::move(success));
  database_.commits().when_committed(
      outcome->ticket, [request, &random, success = std::move(success),
                        callback = std::move(reply)](const Status& committed) mutable {
        callback(committed ? std::move(success) : error_reply(request, committed.error(), random));
      });
}

void Service::refuse(const Request& request, const Error& error, ReplyCallback reply) {
  Random& random = database_.random();
  if (error.code != ErrorCode::kConditionalCheckFailed &&
      error.code != ErrorCode::kTransactionCanceled) {
    return reply(error_reply(request, error, random));
  }
  // The item that failed the condition may itself not be durable yet: nobody is told of it before.
  storage::CommitPipeline& commits = database_.commits();
  commits.when_committed(
      commits.last_submitted(),
      [request, error, &random, callback = std::move(reply)](const Status& committed) mutable {
        callback(error_reply(request, committed ? error : committed.error(), random));
      });
}

}  // namespace parley::api
