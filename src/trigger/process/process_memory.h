// How much memory a process and its children have, as the kernel counts it.
#pragma once

#include <sys/types.h>

#include <cstddef>

namespace parley::trigger {

/// Resident bytes of `pid` and its living descendants (those its main threads started); 0 once it
/// is gone.
[[nodiscard]] std::size_t resident_bytes(pid_t pid);

/// The most that `pid` alone has ever had resident; 0 once it is gone.
[[nodiscard]] std::size_t resident_bytes_peak(pid_t pid);

}  // namespace parley::trigger
