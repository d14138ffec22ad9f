#include "trigger/log_store.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "storage/test_stores.h"
#include "trigger/process/line_splitter.h"

namespace parley::trigger {
namespace {

std::unique_ptr<FunctionLog> open_log(const std::string& directory, LogLimits limits = {}) {
  auto log = FunctionLog::open(directory, limits);
  EXPECT_TRUE(log);
  return *std::move(log);
}

std::string numbers_of(const FunctionLog& log, std::uint64_t after, std::size_t limit) {
  std::string text;
  const auto lines = log.read(after, limit);
  EXPECT_TRUE(lines);
  for (const LogLine& line : *lines) {
    text += std::to_string(line.number) + "@" + std::to_string(line.time) + line.text + ' ';
  }
  return text;
}

TEST(FunctionLog, LinesAreNumberedAndReadOnFromANumber) {
  const storage::TemporaryDirectory directory;
  const auto log = open_log(directory.path() + "/f");
  EXPECT_EQ(numbers_of(*log, 0, 10), "");
  log->append(5, {"a", "", "c d"});
  log->append(6, {"e"});
  EXPECT_EQ(numbers_of(*log, 0, 10), "1@5a 2@5 3@5c d 4@6e ");
  EXPECT_EQ(numbers_of(*log, 0, 2), "3@5c d 4@6e ");
  EXPECT_EQ(numbers_of(*log, 1, 2), "2@5 3@5c d ");
  EXPECT_EQ(numbers_of(*log, 4, 2), "");
}

TEST(FunctionLog, NumbersGoOnAfterARestart) {
  const storage::TemporaryDirectory directory;
  open_log(directory.path())->append(5, {"a", "b"});
  const auto log = open_log(directory.path());
  log->append(6, {"c"});
  EXPECT_EQ(numbers_of(*log, 0, 10), "1@5a 2@5b 3@6c ");
}

TEST(FunctionLog, LineThatACrashCutOffIsDropped) {
  const storage::TemporaryDirectory directory;
  open_log(directory.path())->append(5, {"a", "b"});
  std::ofstream(directory.path() + "/00000000000000000001.log", std::ios::app) << "6 cut o";
  const auto log = open_log(directory.path());
  log->append(7, {"c"});
  EXPECT_EQ(numbers_of(*log, 0, 10), "1@5a 2@5b 3@7c ");
}

TEST(FunctionLog, OldFilesGoAndNumbersStay) {
  const storage::TemporaryDirectory directory;
  const LogLimits limits{.file_size_bytes_max = 100, .files_max = 3};
  const auto log = open_log(directory.path(), limits);
  for (int i = 0; i < 100; ++i) log->append(1, {std::string(47, 'x')});
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& file : std::filesystem::directory_iterator(directory.path())) {
    ++files;
  }
  EXPECT_EQ(files, 3u);
  const auto lines = log->read(0, 1000);
  ASSERT_TRUE(lines);
  EXPECT_EQ(lines->size(), 6u);  // two in a file
  EXPECT_EQ(lines->back().number, 100u);
  EXPECT_EQ(log->read(1, 1)->front().number, 95u);  // the oldest there is
}

TEST(FunctionLog, RemovedLogKeepsNothingMore) {
  const storage::TemporaryDirectory directory;
  const auto log = open_log(directory.path() + "/f");
  log->append(1, {"a"});
  log->remove();
  log->append(2, {"b"});
  EXPECT_EQ(numbers_of(*log, 0, 10), "");
  EXPECT_FALSE(std::filesystem::exists(directory.path() + "/f"));
}

TEST(LineSplitter, CutsAtLineEndsAcrossPieces) {
  LineSplitter splitter;
  std::vector<std::string> lines;
  splitter.add("one\ntw", lines);
  splitter.add("o\r\n\nthree", lines);
  EXPECT_EQ(lines, (std::vector<std::string>{"one", "two", ""}));
  splitter.finish(lines);
  EXPECT_EQ(lines.back(), "three");
}

TEST(LineSplitter, CutsLongLines) {
  LineSplitter splitter;
  std::vector<std::string> lines;
  splitter.add(std::string(kLogLineSizeBytesMax * 2 + 5, 'x') + "\n", lines);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].size(), kLogLineSizeBytesMax);
  EXPECT_EQ(lines[2].size(), 5u);
}

}  // namespace
}  // namespace parley::trigger
