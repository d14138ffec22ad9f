// The AWS wire protocol over the engine: X-Amz-Target and JSON in, JSON and DynamoDB's errors out.
//
// A request passes four stages, each with errors of its own: the envelope (target, compression,
// JSON syntax), the shape (api/shape.h: types first, SerializationException; then all constraint
// violations together, "N validation errors detected: …"), the operation (one file each: what can
// be checked without the table, expressions bound), the engine. api/operations.cc holds the one
// table of operations; api/wire_error.cc the one list of wire names.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/engine.h"

namespace parley::api {

/// A request, free of HTTP's machinery. Views are valid until the reply callback is called.
struct Request {
  std::string_view method;
  std::string_view path;
  std::string_view query = {};   // of the URL, without '?': a signature may be in it
  std::string_view host = {};    // Host, or the authority of an absolute target
  std::string_view target = {};  // X-Amz-Target
  std::string_view content_type = {};
  std::string_view content_encoding = {};  // of the body
  std::string_view accept_encoding = {};   // for the reply
  std::string_view authorization = {};     // empty: none
  std::string_view date = {};              // X-Amz-Date, or else Date
  std::string_view origin = {};            // a browser's: then the reply allows every origin
  std::string_view access_control_request_headers = {};
  std::string_view access_control_request_method = {};
  std::string_view invocation_type = {};  // X-Amz-Invocation-Type and the next two: Lambda's Invoke
  std::string_view log_type = {};
  std::string_view client_context = {};
  std::string_view body = {};
};

struct Reply {
  int status = 200;
  std::string_view content_type = "application/x-amz-json-1.0";  // static storage
  std::vector<std::pair<std::string_view, std::string>>
      headers;  // x-amzn-requestid, x-amz-crc32, …
  std::string body;
};

/// The reply to what never became a request: too large, too slow, malformed HTTP. `status` is
/// HTTP's; the body is an error in the API's form, which is all that some SDKs can read.
[[nodiscard]] Reply unreadable_request(int status, std::string_view reason);

using ReplyCallback = std::move_only_function<void(Reply)>;

/// Runs a task on a thread that may block.
using BlockingExecutor = std::function<void(std::move_only_function<void()>)>;

struct Operation;  // api/operation.h

/// Thread-safe. Borrows the database and must not outlive it.
class Service {
 public:
  /// `run_blocking` takes what may block for long (table operations, backfills); never an event
  /// loop.
  Service(engine::Database& database, BlockingExecutor run_blocking);
  ~Service();

  /// Replies exactly once: before it returns for reads, after the commit for writes.
  void handle(const Request& request, ReplyCallback reply);

 private:
  void answer(const Request& request, const Operation* operation, ReplyCallback reply);
  void refuse(const Request& request, const Error& error, ReplyCallback reply);

  engine::Database& database_;
  BlockingExecutor run_blocking_;
};

}  // namespace parley::api
