// Functions over the HTTP server they have in the product.
#include "cli/runtime_api_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/random.h"
#include "storage/commit_pipeline.h"
#include "storage/storage.h"
#include "trigger/functions.h"

namespace parley::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using trigger::InvocationOutcome;

/// One Python function, `handler` of app.py, deployed from a directory.
class ServedFunction {
 public:
  explicit ServedFunction(const std::string& source) {
    std::string path = (fs::temp_directory_path() / "parley-test-XXXXXX").string();
    EXPECT_NE(mkdtemp(path.data()), nullptr);
    directory_ = path;
    fs::create_directories(directory_ / "code");
    std::ofstream(directory_ / "code" / "app.py") << source;
    trigger::FunctionsOptions options;
    options.directory = directory_ / "functions";
    options.python = "/usr/bin/python3";
    // Else one that has not asked for its next event yet may get company.
    options.concurrency_max = 1;
    auto opened =
        trigger::Functions::open(*store_, commits_, server_, realm_, options, clock_, random_);
    EXPECT_TRUE(opened);
    functions_ = *std::move(opened);
    trigger::FunctionSettings settings;
    settings.runtime = "python3.12";
    settings.handler = "app.handler";
    settings.timeout_s = 30;
    settings.memory_mb = 512;
    EXPECT_TRUE(functions_->create("f", settings, trigger::DirectoryCode{directory_ / "code"}));
  }
  ~ServedFunction() {
    functions_.reset();
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
  }

  InvocationOutcome invoke(std::string payload) {
    std::promise<Result<InvocationOutcome>> promise;
    auto future = promise.get_future();
    functions_->invoke(
        {.function_name = "f", .payload = std::move(payload)},
        [&promise](Result<InvocationOutcome> outcome) { promise.set_value(std::move(outcome)); });
    auto outcome = future.get();
    EXPECT_TRUE(outcome);
    return std::move(outcome).value_or(InvocationOutcome{});
  }

 private:
  fs::path directory_;
  SystemClock clock_;
  SystemRandom random_;
  model::Realm realm_;
  std::unique_ptr<storage::KeyValueStore> store_ = *storage::open_store({});
  storage::CommitPipeline commits_{*store_, storage::CommitOptions{}};
  RuntimeApiServer server_;
  std::unique_ptr<trigger::Functions> functions_;
};

TEST(RuntimeApiServer, ServesAFunctionManyTimes) {
  ServedFunction function("n = 0\ndef handler(e, c):\n  global n\n  n += 1\n  return [n, e]\n");
  for (int i = 1; i <= 100; ++i) {
    const std::string number = std::to_string(i);
    EXPECT_EQ(function.invoke(number).payload, "[" + number + ", " + number + "]");
  }
}

TEST(RuntimeApiServer, BodyThatTheServerDoesNotReadIsAResponseThatIsTooLarge) {
  // Around the bootstrap's own bound: straight to the Runtime API.
  ServedFunction function(R"(
import http.client, os
def handler(event, context):
  if event == 'pid': return os.getpid()
  api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
  api.request('POST', f'/2018-06-01/runtime/invocation/{context.aws_request_id}/response',
              b'x' * 20_000_000)
  assert api.getresponse().status == 413
)");
  const auto outcome = function.invoke("1");
  EXPECT_TRUE(outcome.function_error);
  EXPECT_THAT(outcome.payload, HasSubstr("Function.ResponseSizeTooLarge"));
  EXPECT_FALSE(function.invoke("\"pid\"").function_error);
}

TEST(RuntimeApiServer, LargePayloadsPassAndTooLargeOnesAreTold) {
  ServedFunction function(
      "n = 0\ndef handler(e, c):\n  global n\n  n += 1\n"
      "  return {'n': n, 's': 'x' * e} if isinstance(e, int) else len(e)\n");
  const std::string large = '"' + std::string((6u << 20) - 2, 'y') + '"';
  EXPECT_EQ(function.invoke(large).payload, std::to_string((6u << 20) - 2));
  EXPECT_EQ(function.invoke("6000000").payload.size(), 6'000'000u + 17);
  for (const char* size : {"7000000", "40000000"}) {
    const auto outcome = function.invoke(size);
    EXPECT_TRUE(outcome.function_error);
    EXPECT_EQ(outcome.payload,
              R"({"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload )"
              R"(size exceeded maximum allowed payload size (6291556 bytes)."})");
  }
  // The process is the same one still.
  EXPECT_THAT(function.invoke("1").payload, HasSubstr("\"n\": 5"));
}

}  // namespace
}  // namespace parley::cli
