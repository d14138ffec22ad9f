// Shell completion: a small script per shell that asks `parley __complete WORD…`, so that what is
// offered is always what the program understands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace parley::cli {

/// The script for "bash", "zsh" or "fish"; empty for another shell.
[[nodiscard]] std::string_view completion_script(std::string_view shell);

/// What may stand in place of the last of `words`, which may be empty: subcommands, options, the
/// values of an option that has a fixed set. Sorted; all begin with that last word. `words` are
/// those after the program's name.
[[nodiscard]] std::vector<std::string> complete(const CLI::App& program,
                                                const std::vector<std::string>& words);

}  // namespace parley::cli
