// Calls to a Service from inside this process: by clients in process, and by tests.
#pragma once

#include <future>
#include <string_view>

#include "api/api.h"

namespace parley::api {

/// Sends `request`, borrowing what it views until the future is ready. Blocks as Service::handle
/// does: not until a write is committed.
[[nodiscard]] std::future<Reply> send(Service& service, const Request& request);

/// The same for one operation of DynamoDB (`PutItem`), or of another API by its whole target
/// (`DynamoDBStreams_20120810.GetRecords`), with its input in JSON, signed for form's sake. `input`
/// is borrowed until the future is ready.
[[nodiscard]] std::future<Reply> call(Service& service, std::string_view operation,
                                      std::string_view input);

}  // namespace parley::api
