// The command line of `parley`: its commands, options and help, and what runs them.
#pragma once

#include <string>
#include <vector>

#include "cli/console.h"
#include "cli/exit_code.h"
#include "net/aws_signature.h"

namespace parley::cli {

/// Runs the command that `arguments` (those after the program's name) say; the process's exit code.
/// Errors are printed on console.err.
[[nodiscard]] ExitCode run_program(const std::vector<std::string>& arguments,
                                   const Console& console, net::Environment environment);

}  // namespace parley::cli
