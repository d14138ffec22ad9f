// Invoker: something that runs a function by name. An event source mapping and the Invoke operation
// know functions only through it; implementations: process/ (child processes over the Runtime API)
// and native functions (in this process).
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "base/result.h"

namespace parley::trigger {

/// What Lambda accepts and returns at most, synchronously.
inline constexpr std::size_t kPayloadSizeBytesMax = 6u << 20;

struct Invocation {
  std::string function_name;        // the bare name
  std::string payload;              // JSON text, at most kPayloadSizeBytesMax; empty: {}
  std::string client_context = {};  // JSON text, decoded
  bool tail_log = false;
};

struct InvocationOutcome {
  std::string request_id;  // a UUID
  /// The function's reply; on a function error the object with errorMessage and errorType.
  std::string payload;
  bool function_error = false;  // it threw, exited, timed out or answered too much
  std::string executed_version = "$LATEST";
  std::string log_tail = {};  // its last 4 KiB of log, if asked for
};

class Invoker {
 public:
  using Callback = std::move_only_function<void(Result<InvocationOutcome>)>;
  virtual ~Invoker() = default;

  /// Calls back exactly once, on any thread, perhaps before it returns; never blocks. A function
  /// that fails is an outcome; errors are: kResourceNotFound (no such function), kThrottling (its
  /// concurrency is used up and the queue is full), kUnavailable (shutting down), kIo (no process
  /// could be started).
  virtual void invoke(Invocation invocation, Callback callback) = 0;

  [[nodiscard]] virtual bool exists(std::string_view function_name) const = 0;
};

}  // namespace parley::trigger
