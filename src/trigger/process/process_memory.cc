#include "trigger/process/process_memory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace parley::trigger {
namespace {

constexpr int kDepthMax = 8;
constexpr std::size_t kChildrenMax = 256;

/// The front of a file of /proc.
std::string_view read_front(const char* path, std::array<char, 4096>& bytes) {
  const int descriptor = ::open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return {};
  const ssize_t size = ::read(descriptor, bytes.data(), bytes.size());
  ::close(descriptor);
  return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

/// The number at the front of `text` after blanks, which are removed with it; 0 if there is none.
std::size_t consume_number(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc{} ? number : 0;
}

std::size_t resident_bytes(pid_t pid, int depth) {
  std::array<char, 4096> bytes;
  std::string_view text = read_front(fmt::format("/proc/{}/statm", pid).c_str(), bytes);
  consume_number(text);
  const auto page_size_bytes = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  std::size_t total = consume_number(text) * page_size_bytes;
  if (depth == kDepthMax) return total;
  text = read_front(fmt::format("/proc/{0}/task/{0}/children", pid).c_str(), bytes);
  for (std::size_t i = 0; i < kChildrenMax; ++i) {
    const std::size_t child = consume_number(text);
    if (child == 0) break;
    total += resident_bytes(static_cast<pid_t>(child), depth + 1);
  }
  return total;
}

}  // namespace

std::size_t resident_bytes(pid_t pid) {
  return resident_bytes(pid, 0);
}

std::size_t resident_bytes_peak(pid_t pid) {
  std::array<char, 4096> bytes;
  std::string_view text = read_front(fmt::format("/proc/{}/status", pid).c_str(), bytes);
  constexpr std::string_view kPeak = "VmHWM:";
  const std::size_t at = text.find(kPeak);
  if (at == std::string_view::npos) return 0;
  text.remove_prefix(at + kPeak.size());
  return consume_number(text) * 1024;
}

}  // namespace parley::trigger
