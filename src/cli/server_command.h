// What the commands that call a server's Lambda API share (`parley function`, `parley trigger`).
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/function_server.h"
#include "net/aws_signature.h"

namespace parley::cli {

/// --endpoint-url and --json, and the end of --help with `examples`. The targets are borrowed by
/// `command`.
void add_server_options(CLI::App& command, std::string& endpoint_url, bool& json,
                        const char* examples);

/// How one invocation of the program gets at its server. Borrowed for the call.
struct ServerCommand {
  const std::string& endpoint_url;
  const Console& console;
  net::Environment environment;
  Clock& clock;
  std::function<Result<ExitCode>(FunctionServer&)> run;
  /// A line to print behind `run`'s error; empty: none.
  std::function<std::string(const Error&, const FunctionServer&)> hint = {};
};

/// Opens the server and runs the command there; prints the error of either.
[[nodiscard]] ExitCode run_on_server(const ServerCommand& command);

}  // namespace parley::cli
