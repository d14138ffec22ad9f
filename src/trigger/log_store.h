// FunctionLog: the lines one function wrote, in files of bounded size; the oldest file goes when
// there are too many, so that a function which floods its output costs a bounded place.
//
// A file is called by the number of its first line, 20 digits, ".log", and holds the lines of
// consecutive numbers: "TIME TEXT\n" each, TIME in microseconds since 1970. A line that a crash cut
// off (no \n at the end of a file) is dropped when the log is opened.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "trigger/functions.h"

namespace parley::trigger {

struct LogLimits {
  std::size_t file_size_bytes_max = 2u << 20;
  std::size_t files_max = 8;
};

/// Thread-safe; blocks on the disk, for as long as it takes to copy the lines to the system.
class FunctionLog {
 public:
  /// Goes on with what is in `directory`, which is made if it is missing; its files are looked at
  /// when they are first needed. Errors: kIo.
  [[nodiscard]] static Result<std::unique_ptr<FunctionLog>> open(std::string directory,
                                                                 const LogLimits& limits);
  /// A log that keeps nothing.
  [[nodiscard]] static std::unique_ptr<FunctionLog> none();
  ~FunctionLog();
  FunctionLog(const FunctionLog&) = delete;
  FunctionLog& operator=(const FunctionLog&) = delete;

  /// Appends lines (without line ends in them) under consecutive numbers. A disk that refuses them
  /// loses them: a function does not fail because its log cannot be kept.
  void append(TimestampMicros time, const std::vector<std::string>& lines);

  /// As Functions::logs. Errors: kIo.
  [[nodiscard]] Result<std::vector<LogLine>> read(std::uint64_t after, std::size_t limit) const;

  /// Removes all files, and the directory; nothing is kept from now on.
  void remove();

 private:
  struct File {
    std::uint64_t first = 1;
    std::uint64_t count = 0;
    std::size_t size_bytes = 0;
  };
  FunctionLog(std::string directory, const LogLimits& limits);
  void load() const;
  [[nodiscard]] std::string path_of(const File& file) const;
  [[nodiscard]] bool begin_file();
  [[nodiscard]] Status read_file(const File& file, std::uint64_t after,
                                 std::vector<LogLine>& lines) const;

  const std::string directory_;
  const LogLimits limits_;
  mutable std::mutex mutex_;  // guards what follows
  mutable bool loaded_ = false;
  mutable std::deque<File> files_;  // oldest first; the last one is written to
  mutable std::uint64_t next_number_ = 1;
  mutable int descriptor_ = -1;
  bool removed_ = false;
};

}  // namespace parley::trigger
