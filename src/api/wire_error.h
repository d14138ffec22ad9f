// Errors as AWS spells them on the wire: `__type`, HTTP status, message and details. The one place
// that knows wire names.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace parley::api {

/// The HTTP status of a reply that says `code`.
[[nodiscard]] int http_status(ErrorCode code);

/// Appends the reply's body: {"__type":"com.amazonaws.dynamodb.v20120810#…","message":"…"} with the
/// old item of a failed condition or the reasons of a cancelled transaction. An empty message is
/// left out. "message" is "Message" for the errors that AWS's service model has so, and for a
/// failed condition that returns its item (as recorded on AWS).
void append_error(std::string& out, const Error& error);

/// The code of a cancellation reason: "ConditionalCheckFailed", "ValidationError", ….
[[nodiscard]] std::string_view reason_code(ErrorCode code);

}  // namespace parley::api
