// The command line of `parley serve`.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/serve.h"

namespace parley::cli {

/// Adds the command; CLI11 writes into `options`, which must outlive the parsing.
void add_serve(CLI::App& program, ServeOptions& options);

}  // namespace parley::cli
