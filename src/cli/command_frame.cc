#include "cli/command_frame.h"

#include <fmt/format.h>

namespace parley::cli {

ExitCode exit_code_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::kIo:
    case ErrorCode::kTimeout:
      return ExitCode::kUnreachable;
    case ErrorCode::kInvalidArgument:
      return ExitCode::kUsage;
    default:
      return ExitCode::kFailed;
  }
}

std::string start_hint(const Console& console) {
  return fmt::format("Is the server running? `{} serve` starts one on port 8000.\n",
                     console.program);
}

}  // namespace parley::cli
