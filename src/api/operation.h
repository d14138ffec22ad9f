// Operation: what a row of the table of operations (api/operations.cc) is made of. Adding an
// operation is one file with a handler and an input shape, and one row.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/engine.h"

namespace simdjson::dom {
class object;
}

namespace parley::api {

struct Shape;  // api/shape.h

/// What a handler needs beside its input. Borrowed for the call.
struct OperationContext {
  engine::Database& database;
  std::string_view host = {};  // as the client called us; may be empty
};

/// The reply body is in the handler's `out`; it is sent once `ticket` is committed (0: at once).
struct OperationReply {
  storage::CommitTicket ticket = 0;
};

/// `input` has passed the operation's shape: every member it reads has the right JSON type and
/// keeps its constraints. Appends the reply's JSON to `out` (empty before). Thread-safe.
using OperationHandler = Result<OperationReply> (*)(OperationContext& context,
                                                    const simdjson::dom::object& input,
                                                    std::string& out);

struct Operation {
  std::string_view target;  // as X-Amz-Target has it: "DynamoDB_20120810.PutItem"
  const Shape* input = nullptr;
  OperationHandler handler = nullptr;
  bool blocking = false;  // runs on the blocking executor, not on an event loop
};

}  // namespace parley::api
