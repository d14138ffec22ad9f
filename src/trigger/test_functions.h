// A Functions over a memory store and real child processes, for tests.
#pragma once

#include <filesystem>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "storage/commit_pipeline.h"
#include "storage/memory/memory_store.h"
#include "storage/test_stores.h"
#include "trigger/functions.h"
#include "trigger/test_runtime_endpoints.h"

namespace parley::trigger {

struct TestFile {
  std::string name;
  std::string content;
  bool executable = false;
};

/// Writes `files` below `directory`.
void write_files(const std::string& directory, const std::vector<TestFile>& files);
[[nodiscard]] ZipCode zip_of(const std::vector<TestFile>& files);

class TestFunctions {
 public:
  TestFunctions() : TestFunctions(FunctionsOptions{}) {}
  /// With the directory, endpoint and interpreters of tests.
  explicit TestFunctions(FunctionsOptions options);

  Functions* operator->() { return functions_.get(); }
  Functions& operator*() { return *functions_; }
  /// Ends it and opens another over the same store and directory.
  void reopen();

  /// Creates a function of these files; fails the test if it cannot.
  Function create(const std::string& name, const std::string& runtime, const std::string& handler,
                  const std::vector<TestFile>& files, FunctionSettings settings = {});
  [[nodiscard]] std::future<Result<InvocationOutcome>> begin(const std::string& name,
                                                             std::string payload,
                                                             bool tail_log = false);
  /// Waits for the outcome; fails the test when there is none.
  InvocationOutcome invoke(const std::string& name, std::string payload = "{}",
                           bool tail_log = false);
  /// All lines, each with its line end.
  [[nodiscard]] std::string log_of(const std::string& name);

  TestRuntimeEndpoints endpoints;
  [[nodiscard]] const std::string& directory() const { return directory_.path(); }

 private:
  storage::TemporaryDirectory directory_;
  SystemClock clock_;
  SystemRandom random_;
  model::Realm realm_;
  FunctionsOptions options_;
  std::unique_ptr<storage::KeyValueStore> store_ = storage::make_memory_store();
  storage::CommitPipeline commits_{*store_, storage::CommitOptions{}};
  std::unique_ptr<Functions> functions_;
};

}  // namespace parley::trigger
