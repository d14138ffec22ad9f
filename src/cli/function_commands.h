// The commands of `parley function`. Each prints its outcome on console.out; an error is returned
// and printed by the caller.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/function_server.h"

namespace parley::cli {

struct FunctionOptions {
  std::string endpoint_url = {};
  bool json = false;
  std::string name = {};
  // deploy
  std::string path = {};
  std::string runtime = {};
  std::string handler = {};
  std::string description = {};
  std::string role = {};
  std::vector<std::string> environment = {};  // "K=V"
  std::optional<int> timeout_s = {};
  std::optional<int> memory_mb = {};
  std::optional<int> concurrency = {};
  bool copy = false;  // of a directory: deploy a copy, do not watch it
  // invoke
  std::string payload = {};  // JSON, or "-" for the standard input
  bool event = false;
  bool tail = false;
  // logs
  bool follow = false;
  unsigned lines = 100;
};

/// What a command works with. Borrowed for the call.
struct FunctionContext {
  const FunctionOptions& options;
  FunctionServer& server;
  const Console& console;
};

using FunctionCommand = Result<ExitCode> (*)(const FunctionContext& context);

/// Creates the function, or gives an existing one new code and settings.
[[nodiscard]] Result<ExitCode> deploy_function(const FunctionContext& context);
[[nodiscard]] Result<ExitCode> list_functions(const FunctionContext& context);
/// Settings, triggers and events that were given up.
[[nodiscard]] Result<ExitCode> show_function(const FunctionContext& context);
/// Prints the reply; kFailed when the function failed.
[[nodiscard]] Result<ExitCode> invoke_function(const FunctionContext& context);
/// Prints log lines; with `follow` until the program is ended.
[[nodiscard]] Result<ExitCode> function_logs(const FunctionContext& context);
[[nodiscard]] Result<ExitCode> delete_function(const FunctionContext& context);

}  // namespace parley::cli
