#include "api/lambda/lambda_error.h"

#include <utility>

#include "api/envelope.h"
#include "base/utf8.h"
#include "codec/item_json.h"

namespace parley::api {
namespace {

struct LambdaWireName {
  std::string_view name;
  int status = 400;
  std::string_view type = "User";  // the member Type; empty: none
  std::string_view message_member = "message";
  std::string_view reason = {};
};

// Statuses and spellings of the service model and of replies others have recorded.
LambdaWireName lambda_wire_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kValidation:
      return {.name = "ValidationException", .type = {}};
    case ErrorCode::kSerialization:
      return {.name = "SerializationException", .type = {}};
    case ErrorCode::kInvalidParameter:
    case ErrorCode::kInvalidArgument:
      return {.name = "InvalidParameterValueException"};
    case ErrorCode::kInvalidRequestContent:
      return {.name = "InvalidRequestContentException"};
    case ErrorCode::kResourceNotFound:
    case ErrorCode::kTrimmedDataAccess:
      return {.name = "ResourceNotFoundException", .status = 404, .message_member = "Message"};
    case ErrorCode::kResourceInUse:
    case ErrorCode::kResourceConflict:
      return {.name = "ResourceConflictException", .status = 409};
    case ErrorCode::kPreconditionFailed:
      return {.name = "PreconditionFailedException", .status = 412};
    case ErrorCode::kRequestEntityTooLarge:
      return {.name = "RequestEntityTooLargeException", .status = 413, .type = {}};
    case ErrorCode::kThrottling:
      return {.name = "TooManyRequestsException",
              .status = 429,
              .reason = "ConcurrentInvocationLimitExceeded"};
    case ErrorCode::kAccessDenied:
      return {
          .name = "AccessDeniedException", .status = 403, .type = {}, .message_member = "Message"};
    case ErrorCode::kMissingAuthenticationToken:
      return {.name = "MissingAuthenticationTokenException", .status = 403, .type = {}};
    case ErrorCode::kIncompleteSignature:
      return {.name = "IncompleteSignatureException", .status = 403, .type = {}};
    case ErrorCode::kInvalidSignature:
      return {.name = "InvalidSignatureException", .status = 403, .type = {}};
    case ErrorCode::kUnknownOperation:
      return {.name = "UnknownOperationException", .type = {}};
    case ErrorCode::kFunctionFailed:
      return {.name = "FunctionError", .status = 502, .message_member = "Message"};
    case ErrorCode::kUnavailable:
      return {.name = "ServiceUnavailableException",
              .status = 503,
              .type = "Server",
              .message_member = "Message"};
    default:
      return {
          .name = "ServiceException", .status = 500, .type = "Server", .message_member = "Message"};
  }
}

void append_member(std::string& out, std::string_view name, std::string_view value) {
  out += out.empty() ? '{' : ',';
  codec::append_json_string(out, name);
  out += ':';
  codec::append_json_string(out, value);
}

}  // namespace

Reply lambda_error_reply(const Request& request, const Error& error, Random& random) {
  const LambdaWireName wire = lambda_wire_name(error.code);
  std::string body;
  if (!wire.reason.empty()) append_member(body, "Reason", wire.reason);
  if (!wire.type.empty()) append_member(body, "Type", wire.type);
  append_member(body, wire.message_member, to_utf8(error.message));  // it may cite the path
  body += '}';
  Reply reply = make_reply(request, wire.status, std::move(body), random);
  reply.content_type = "application/json";
  reply.headers.emplace_back("x-amzn-ErrorType", wire.name);
  return reply;
}

}  // namespace parley::api
