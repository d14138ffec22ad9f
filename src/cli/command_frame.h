// What all commands of the program share: headings, the page of exit codes, what an error costs.
#pragma once

#include <string>

#include "base/error.h"
#include "cli/console.h"
#include "cli/exit_code.h"

namespace parley::cli {

inline constexpr const char* kExitCodes =
    "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no answer from the endpoint,\n"
    "            4 not confirmed, 5 port in use\n";

// The heading of the commands in --help.
inline constexpr const char* kCommands = "Commands";

[[nodiscard]] ExitCode exit_code_of(const Error& error);

/// The line to print when no server answers on this machine.
[[nodiscard]] std::string start_hint(const Console& console);

}  // namespace parley::cli
