#include "cli/command_frame.h"

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

}  // namespace parley::cli
