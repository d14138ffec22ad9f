// The program: the process's streams and environment, handed to run_program().
#include <sys/ioctl.h>
#include <unistd.h>

#include <clocale>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "cli/program.h"

namespace {

unsigned terminal_width() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

const char* environment_variable(const char* name) {
  return std::getenv(name);
}

}  // namespace

int main(int argc, char** argv) {
  // For the widths of characters only; numbers and dates stay the same everywhere.
  std::setlocale(LC_CTYPE, "C.UTF-8");
  const parley::cli::Console console{.in = std::cin,
                                     .out = std::cout,
                                     .err = std::cerr,
                                     .in_is_terminal = ::isatty(STDIN_FILENO) == 1,
                                     .out_is_terminal = ::isatty(STDOUT_FILENO) == 1,
                                     .err_is_terminal = ::isatty(STDERR_FILENO) == 1,
                                     .width = terminal_width(),
                                     .program = argv[0]};
  const auto code =
      parley::cli::run_program({argv + 1, argv + argc}, console, environment_variable);
  std::cout.flush();
  return static_cast<int>(code);
}
