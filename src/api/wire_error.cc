#include "api/wire_error.h"

#include <fmt/format.h>

#include <vector>

#include "base/utf8.h"
#include "codec/item_json.h"
#include "engine/requests.h"

namespace parley::api {
namespace {

constexpr std::string_view kModel = "com.amazonaws.dynamodb.v20120810#";
constexpr std::string_view kService = "com.amazon.coral.service#";
constexpr std::string_view kValidate = "com.amazon.coral.validate#";
constexpr std::string_view kAvailability = "com.amazon.coral.availability#";

struct WireName {
  std::string_view prefix;
  std::string_view name;
  std::string_view message_member = "message";
  int status = 400;
};

WireName wire_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kValidation:
      return {kValidate, "ValidationException"};
    case ErrorCode::kSerialization:
      return {kService, "SerializationException", "Message"};
    case ErrorCode::kUnknownOperation:
      return {kService, "UnknownOperationException"};
    case ErrorCode::kMissingAuthenticationToken:
      return {kService, "MissingAuthenticationTokenException"};
    case ErrorCode::kIncompleteSignature:
      return {kService, "IncompleteSignatureException"};
    case ErrorCode::kInvalidSignature:
      return {kService, "InvalidSignatureException"};
    case ErrorCode::kUnrecognizedClient:
      return {kService, "UnrecognizedClientException"};
    case ErrorCode::kAccessDenied:
      return {kService, "AccessDeniedException", "Message"};
    case ErrorCode::kConditionalCheckFailed:
      return {kModel, "ConditionalCheckFailedException"};
    case ErrorCode::kTransactionCanceled:
      return {kModel, "TransactionCanceledException", "Message"};
    case ErrorCode::kTransactionConflict:
      return {kModel, "TransactionConflictException"};
    case ErrorCode::kTransactionInProgress:
      return {kModel, "TransactionInProgressException", "Message"};
    case ErrorCode::kIdempotentParameterMismatch:
      return {kModel, "IdempotentParameterMismatchException", "Message"};
    case ErrorCode::kResourceNotFound:
      return {kModel, "ResourceNotFoundException"};
    case ErrorCode::kTableNotFound:
      return {kModel, "TableNotFoundException"};
    case ErrorCode::kIndexNotFound:
      return {kModel, "IndexNotFoundException"};
    case ErrorCode::kResourceInUse:
      return {kModel, "ResourceInUseException"};
    case ErrorCode::kTableInUse:
      return {kModel, "TableInUseException"};
    case ErrorCode::kLimitExceeded:
      return {kModel, "LimitExceededException"};
    case ErrorCode::kItemCollectionSizeLimitExceeded:
      return {kModel, "ItemCollectionSizeLimitExceededException"};
    case ErrorCode::kProvisionedThroughputExceeded:
      return {kModel, "ProvisionedThroughputExceededException"};
    case ErrorCode::kRequestLimitExceeded:
      return {kModel, "RequestLimitExceeded"};
    case ErrorCode::kThrottling:
      return {kAvailability, "ThrottlingException"};
    case ErrorCode::kDuplicateItem:
      return {kModel, "DuplicateItemException"};
    case ErrorCode::kExpiredIterator:
      return {kModel, "ExpiredIteratorException"};
    case ErrorCode::kTrimmedDataAccess:
      return {kModel, "TrimmedDataAccessException"};
    case ErrorCode::kInvalidParameter:
      return {{}, "InvalidParameterValueException"};
    case ErrorCode::kResourceConflict:
      return {{}, "ResourceConflictException", "message", 409};
    case ErrorCode::kPreconditionFailed:
      return {{}, "PreconditionFailedException", "message", 412};
    case ErrorCode::kInvalidRequestContent:
      return {{}, "InvalidRequestContentException"};
    case ErrorCode::kRequestEntityTooLarge:
      return {kService, "RequestEntityTooLargeException", "message", 413};
    case ErrorCode::kUnavailable:
      return {kService, "ServiceUnavailableException", "message", 503};
    case ErrorCode::kInternal:
    case ErrorCode::kIo:
    case ErrorCode::kStorageFull:
    case ErrorCode::kCorruption:
    case ErrorCode::kLocked:
    case ErrorCode::kIncompatibleVersion:
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kTimeout:
    case ErrorCode::kRemote:
    case ErrorCode::kFunctionFailed:
      break;
  }
  return {kModel, "InternalServerError", "message", 500};
}

void append_reasons(std::string& out, const std::vector<engine::CancellationReason>& reasons) {
  out += ",\"CancellationReasons\":[";
  bool first = true;
  for (const engine::CancellationReason& reason : reasons) {
    out += first ? "{\"Code\":\"" : ",{\"Code\":\"";
    first = false;
    out += reason.none ? "None" : reason_code(reason.code);
    out += '"';
    if (reason.item) {
      out += ",\"Item\":";
      codec::append_json(out, reason.item->view());
    }
    if (!reason.none && !reason.message.empty()) {
      out += ",\"Message\":";
      codec::append_json_string(out, reason.message);
    }
    out += '}';
  }
  out += ']';
}

std::string cancellation_message(const std::vector<engine::CancellationReason>& reasons) {
  std::vector<std::string_view> codes;
  codes.reserve(reasons.size());
  for (const engine::CancellationReason& reason : reasons) {
    codes.push_back(reason.none ? std::string_view("None") : reason_code(reason.code));
  }
  return fmt::format(
      "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
      fmt::join(codes, ", "));
}

}  // namespace

int http_status(ErrorCode code) {
  return wire_name(code).status;
}

std::string_view reason_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::kConditionalCheckFailed:
      return "ConditionalCheckFailed";
    case ErrorCode::kItemCollectionSizeLimitExceeded:
      return "ItemCollectionSizeLimitExceeded";
    case ErrorCode::kTransactionConflict:
      return "TransactionConflict";
    case ErrorCode::kProvisionedThroughputExceeded:
      return "ProvisionedThroughputExceeded";
    case ErrorCode::kThrottling:
      return "ThrottlingError";
    case ErrorCode::kDuplicateItem:
      return "DuplicateItem";
    case ErrorCode::kAccessDenied:
      return "AccessDenied";
    case ErrorCode::kResourceNotFound:
      return "ResourceNotFound";
    case ErrorCode::kValidation:
      return "ValidationError";
    default:
      return "InternalServerError";
  }
}

void append_error(std::string& out, const Error& error) {
  const WireName name = wire_name(error.code);
  out += "{\"__type\":\"";
  out += name.prefix;
  out += name.name;
  out += '"';
  const auto* cancellation = dynamic_cast<const engine::CancellationDetail*>(error.detail.get());
  const auto* condition = dynamic_cast<const engine::ConditionFailureDetail*>(error.detail.get());
  const std::string message =
      cancellation != nullptr ? cancellation_message(cancellation->reasons) : error.message;
  const bool with_item = condition != nullptr && condition->item;
  if (!message.empty()) {
    out += ",\"";
    out += with_item ? "Message" : name.message_member;
    out += "\":";
    codec::append_json_string(out, to_utf8(message));  // it may cite a header
  }
  if (cancellation != nullptr) append_reasons(out, cancellation->reasons);
  if (with_item) {
    out += ",\"Item\":";
    codec::append_json(out, condition->item->view());
  }
  out += '}';
}

}  // namespace parley::api
