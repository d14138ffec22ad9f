// What a command's exit code says; documented in `parley --help`.
#pragma once

namespace parley::cli {

enum class ExitCode : int {
  kDone = 0,
  kFailed = 1,        // the server refused, or something broke on the way
  kUsage = 2,         // unknown command, option or value
  kUnreachable = 3,   // nothing answers at the endpoint
  kNotConfirmed = 4,  // a question was not answered with yes
  kPortInUse = 5,     // another program listens there
};

}  // namespace parley::cli
