#include "cli/runtime_guess.h"

#include <gtest/gtest.h>

#include <map>

#include "base/base64.h"

namespace parley::cli {
namespace {

/// A package of these files; a name that ends with '*' is executable.
Result<RuntimeGuess> guess(std::map<std::string, std::string> files) {
  PackageFiles package;
  std::map<std::string, std::string> texts;
  for (auto& [name, text] : files) {
    const bool executable = name.ends_with('*');
    const std::string plain = executable ? name.substr(0, name.size() - 1) : name;
    package.files.push_back({.name = plain, .executable = executable});
    texts.emplace(plain, text);
  }
  package.read = [texts](const std::string& name) { return texts.at(name); };
  return guess_runtime(package);
}

TEST(RuntimeGuess, AnExecutableBootstrapIsACustomRuntime) {
  const auto found = guess({{"bootstrap*", ""}, {"app.py", "def handler(e, c): pass"}});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->runtime, "provided.al2023");
  EXPECT_EQ(found->handler, "bootstrap");
}

TEST(RuntimeGuess, ABootstrapThatCannotRunIsSaid) {
  const auto found = guess({{"bootstrap", ""}});
  ASSERT_FALSE(found);
  EXPECT_NE(found.error().message.find("chmod"), std::string::npos);
}

TEST(RuntimeGuess, FindsThePythonHandler) {
  EXPECT_EQ(
      guess({{"lambda_function.py",
              "import json\n\ndef helper():\n  pass\n\ndef lambda_handler(event, context):\n"}})
          ->handler,
      "lambda_function.lambda_handler");
  EXPECT_EQ(guess({{"app.py", "def handler(event, context):\n"}, {"other.py", ""}})->handler,
            "app.handler");
  EXPECT_EQ(guess({{"messages.py", "def on_change(event, context):\n"}})->handler,
            "messages.on_change");
  EXPECT_EQ(guess({{"messages.py", "def a():\n\ndef b():\n"}})->handler, "messages.lambda_handler");
}

TEST(RuntimeGuess, FindsTheNodeHandler) {
  const auto found = guess({{"index.mjs", "export const handler = async (event) => event;\n"}});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->runtime, "nodejs20.x");
  EXPECT_EQ(found->handler, "index.handler");
  EXPECT_EQ(guess({{"app.js", "exports.lambdaHandler = async () => 1\n"}})->handler,
            "app.lambdaHandler");
  EXPECT_EQ(guess({{"index.js", "module.exports.run = () => 1\n"}})->handler, "index.run");
}

TEST(RuntimeGuess, SaysWhatItLookedFor) {
  const auto found = guess({{"README.md", ""}});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(found.error().message.find("--runtime"), std::string::npos);
}

// Python's zipfile, with bootstrap at mode 755, lambda_function.py and pkg/x.py.
constexpr std::string_view kArchive =
    "UEsDBBQAAAAAAAAAIVwdnfsECgAAAAoAAAAJAAAAYm9vdHN0cmFwIyEvYmluL3NoClBLAwQUAAAAAAAAACFcAM/0"
    "hQQAAAAEAAAAEgAAAGxhbWJkYV9mdW5jdGlvbi5weXg9MQpQSwMEFAAAAAAAAAAhXKb7ZRYEAAAABAAAAAgAAABw"
    "a2cveC5weXk9MgpQSwECFAMUAAAAAAAAACFcHZ37BAoAAAAKAAAACQAAAAAAAAAAAAAA7YEAAAAAYm9vdHN0cmFw"
    "UEsBAhQDFAAAAAAAAAAhXADP9IUEAAAABAAAABIAAAAAAAAAAAAAAKSBMQAAAGxhbWJkYV9mdW5jdGlvbi5weVBL"
    "AQIUAxQAAAAAAAAAIVym+2UWBAAAAAQAAAAIAAAAAAAAAAAAAACkgWUAAABwa2cveC5weVBLBQYAAAAAAwADAK0A"
    "AACPAAAAAAA=";

TEST(RuntimeGuess, ReadsTheNamesOfAnArchive) {
  const auto package = files_of_archive(*decode_base64(kArchive));
  ASSERT_TRUE(package);
  ASSERT_EQ(package->files.size(), 2);
  EXPECT_EQ(package->files[0].name, "bootstrap");
  EXPECT_TRUE(package->files[0].executable);
  EXPECT_EQ(package->files[1].name, "lambda_function.py");
  EXPECT_FALSE(package->files[1].executable);
}

TEST(RuntimeGuess, AnyDamageToAnArchiveIsSurvived) {
  const std::string archive = *decode_base64(kArchive);
  EXPECT_FALSE(files_of_archive("no archive"));
  for (std::size_t cut = 0; cut < archive.size(); ++cut) {
    std::string damaged = archive;
    damaged[cut] = static_cast<char>(damaged[cut] ^ 0x55);
    static_cast<void>(files_of_archive(damaged));
    static_cast<void>(files_of_archive(archive.substr(cut)));
    static_cast<void>(files_of_archive(archive.substr(0, cut)));
  }
}

}  // namespace
}  // namespace parley::cli
