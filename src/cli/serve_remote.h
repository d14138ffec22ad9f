// `parley serve --database prod` or `--database-endpoint URL`: the messaging service alone, on a
// database elsewhere. Any number of such processes may serve one table.
#pragma once

#include "cli/serve.h"

namespace parley::cli {

/// As serve().
[[nodiscard]] Result<ExitCode> serve_remote(const ServeOptions& options, const Console& console,
                                            net::Environment environment);

}  // namespace parley::cli
