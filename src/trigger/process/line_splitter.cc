#include "trigger/process/line_splitter.h"

#include <utility>

namespace parley::trigger {

void LineSplitter::add(std::string_view bytes, std::vector<std::string>& lines) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    take(bytes.substr(0, end), lines);
    if (end == std::string_view::npos) return;
    if (partial_.ends_with('\r')) partial_.pop_back();
    lines.push_back(std::exchange(partial_, {}));
    bytes.remove_prefix(end + 1);
  }
}

void LineSplitter::take(std::string_view bytes, std::vector<std::string>& lines) {
  while (partial_.size() + bytes.size() > kLogLineSizeBytesMax) {
    const std::size_t room = kLogLineSizeBytesMax - partial_.size();
    partial_ += bytes.substr(0, room);
    bytes.remove_prefix(room);
    lines.push_back(std::exchange(partial_, {}));
  }
  partial_ += bytes;
}

void LineSplitter::finish(std::vector<std::string>& lines) {
  if (!partial_.empty()) lines.push_back(std::exchange(partial_, {}));
}

}  // namespace parley::trigger
