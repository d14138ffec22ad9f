// Zip archives, good and hostile. The hostile ones are written by hand: no tool makes them.
#include "trigger/code_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "storage/test_stores.h"

namespace parley::trigger {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

struct RawEntry {
  std::string name;
  std::string content;
  mode_t mode = S_IFREG | 0644;
};

/// An archive with exactly these entries, whatever their names are.
std::string raw_zip(const std::vector<RawEntry>& entries, int compression = ZIP_CM_DEFLATE) {
  const storage::TemporaryDirectory directory;
  const std::string path = directory.path() + "/raw.zip";
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE, nullptr);
  for (const RawEntry& entry : entries) {
    zip_source_t* source =
        zip_source_buffer(archive, entry.content.data(), entry.content.size(), 0);
    const auto index =
        static_cast<zip_uint64_t>(zip_file_add(archive, entry.name.c_str(), source, 0));
    zip_set_file_compression(archive, index, compression, 0);
    zip_file_set_external_attributes(archive, index, 0, ZIP_OPSYS_UNIX,
                                     static_cast<zip_uint32_t>(entry.mode) << 16);
  }
  EXPECT_EQ(zip_close(archive), 0);
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string error_of(const std::string& zip) {
  const storage::TemporaryDirectory outer;
  const std::string directory = outer.path() + "/inner";
  fs::create_directory(directory);
  const Status unpacked = unpack_zip(zip, directory);
  // Whatever was in it, nothing is beside the directory.
  EXPECT_EQ(std::distance(fs::directory_iterator(outer.path()), fs::directory_iterator()), 1);
  if (unpacked) return "none";
  EXPECT_EQ(unpacked.error().code, ErrorCode::kInvalidParameter);
  return unpacked.error().message;
}

TEST(CodeArchive, UnpacksFilesWithTheirModes) {
  const storage::TemporaryDirectory directory;
  ASSERT_TRUE(unpack_zip(raw_zip({{"bootstrap", "#!x", S_IFREG | 0755},
                                  {"a/b/c.py", "text"},
                                  {"empty/", "", S_IFDIR | 0755},
                                  {"windows.exe", "w", 0}}),
                         directory.path()));
  EXPECT_EQ(content_of(directory.path() + "/bootstrap"), "#!x");
  EXPECT_EQ(::access((directory.path() + "/bootstrap").c_str(), X_OK), 0);
  EXPECT_EQ(content_of(directory.path() + "/a/b/c.py"), "text");
  EXPECT_NE(::access((directory.path() + "/a/b/c.py").c_str(), X_OK), 0);
  EXPECT_TRUE(fs::is_directory(directory.path() + "/empty"));
  EXPECT_EQ(::access((directory.path() + "/windows.exe").c_str(), X_OK), 0);
}

TEST(CodeArchive, PackedDirectoryUnpacksToTheSame) {
  const storage::TemporaryDirectory from;
  const storage::TemporaryDirectory to;
  fs::create_directories(from.path() + "/d");
  std::ofstream(from.path() + "/d/f") << std::string(100'000, 'x');
  fs::create_symlink("d/f", from.path() + "/link");
  fs::permissions(from.path() + "/d/f", fs::perms(0755));
  const auto zip = pack_zip(from.path());
  ASSERT_TRUE(zip);
  EXPECT_EQ(pack_zip(from.path()).value_or(""), *zip);
  ASSERT_TRUE(unpack_zip(*zip, to.path()));
  EXPECT_EQ(content_of(to.path() + "/link"), std::string(100'000, 'x'));
  EXPECT_TRUE(fs::is_symlink(to.path() + "/link"));
  EXPECT_EQ(::access((to.path() + "/d/f").c_str(), X_OK), 0);
}

TEST(CodeArchive, EmptyArchivesAreRefused) {
  const storage::TemporaryDirectory empty;
  const auto zip = pack_zip(empty.path());
  ASSERT_TRUE(zip);
  EXPECT_EQ(error_of(*zip), "Uploaded file must be a non-empty zip");
  EXPECT_EQ(error_of(""), "Uploaded file must be a non-empty zip");
}

TEST(CodeArchive, WhatIsNoArchiveIsRefused) {
  for (const std::string& bytes : {std::string("no zip"), std::string(1000, '\0')}) {
    EXPECT_THAT(error_of(bytes), HasSubstr("Could not unzip uploaded file. Please check"));
  }
}

TEST(CodeArchive, DamagedArchiveIsRefusedWhereverItIsCut) {
  const std::string zip = raw_zip({{"a", std::string(5000, 'a')}, {"b", "bbbb"}}, ZIP_CM_STORE);
  for (std::size_t size = 1; size < zip.size(); size += 97) {
    EXPECT_THAT(error_of(zip.substr(0, size)), HasSubstr("Could not unzip"));
  }
  std::string changed = zip;
  changed[2000] = 'X';  // inside the first file: its checksum is wrong now
  EXPECT_THAT(error_of(changed), HasSubstr("Could not unzip"));
}

TEST(CodeArchive, NamesThatLeadOutAreRefused) {
  for (const char* name : {"../evil", "a/../../evil", "a/..", "/etc/evil", "..", "a\\..\\evil"}) {
    EXPECT_THAT(error_of(raw_zip({{name, "x"}})), HasSubstr("Could not unzip")) << name;
  }
}

TEST(CodeArchive, NamesThatNoDirectoryCanHoldAreRefused) {
  const std::string longest(255, 'x');
  EXPECT_EQ(error_of(raw_zip({{"a/" + longest, "x"}})), "none");
  EXPECT_THAT(error_of(raw_zip({{"a/x" + longest, "x"}})), HasSubstr("is too long a name"));
  EXPECT_THAT(error_of(raw_zip({{"x" + longest + "/a", "x"}})), HasSubstr("is too long a name"));
}

TEST(CodeArchive, LinksThatLeadOutAreRefused) {
  constexpr mode_t kLink = S_IFLNK | 0777;
  for (const char* target : {"/etc/passwd", "..", "../..", "a/../../x", "nowhere", "link"}) {
    EXPECT_THAT(error_of(raw_zip({{"a/f", "x"}, {"link", target, kLink}})),
                HasSubstr("is a link out of the archive"))
        << target;
  }
  EXPECT_EQ(error_of(raw_zip({{"a/f", "x"}, {"link", "a/f", kLink}, {"up/l", "../a", kLink}})),
            "none");
}

TEST(CodeArchive, NothingIsWrittenThroughALink) {
  constexpr mode_t kLink = S_IFLNK | 0777;
  EXPECT_NE(error_of(raw_zip({{"out", "/tmp", kLink}, {"out/evil", "x"}})), "none");
  // Two links that are harmless one by one.
  EXPECT_THAT(
      error_of(raw_zip({{"a/b/f", "x"}, {"deep", "a/b", kLink}, {"up", "deep/../../..", kLink}})),
      HasSubstr("is a link out of the archive"));
}

TEST(CodeArchive, DevicesAndNamesOfTwoKindsAreRefused) {
  EXPECT_THAT(error_of(raw_zip({{"device", "", S_IFCHR | 0666}})), HasSubstr("is no file"));
  EXPECT_THAT(error_of(raw_zip({{"a", "x"}, {"a/b", "x"}})),
              HasSubstr("is a file and a directory"));
  EXPECT_THAT(error_of(raw_zip({{"a//b", "x"}, {"a/b", "x"}})), HasSubstr("comes twice"));
}

TEST(CodeArchive, BombIsStoppedAtTheLimit) {
  const std::string zeros(130'000'000, '\0');
  const std::string bomb = raw_zip({{"a", zeros}, {"b", zeros}, {"c", zeros}});
  EXPECT_LT(bomb.size(), 1'000'000u);
  EXPECT_EQ(error_of(bomb), "Unzipped size must be smaller than 262144000 bytes");
}

}  // namespace
}  // namespace parley::trigger
