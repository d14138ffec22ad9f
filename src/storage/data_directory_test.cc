// What a data directory refuses, in which words, and that refusing changes nothing.
#include "storage/data_directory.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "storage/storage.h"
#include "storage/test_stores.h"

namespace parley::storage {
namespace {

namespace fs = std::filesystem;

std::string content(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const std::string& path, std::string_view text) {
  std::ofstream(path) << text;
}

class DataDirectoryTest : public testing::Test {
 protected:
  Error error_of_open(const std::string& path) {
    auto opened = DataDirectory::open(path);
    EXPECT_FALSE(opened.has_value());
    return opened ? Error{} : opened.error();
  }
  TemporaryDirectory temporary_;
  std::string path_ = temporary_.path() + "/some/new/place";
};

TEST_F(DataDirectoryTest, IsCreatedWithItsParentsAndStamped) {
  {
    const auto opened = DataDirectory::open(path_);
    ASSERT_TRUE(opened);
    EXPECT_TRUE(fs::is_directory((*opened)->store_path()));
    EXPECT_EQ(content(path_ + "/VERSION"), "parley data version 2\n");
  }
  EXPECT_TRUE(DataDirectory::open(path_));
}

TEST_F(DataDirectoryTest, ASecondOpenIsRefusedAndNamesTheDirectoryAndTheProcess) {
  auto first = DataDirectory::open(path_);
  ASSERT_TRUE(first);
  const Error error = error_of_open(path_);
  EXPECT_EQ(error.code, ErrorCode::kLocked);
  EXPECT_EQ(error.message, "The data directory " + path_ +
                               " is in use by another Parley (process " + std::to_string(getpid()) +
                               "); stop it first, or choose another directory with --data");
  first->reset();
  EXPECT_TRUE(DataDirectory::open(path_));
}

TEST_F(DataDirectoryTest, TheLockOfAKilledProcessIsGone) {
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto opened = DataDirectory::open(path_);
    const char ready = opened ? 'y' : 'n';
    if (::write(pipe_ends[1], &ready, 1) == 1) pause();
    _exit(1);
  }
  char ready = 0;
  ASSERT_EQ(read(pipe_ends[0], &ready, 1), 1);
  ASSERT_EQ(ready, 'y');
  const Error error = error_of_open(path_);
  EXPECT_NE(error.message.find("(process " + std::to_string(child) + ")"), std::string::npos);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_TRUE(DataDirectory::open(path_));
  close(pipe_ends[0]);
  close(pipe_ends[1]);
}

TEST_F(DataDirectoryTest, ANewerVersionIsRefusedAndLeftAlone) {
  ASSERT_TRUE(DataDirectory::open(path_));
  write(path_ + "/VERSION", "parley data version 3\n");
  const Error error = error_of_open(path_);
  EXPECT_EQ(error.code, ErrorCode::kIncompatibleVersion);
  EXPECT_EQ(error.message, "The data directory " + path_ +
                               " has data version 3, this Parley reads version 2; use a newer "
                               "Parley, or choose another directory with --data");
  EXPECT_EQ(content(path_ + "/VERSION"), "parley data version 3\n");
}

TEST_F(DataDirectoryTest, AnUnreadableStampIsRefused) {
  ASSERT_TRUE(DataDirectory::open(path_));
  for (const std::string_view text :
       {"", "1\n", "parley data version \n", "parley data version 1", "parley data version 1x\n",
        "parley data version 0\n", "parley data version 99999999999\n"}) {
    write(path_ + "/VERSION", text);
    EXPECT_EQ(error_of_open(path_).code, ErrorCode::kCorruption) << text;
  }
}

TEST_F(DataDirectoryTest, SomebodyElsesDirectoryIsRefusedAndLeftAlone) {
  write(temporary_.path() + "/thesis.txt", "precious");
  const Error error = error_of_open(temporary_.path());
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(error.message, "The directory " + temporary_.path() +
                               " is not empty and not a Parley data directory; choose an empty or "
                               "new one with --data");
  EXPECT_FALSE(fs::exists(temporary_.path() + "/LOCK"));
}

TEST_F(DataDirectoryTest, AFirstOpenThatACrashInterruptedIsFinished) {
  fs::create_directories(path_);
  write(path_ + "/LOCK", "1\n");
  write(path_ + "/VERSION.new", "parl");
  EXPECT_TRUE(DataDirectory::open(path_));
}

TEST_F(DataDirectoryTest, PathsThatCannotBeAreRefusedByName) {
  EXPECT_EQ(error_of_open("").code, ErrorCode::kInvalidArgument);
  write(temporary_.path() + "/file", "");
  const Error a_file = error_of_open(temporary_.path() + "/file");
  EXPECT_EQ(a_file.code, ErrorCode::kInvalidArgument);
  EXPECT_NE(a_file.message.find(temporary_.path() + "/file is a file"), std::string::npos);
  const Error below_a_file = error_of_open(temporary_.path() + "/file/below");
  EXPECT_EQ(below_a_file.code, ErrorCode::kIo);
  EXPECT_NE(below_a_file.message.find(": Not a directory"), std::string::npos);
  EXPECT_EQ(error_of_open("/proc/parley/data").code, ErrorCode::kIo);
}

TEST_F(DataDirectoryTest, TheStoreHoldsTheLockAndKeepsTheData) {
  WriteBatch batch;
  batch.put("a", "1");
  {
    auto store = open_store({.directory = path_});
    ASSERT_TRUE(store);
    EXPECT_EQ(error_of_open(path_).code, ErrorCode::kLocked);
    ASSERT_TRUE((*store)->write(batch, Sync::kFsync));
  }
  auto store = open_store({.directory = path_});
  ASSERT_TRUE(store);
  std::string value;
  EXPECT_TRUE(*(*store)->get("a", value));
  EXPECT_EQ(value, "1");
}

TEST_F(DataDirectoryTest, AnUnsyncedStoreSurvivesACleanShutdown) {
  WriteBatch batch;
  batch.put("a", "1");
  for (const Sync sync : {Sync::kNone, Sync::kOs}) {
    {
      auto store = open_store({.directory = path_ + std::to_string(static_cast<int>(sync))});
      ASSERT_TRUE((*store)->write(batch, sync));
      ASSERT_TRUE((*store)->flush());
      batch.put("b", "2");
      ASSERT_TRUE((*store)->write(batch, sync));
    }
    auto store = open_store({.directory = path_ + std::to_string(static_cast<int>(sync))});
    ASSERT_TRUE(store);
    std::string value;
    EXPECT_TRUE(*(*store)->get("b", value));
  }
}

}  // namespace
}  // namespace parley::storage
