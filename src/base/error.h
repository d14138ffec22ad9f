// What went wrong, in one closed list. Layers pass errors up unchanged; only api/wire_error.cc
// knows how each is spelled on the wire and which HTTP status it takes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

// The vocabulary types of base (Result, Error, Clock, …) live in `parley` itself and not in
// `parley::base`: every line of every layer names them.
namespace parley {

enum class ErrorCode : std::uint8_t {
  // DynamoDB's own (their wire names are in api/wire_error.cc).
  kValidation,
  kSerialization,
  kUnknownOperation,
  kMissingAuthenticationToken,
  kIncompleteSignature,
  kInvalidSignature,
  kUnrecognizedClient,
  kAccessDenied,
  kConditionalCheckFailed,
  kTransactionCanceled,
  kTransactionConflict,
  kTransactionInProgress,
  kIdempotentParameterMismatch,
  kResourceNotFound,
  kTableNotFound,
  kIndexNotFound,
  kResourceInUse,
  kTableInUse,
  kLimitExceeded,
  kItemCollectionSizeLimitExceeded,
  kProvisionedThroughputExceeded,
  kRequestLimitExceeded,
  kThrottling,
  kDuplicateItem,
  kExpiredIterator,
  kTrimmedDataAccess,
  // Lambda's own.
  kInvalidParameter,
  kResourceConflict,
  kPreconditionFailed,
  kInvalidRequestContent,
  kFunctionFailed,  // a function that was to succeed did not
  kRequestEntityTooLarge,
  kInternal,
  kUnavailable,
  // Ours; a client that meets one of these sees InternalServerError with the message.
  kIo,
  kStorageFull,
  kCorruption,
  kLocked,
  kIncompatibleVersion,
  kInvalidArgument,
  kTimeout,
  kRemote,  // a remote service answered with an error of its own; the message names it
};

/// What an error carries beyond its message: an old item, cancellation reasons. A layer that needs
/// one derives from this; api/wire_error.cc renders the ones it knows.
struct ErrorDetail {
  ErrorDetail() = default;
  ErrorDetail(const ErrorDetail&) = delete;
  ErrorDetail& operator=(const ErrorDetail&) = delete;
  virtual ~ErrorDetail() = default;
};

/// An error and a message fit for the client, in DynamoDB's own words where it has them.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  std::shared_ptr<const ErrorDetail> detail = nullptr;
};

}  // namespace parley
