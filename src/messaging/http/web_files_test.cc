#include "messaging/http/web_files.h"

#include <gtest/gtest.h>
#include <libdeflate.h>

#include <array>
#include <memory>

namespace parley::messaging {
namespace {

std::string unzipped(std::string_view gzip, std::size_t size) {
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> reader{
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor};
  std::string text(size, '\0');
  const auto result = libdeflate_gzip_decompress(reader.get(), gzip.data(), gzip.size(),
                                                 text.data(), text.size(), nullptr);
  return result == LIBDEFLATE_SUCCESS ? text : "not gzip";
}

TEST(WebFiles, PathsOfTheAppGiveItsDocument) {
  const WebFile* document = find_web_file("/index.html");
  ASSERT_NE(document, nullptr);
  for (const auto* path : {"/", "", "/c/019a-b", "/settings", "/signed-in", "/a/b/c"}) {
    EXPECT_EQ(find_web_file(path), document) << path;
  }
  EXPECT_EQ(document->content_type, "text/html; charset=utf-8");
}

TEST(WebFiles, AFileThatThereIsNotGivesNothing) {
  EXPECT_EQ(find_web_file("/robots.txt"), nullptr);
  EXPECT_EQ(find_web_file("/assets/index-00000000.js"), nullptr);
}

TEST(WebFiles, TheDocumentIsAskedForEachTimeAndHashedFilesNever) {
  for (const WebFile& file : web_files()) {
    const bool hashed = file.path.starts_with("/assets/");
    EXPECT_EQ(file.is_hashed, hashed) << file.path;
    EXPECT_EQ(cache_control_of(file).find("immutable") != std::string_view::npos, hashed);
  }
}

TEST(WebFiles, EveryFileTheDocumentNamesIsThere) {
  const std::string_view document = find_web_file("/")->body;
  int named = 0;
  for (const std::string_view attribute : {"src=\"", "href=\""}) {
    for (auto at = document.find(attribute); at != std::string_view::npos;
         at = document.find(attribute, at + 1)) {
      const auto from = at + attribute.size();
      const auto path = document.substr(from, document.find('"', from) - from);
      EXPECT_NE(find_web_file(path), nullptr) << path;
      ++named;
    }
  }
  EXPECT_GE(named, 4);
}

TEST(WebFiles, TheDocumentHasNoInlineScript) {
  const std::string_view document = find_web_file("/")->body;
  for (auto at = document.find("<script"); at != std::string_view::npos;
       at = document.find("<script", at + 1)) {
    EXPECT_NE(document.substr(at, document.find('>', at) - at).find("src="),
              std::string_view::npos);
  }
  EXPECT_EQ(document.find("style="), std::string_view::npos);
}

TEST(WebFiles, GzippedBodiesAreTheBodies) {
  for (const WebFile& file : web_files()) {
    if (!file.gzip.empty()) {
      EXPECT_EQ(unzipped(file.gzip, file.body.size()), file.body) << file.path;
    }
    EXPECT_TRUE(file.etag.starts_with("W/\"") && file.etag.ends_with('"')) << file.etag;
  }
}

TEST(WebFiles, TheScriptsStaySmall) {
  std::size_t bytes = 0;
  for (const WebFile& file : web_files()) {
    if (file.path.ends_with(".js"))
      bytes += file.gzip.empty() ? file.body.size() : file.gzip.size();
  }
  EXPECT_LT(bytes, 60U * 1024U);
}

TEST(WebFiles, ThePolicyAllowsTheIssuersOriginsToBeAsked) {
  const std::string plain = content_security_policy();
  EXPECT_NE(plain.find("default-src 'self'"), std::string::npos);
  EXPECT_NE(plain.find("connect-src 'self';"), std::string::npos);
  EXPECT_EQ(plain.find("unsafe"), std::string::npos);
  const std::array<std::string, 2> origins = {"https://id.example.org",
                                              "https://token.example.org"};
  EXPECT_NE(content_security_policy(origins).find(
                "connect-src 'self' https://id.example.org https://token.example.org;"),
            std::string::npos);
}

}  // namespace
}  // namespace parley::messaging
