// The command lines of `parley function` and `parley trigger`.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/function_commands.h"
#include "cli/trigger_commands.h"
#include "net/aws_signature.h"

namespace parley::cli {

/// Adds the command with all that stands below it; parsing writes into `options`, which must live
/// as long as `program`.
void add_function(CLI::App& program, FunctionOptions& options);
void add_trigger(CLI::App& program, TriggerOptions& options);

/// Runs the subcommand of `command` (which add_function or add_trigger made) that was parsed;
/// prints its error.
[[nodiscard]] ExitCode run_function(const CLI::App& command, const FunctionOptions& options,
                                    const Console& console, net::Environment environment);
[[nodiscard]] ExitCode run_trigger(const CLI::App& command, const TriggerOptions& options,
                                   const Console& console, net::Environment environment);

}  // namespace parley::cli
