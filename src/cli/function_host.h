// FunctionHost: everything of `parley serve` that functions need, put together: their child
// processes, the event source mappings, the Lambda API.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/lambda/lambda.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/temporary_directory.h"
#include "base/thread_pool.h"
#include "cli/runtime_api_server.h"
#include "engine/engine.h"
#include "storage/key_value_store.h"
#include "trigger/event_store.h"
#include "trigger/functions.h"
#include "trigger/mappings.h"

namespace parley::cli {

/// A function of this program, listed among the deployed ones.
struct NativeFunctionEntry {
  std::string name;
  std::string description;
  trigger::NativeFunction function;
};

struct FunctionHostOptions {
  std::string directory;     // for code and logs; empty: a temporary one
  std::string endpoint_url;  // of this server, for what functions call
  std::vector<NativeFunctionEntry> natives = {};
};

/// Thread-safe where its parts are.
class FunctionHost {
 public:
  /// Loads functions and mappings and starts reading streams. `store` and `database` are borrowed
  /// and must outlive this. Errors: kIo, kCorruption.
  [[nodiscard]] static Result<std::unique_ptr<FunctionHost>> open(
      const FunctionHostOptions& options, engine::Database& database, storage::KeyValueStore& store,
      const Clock& clock, Random& random);
  /// As stop() without time.
  ~FunctionHost();

  [[nodiscard]] api::LambdaService& service() { return *service_; }
  [[nodiscard]] trigger::Mappings& mappings() { return *mappings_; }

  /// Before the HTTP server stops: ends the requests that only wait for something to happen, and
  /// reads streams no more. Batches in flight have until `deadline` to end, while the database
  /// still answers their functions; after that they are delivered again at the next start.
  void drain(std::chrono::steady_clock::time_point deadline);
  /// After the HTTP server has stopped: functions that run have until `deadline` to end.
  void stop(std::chrono::steady_clock::time_point deadline);

 private:
  FunctionHost() = default;

  // Destroyed from the last to the first: each uses those before it.
  TemporaryDirectory temporary_directory_;
  std::unique_ptr<RuntimeApiServer> endpoints_;
  std::unique_ptr<trigger::EventStore> events_;
  std::unique_ptr<trigger::Functions> functions_;
  std::unique_ptr<trigger::Mappings> mappings_;
  std::unique_ptr<ThreadPool> pool_;
  std::unique_ptr<api::LambdaService> service_;
  bool drained_ = false;
  bool stopped_ = false;
};

}  // namespace parley::cli
