// LineSplitter: cuts a process's output into lines of bounded length.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace parley::trigger {

/// Longer lines are cut: CloudWatch's own limit on an event.
inline constexpr std::size_t kLogLineSizeBytesMax = std::size_t{256} * 1024;

/// One thread at a time.
class LineSplitter {
 public:
  /// Appends the lines that `bytes` completes to `lines`, without line ends (\n, \r\n).
  void add(std::string_view bytes, std::vector<std::string>& lines);
  /// Appends what is left without a line end, if anything.
  void finish(std::vector<std::string>& lines);

 private:
  void take(std::string_view bytes, std::vector<std::string>& lines);
  std::string partial_;
};

}  // namespace parley::trigger
