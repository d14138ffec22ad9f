// Database: DynamoDB as a client sees it, wherever it runs. Two implementations: remote_database.h
// (HTTP and SigV4, on AWS or a compatible server), local_database.h (a Service in this process).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace parley::client {

/// The server's own error, beside the message "Type: message" of its Error (kRemote).
struct ServiceErrorDetail final : ErrorDetail {
  std::string type;  // "ResourceNotFoundException"
  std::string text;  // the server's message alone
  int status = 0;    // HTTP
};

/// Thread-safe; each call blocks its thread.
class Database {
 public:
  virtual ~Database() = default;

  /// Sends `input` (JSON) to `operation` ("PutItem", "GetRecords"); the reply's JSON. Errors:
  /// kRemote with a ServiceErrorDetail when the server refused; kIo and kTimeout when it could not
  /// be reached, in which case a write may or may not have happened.
  [[nodiscard]] virtual Result<std::string> call(std::string_view operation,
                                                 std::string_view input) = 0;
};

/// Whether `operation` is one of the four of DynamoDB Streams, an API of its own.
/// Source: …/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Streams.html
[[nodiscard]] bool is_streams_operation(std::string_view operation);

/// The X-Amz-Target of `operation`: "DynamoDB_20120810.PutItem".
[[nodiscard]] std::string target_of(std::string_view operation);

/// The error of a reply with a status other than 200. `body` is the server's JSON, or anything
/// else.
[[nodiscard]] Error service_error(int status, std::string_view body);

/// Whether `error` came from the server with this type ("ResourceInUseException").
[[nodiscard]] bool is_service_error(const Error& error, std::string_view type);

}  // namespace parley::client
