#include "trigger/test_functions.h"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <utility>

#include "trigger/code_archive.h"

namespace parley::trigger {

namespace fs = std::filesystem;

void write_files(const std::string& directory, const std::vector<TestFile>& files) {
  for (const TestFile& file : files) {
    const fs::path path = fs::path(directory) / file.name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary | std::ios::trunc) << file.content;
    fs::permissions(path, fs::perms(file.executable ? 0755 : 0644));
  }
}

ZipCode zip_of(const std::vector<TestFile>& files) {
  const storage::TemporaryDirectory directory;
  write_files(directory.path(), files);
  auto zip = pack_zip(directory.path());
  EXPECT_TRUE(zip) << zip.error().message;
  return {std::move(zip).value_or("")};
}

TestFunctions::TestFunctions(FunctionsOptions options) : options_(std::move(options)) {
  options_.directory = directory_.path() + "/functions";
  options_.endpoint_url = "http://127.0.0.1:1";
  options_.python = "/usr/bin/python3";  // Debian's; another may stand before it on the path
  reopen();
}

void TestFunctions::reopen() {
  functions_.reset();
  auto opened = Functions::open(*store_, commits_, endpoints, realm_, options_, clock_, random_);
  EXPECT_TRUE(opened) << opened.error().message;
  functions_ = *std::move(opened);
}

Function TestFunctions::create(const std::string& name, const std::string& runtime,
                               const std::string& handler, const std::vector<TestFile>& files,
                               FunctionSettings settings) {
  settings.runtime = runtime;
  settings.handler = handler;
  auto created = functions_->create(name, std::move(settings), zip_of(files));
  EXPECT_TRUE(created) << created.error().message;
  return created.value_or(Function{});
}

std::future<Result<InvocationOutcome>> TestFunctions::begin(const std::string& name,
                                                            std::string payload, bool tail_log) {
  auto promise = std::make_unique<std::promise<Result<InvocationOutcome>>>();
  auto future = promise->get_future();
  functions_->invoke({.function_name = name, .payload = std::move(payload), .tail_log = tail_log},
                     [promise = std::move(promise)](Result<InvocationOutcome> outcome) {
                       promise->set_value(std::move(outcome));
                     });
  return future;
}

InvocationOutcome TestFunctions::invoke(const std::string& name, std::string payload,
                                        bool tail_log) {
  auto future = begin(name, std::move(payload), tail_log);
  if (future.wait_for(std::chrono::seconds(60)) != std::future_status::ready) {
    ADD_FAILURE() << "no outcome";
    return {};
  }
  auto outcome = future.get();
  EXPECT_TRUE(outcome) << outcome.error().message;
  return std::move(outcome).value_or(InvocationOutcome{});
}

std::string TestFunctions::log_of(const std::string& name) {
  std::string text;
  const auto lines = functions_->logs(name, 0, 100'000);
  EXPECT_TRUE(lines) << lines.error().message;
  if (!lines) return text;
  for (const LogLine& line : *lines) text += line.text + '\n';
  return text;
}

}  // namespace parley::trigger
