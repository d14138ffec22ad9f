#include "trigger/log_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace parley::trigger {
namespace {

namespace fs = std::filesystem;

Result<std::string> read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorCode::kIo, fmt::format("Cannot read {}", path));
  return std::string(std::istreambuf_iterator<char>(file), {});
}

/// "00000000000000000042.log" is 42.
bool parse_file_name(std::string_view name, std::uint64_t& first) {
  if (name.size() != 24 || !name.ends_with(".log")) return false;
  const std::string_view digits = name.substr(0, 20);
  const auto [end, error] = std::from_chars(digits.begin(), digits.end(), first);
  return error == std::errc{} && end == digits.end() && first > 0;
}

}  // namespace

FunctionLog::FunctionLog(std::string directory, const LogLimits& limits)
    : directory_(std::move(directory)), limits_(limits) {}

FunctionLog::~FunctionLog() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<std::unique_ptr<FunctionLog>> FunctionLog::open(std::string directory,
                                                       const LogLimits& limits) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) {
    return fail(ErrorCode::kIo, fmt::format("Cannot make {}: {}", directory, error.message()));
  }
  return std::unique_ptr<FunctionLog>(new FunctionLog(std::move(directory), limits));
}

std::unique_ptr<FunctionLog> FunctionLog::none() {
  std::unique_ptr<FunctionLog> log(new FunctionLog({}, LogLimits{}));
  log->removed_ = true;
  return log;
}

/// A file that cannot be read has no lines; the numbers go on after those it should have.
void FunctionLog::load() const {
  if (std::exchange(loaded_, true)) return;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory_, error)) {
    File file;
    if (!parse_file_name(entry.path().filename().string(), file.first)) continue;
    file.size_bytes = static_cast<std::size_t>(fs::file_size(entry.path(), error));
    files_.push_back(file);
  }
  if (files_.empty()) return;
  std::ranges::sort(files_, {}, &File::first);
  for (std::size_t i = 0; i + 1 < files_.size(); ++i) {
    files_[i].count = files_[i + 1].first - files_[i].first;
  }
  // The last one may end in a line that a crash cut off.
  File& last = files_.back();
  const auto bytes = read_whole(path_of(last)).value_or("");
  last.size_bytes = bytes.rfind('\n') + 1;  // 0 if there is none
  if (last.size_bytes != bytes.size()) fs::resize_file(path_of(last), last.size_bytes, error);
  last.count = static_cast<std::uint64_t>(std::ranges::count(bytes, '\n'));
  next_number_ = last.first + last.count;
  descriptor_ = ::open(path_of(last).c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
}

std::string FunctionLog::path_of(const File& file) const {
  return fmt::format("{}/{:020}.log", directory_, file.first);
}

bool FunctionLog::begin_file() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  const File file{.first = next_number_, .count = 0, .size_bytes = 0};
  descriptor_ = ::open(path_of(file).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor_ < 0) return false;
  files_.push_back(file);
  while (files_.size() > limits_.files_max) {
    ::unlink(path_of(files_.front()).c_str());
    files_.pop_front();
  }
  return true;
}

void FunctionLog::append(TimestampMicros time, const std::vector<std::string>& lines) {
  std::string text;
  std::uint64_t count = 0;
  const std::scoped_lock lock(mutex_);
  if (removed_) return;
  load();
  const auto write_out = [&] {
    if (count == 0) return;
    const bool full =
        !files_.empty() && files_.back().size_bytes + text.size() > limits_.file_size_bytes_max;
    if ((descriptor_ < 0 || full) && !begin_file()) {
      next_number_ += count;
    } else if (::write(descriptor_, text.data(), text.size()) !=
               static_cast<ssize_t>(text.size())) {
      // A part may be there: no line may take its place, so the file is cut and ended.
      [[maybe_unused]] const int cut =
          ::ftruncate(descriptor_, static_cast<off_t>(files_.back().size_bytes));
      ::close(std::exchange(descriptor_, -1));
      next_number_ += count;
    } else {
      files_.back().size_bytes += text.size();
      files_.back().count += count;
      next_number_ += count;
    }
    text.clear();
    count = 0;
  };
  for (const auto& line : lines) {
    fmt::format_to(std::back_inserter(text), "{} {}\n", time, line);
    ++count;
    if (text.size() >= limits_.file_size_bytes_max / 4) write_out();
  }
  write_out();
}

Status FunctionLog::read_file(const File& file, std::uint64_t after,
                              std::vector<LogLine>& lines) const {
  const auto bytes = PARLEY_TRY(read_whole(path_of(file)));
  std::uint64_t number = file.first;
  for (std::size_t start = 0; start < bytes.size(); ++number) {
    const std::size_t end = std::min(bytes.find('\n', start), bytes.size());
    if (number > after) {
      LogLine line{.number = number, .time = 0, .text = {}};
      const char* from = bytes.data() + start;
      const char* to = bytes.data() + end;
      const auto [time_end, error] = std::from_chars(from, to, line.time);
      if (error == std::errc{} && time_end < to) line.text.assign(time_end + 1, to);
      lines.push_back(std::move(line));
    }
    start = end + 1;
  }
  return {};
}

Result<std::vector<LogLine>> FunctionLog::read(std::uint64_t after, std::size_t limit) const {
  const std::scoped_lock lock(mutex_);
  std::vector<LogLine> lines;
  if (removed_) return lines;
  load();
  if (next_number_ == after + 1) return lines;
  if (after == 0) {
    // The newest ones: from the first file that is needed for them.
    auto first = files_.end();
    for (std::uint64_t count = 0; first != files_.begin() && count < limit;) {
      --first;
      count += first->count;
    }
    for (; first != files_.end(); ++first) PARLEY_TRY(read_file(*first, 0, lines));
    if (lines.size() > limit) {
      lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(limit));
    }
    return lines;
  }
  for (const File& file : files_) {
    if (file.first + file.count <= after + 1) continue;
    PARLEY_TRY(read_file(file, after, lines));
    if (lines.size() >= limit) break;
  }
  if (lines.size() > limit) lines.resize(limit);
  return lines;
}

void FunctionLog::remove() {
  const std::scoped_lock lock(mutex_);
  if (std::exchange(removed_, true)) return;
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  files_.clear();
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

}  // namespace parley::trigger
