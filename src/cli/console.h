// Console: where a command reads and writes; streams of strings in tests.
#pragma once

#include <iosfwd>
#include <string>

namespace parley::cli {

/// Borrows its streams.
struct Console {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool in_is_terminal = false;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  unsigned width = 80;             // columns of the terminal
  std::string program = "parley";  // as it was called, for the commands we suggest
};

}  // namespace parley::cli
