#include "trigger/process/process_output.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace parley::trigger {
namespace {

// Of one read: a process that floods its output does not keep the supervisor from the others.
constexpr std::size_t kReadSizeBytesMax = std::size_t{64} * 1024;
// At the end of an invocation: what a full pipe may hold, and more that comes meanwhile.
constexpr std::size_t kDrainSizeBytesMax = std::size_t{512} * 1024;

}  // namespace

void ProcessOutput::attach(int pipe) {
  const std::scoped_lock lock(mutex_);
  pipe_ = pipe;
}

void ProcessOutput::detach() {
  const std::scoped_lock lock(mutex_);
  drain_locked();
  pipe_ = -1;
}

bool ProcessOutput::read() {
  const std::scoped_lock lock(mutex_);
  return read_locked(kReadSizeBytesMax);
}

bool ProcessOutput::read_locked(std::size_t size_bytes_max) {
  if (pipe_ < 0) return false;
  std::vector<std::string> lines;
  bool open = true;
  std::array<char, std::size_t{16} * 1024> bytes;
  for (std::size_t total = 0; total < size_bytes_max;) {
    // NOLINTNEXTLINE(clang-analyzer-unix.BlockInCriticalSection): the pipe does not block.
    const ssize_t size = ::read(pipe_, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    open = size > 0 || (size < 0 && errno == EAGAIN);
    if (size <= 0) break;
    splitter_.add({bytes.data(), static_cast<std::size_t>(size)}, lines);
    total += static_cast<std::size_t>(size);
  }
  keep(lines);
  return open;
}

void ProcessOutput::drain_locked() {
  [[maybe_unused]] const bool open = read_locked(kDrainSizeBytesMax);
  std::vector<std::string> lines;
  splitter_.finish(lines);
  keep(lines);
}

void ProcessOutput::add(const std::vector<std::string>& lines) {
  const std::scoped_lock lock(mutex_);
  keep(lines);
}

void ProcessOutput::begin_invocation(std::string start_line) {
  const std::scoped_lock lock(mutex_);
  drain_locked();  // what it printed before
  tail_.clear();
  std::vector<std::string> lines;
  lines.push_back(std::move(start_line));
  keep(lines);
}

std::string ProcessOutput::end_invocation(const std::vector<std::string>& end_lines) {
  const std::scoped_lock lock(mutex_);
  drain_locked();
  keep(end_lines);
  return tail_;
}

void ProcessOutput::keep(const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  log_->append(clock_.now(), lines);
  for (const auto& line : lines) {
    tail_ += line;
    tail_ += '\n';
    if (tail_.size() > 4 * kLogTailSizeBytesMax) {
      tail_.erase(0, tail_.size() - kLogTailSizeBytesMax);
    }
  }
  if (tail_.size() > kLogTailSizeBytesMax) tail_.erase(0, tail_.size() - kLogTailSizeBytesMax);
}

}  // namespace parley::trigger
