// What a directory or an archive says about the function in it: its runtime and its handler.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace parley::cli {

struct RuntimeGuess {
  std::string runtime;
  std::string handler;
};

/// The files at the top of a package.
struct PackageFiles {
  struct File {
    std::string name;
    bool executable = false;
  };
  std::vector<File> files;
  /// The text of a file, as far as it can be had; empty otherwise.
  std::function<std::string(const std::string& name)> read;
};

/// An executable `bootstrap` is a custom runtime; lambda_function.py, app.py, main.py, index.py,
/// handler.py or an only .py file Python; index.mjs, app.mjs and their like Node. The handler is
/// the function that the file defines: lambda_handler or handler before any other. Errors:
/// kInvalidArgument that says what was looked for.
[[nodiscard]] Result<RuntimeGuess> guess_runtime(const PackageFiles& package);

/// The files at the top of `directory`. Errors: kInvalidArgument.
[[nodiscard]] Result<PackageFiles> files_of_directory(const std::string& directory);
/// The names in a zip archive's directory; their text is not read. Errors: kInvalidArgument.
[[nodiscard]] Result<PackageFiles> files_of_archive(std::string_view archive);

}  // namespace parley::cli
