// PARLEY_ASSERT: for our own bugs, on in release builds too, never reachable from input.
#pragma once

namespace parley {
/// Prints the place and ends the process at once (no unwinding: the state is already wrong).
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);
}  // namespace parley

#define PARLEY_ASSERT(expression)          \
  (static_cast<bool>(expression) ? void(0) \
                                 : ::parley::assertion_failed(#expression, __FILE__, __LINE__))
