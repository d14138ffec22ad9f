// Deployment: creating, changing, removing, and what survives a restart.
#include "trigger/functions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "trigger/function_store.h"
#include "trigger/test_functions.h"

namespace parley::trigger {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kRuntime = "python3.12";

std::vector<TestFile> returning(const std::string& value) {
  return {{"app.py", "import os\ndef handler(e, c): return " + value + "\n"}};
}

TEST(Functions, WhatIsDeployedSurvivesARestart) {
  TestFunctions functions;
  FunctionSettings settings;
  settings.environment = {{"AB", "1"}};
  settings.description = "a function";
  settings.concurrency_max = 4;
  settings.tags = {{"team", "blue"}};
  const Function made = functions.create("f", kRuntime, "app.handler", returning("5"), settings);
  functions.reopen();
  const auto found = functions->find("f");
  ASSERT_TRUE(found);
  EXPECT_EQ(make_function_record(*found), make_function_record(made));
  EXPECT_EQ(found->arn, "arn:aws:lambda:us-east-1:000000000001:function:f");
  EXPECT_EQ(functions.invoke("f").payload, "5");
}

TEST(Functions, NamesAreTakenOnceAndUnknownOnesAreNotFound) {
  TestFunctions functions;
  functions.create("f", kRuntime, "app.handler", returning("5"));
  FunctionSettings settings;
  settings.runtime = kRuntime;
  settings.handler = "app.handler";
  const auto again = functions->create("f", settings, zip_of(returning("6")));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kResourceConflict);
  EXPECT_EQ(again.error().message, "Function already exist: f");
  const auto missing = functions->find("g");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kResourceNotFound);
  EXPECT_EQ(missing.error().message,
            "Function not found: arn:aws:lambda:us-east-1:000000000001:function:g");
  EXPECT_EQ(functions.begin("g", "{}").get().error().code, ErrorCode::kResourceNotFound);
}

TEST(Functions, NewCodeServesTheNextInvocation) {
  TestFunctions functions;
  const Function old = functions.create("f", kRuntime, "app.handler", returning("'old'"));
  EXPECT_EQ(functions.invoke("f").payload, "\"old\"");
  const auto refused = functions->update_code("f", zip_of(returning("'new'")), "another");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kPreconditionFailed);
  const auto changed = functions->update_code("f", zip_of(returning("'new'")), old.revision_id);
  ASSERT_TRUE(changed);
  EXPECT_NE(changed->revision_id, old.revision_id);
  EXPECT_NE(changed->code_sha256, old.code_sha256);
  EXPECT_EQ(functions.invoke("f").payload, "\"new\"");
}

TEST(Functions, ChangedSettingsServeTheNextInvocation) {
  TestFunctions functions;
  functions.create("f", kRuntime, "app.handler", returning("os.environ.get('COLOUR')"));
  EXPECT_EQ(functions.invoke("f").payload, "null");
  FunctionUpdate update{.name = "f"};
  update.environment = std::map<std::string, std::string>{{"COLOUR", "red"}};
  ASSERT_TRUE(functions->update_settings(update));
  EXPECT_EQ(functions.invoke("f").payload, "\"red\"");
}

TEST(Functions, InvocationInFlightEndsWithTheCodeItBeganWith) {
  TestFunctions functions;
  const std::string go = functions.directory() + "/go";
  FunctionSettings settings;
  settings.timeout_s = 30;
  functions.create("f", kRuntime, "app.handler",
                   {{"app.py",
                     "import os, time\ndef handler(e, c):\n"
                     "  open('" +
                         go +
                         ".started', 'w').close()\n"
                         "  while not os.path.exists('" +
                         go +
                         "'): time.sleep(0.01)\n"
                         "  return 'old'\n"}},
                   settings);
  auto running = functions.begin("f", "{}");
  while (!std::filesystem::exists(go + ".started")) std::this_thread::yield();
  ASSERT_TRUE(functions->update_code("f", zip_of(returning("'new'")), std::nullopt));
  EXPECT_EQ(functions.invoke("f").payload, "\"new\"");
  std::ofstream(go).close();
  EXPECT_EQ(running.get()->payload, "\"old\"");
}

TEST(Functions, DirectoryIsRunInPlaceAndItsChangesServeTheNextInvocation) {
  TestFunctions functions;
  const std::string code = functions.directory() + "/code";
  write_files(code, {{"app.py", "from lib import word\ndef handler(e, c): return word\n"},
                     {"lib/__init__.py", "word = 'first'\n"}});
  FunctionSettings settings;
  settings.runtime = kRuntime;
  settings.handler = "app.handler";
  const auto made = functions->create("f", settings, DirectoryCode{code});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->directory, code);
  EXPECT_EQ(functions.invoke("f").payload, "\"first\"");
  write_files(code, {{"lib/__init__.py", "word = 'second'\n"}});
  EXPECT_EQ(functions.invoke("f").payload, "\"second\"");
  write_files(code, {{"lib/more/deep.py", "word = 'third'\n"}});
  write_files(code, {{"lib/__init__.py", "from lib.more.deep import word\n"}});
  EXPECT_EQ(functions.invoke("f").payload, "\"third\"");
  write_files(code, {{"lib/more/deep.py", "word = 'fourth'\n"}});
  EXPECT_EQ(functions.invoke("f").payload, "\"fourth\"");
  functions.reopen();
  EXPECT_EQ(functions.invoke("f").payload, "\"fourth\"");
}

TEST(Functions, UnchangedDirectoryKeepsItsProcess) {
  TestFunctions functions;
  const std::string code = functions.directory() + "/code";
  write_files(code, returning("os.getpid()"));
  FunctionSettings settings;
  settings.runtime = kRuntime;
  settings.handler = "app.handler";
  settings.concurrency_max = 1;  // no company for one that is slow to ask for its next event
  ASSERT_TRUE(functions->create("f", settings, DirectoryCode{code}));
  const std::string process = functions.invoke("f").payload;
  EXPECT_EQ(functions.invoke("f").payload, process);
  EXPECT_EQ(functions.invoke("f").payload, process);
}

TEST(Functions, RemovedFunctionIsGoneWithItsCodeAndLogs) {
  TestFunctions functions;
  functions.create("f", kRuntime, "app.handler", returning("5"));
  functions.create("same-code", kRuntime, "app.handler", returning("5"));
  functions.invoke("f");
  ASSERT_TRUE(functions->remove("f"));
  EXPECT_FALSE(functions->exists("f"));
  EXPECT_EQ(functions->remove("f").error().code, ErrorCode::kResourceNotFound);
  EXPECT_FALSE(std::filesystem::exists(functions.directory() + "/functions/logs/f"));
  EXPECT_EQ(functions.invoke("same-code").payload, "5");
  ASSERT_TRUE(functions->remove("same-code"));
  // The processes let go of the code when they are reaped.
  while (functions.endpoints.open_count() > 0) std::this_thread::yield();
  functions.reopen();
  EXPECT_TRUE(std::filesystem::is_empty(functions.directory() + "/functions/code"));
}

TEST(Functions, ZipComesBackAsItWasDeployed) {
  TestFunctions functions;
  const ZipCode zip = zip_of(returning("5"));
  FunctionSettings settings;
  settings.runtime = kRuntime;
  settings.handler = "app.handler";
  const auto made = functions->create("f", settings, zip);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->code_size_bytes, static_cast<std::int64_t>(zip.bytes.size()));
  EXPECT_EQ(functions->code_zip("f").value_or(""), zip.bytes);
}

TEST(Functions, SettingsOutOfRangeAreRefused) {
  TestFunctions functions;
  const auto error_of = [&](auto change) {
    FunctionSettings settings;
    settings.runtime = kRuntime;
    settings.handler = "app.handler";
    change(settings);
    const auto made = functions->create("f", settings, zip_of(returning("5")));
    return made ? "none" : made.error().message;
  };
  EXPECT_THAT(error_of([](auto& s) { s.timeout_s = 901; }),
              HasSubstr("Value '901' at 'timeout' failed to satisfy constraint"));
  EXPECT_THAT(error_of([](auto& s) { s.timeout_s = 0; }), HasSubstr("'timeout'"));
  EXPECT_THAT(error_of([](auto& s) { s.memory_mb = 127; }), HasSubstr("'memorySize'"));
  EXPECT_THAT(error_of([](auto& s) { s.memory_mb = 10'241; }), HasSubstr("'memorySize'"));
  EXPECT_THAT(error_of([](auto& s) { s.runtime = "cobol"; }), HasSubstr("'runtime'"));
  EXPECT_THAT(error_of([](auto& s) { s.handler = ""; }), HasSubstr("mandatory"));
  EXPECT_THAT(error_of([](auto& s) {
                s.environment = {{"AWS_REGION", "x"}, {"_HANDLER", "y"}, {"OK", "z"}};
              }),
              HasSubstr("Reserved keys used in this request: AWS_REGION, _HANDLER"));
  EXPECT_THAT(error_of([](auto& s) { s.environment = {{"AB", std::string(4096, 'x')}}; }),
              HasSubstr("exceeded the 4KB limit"));
  EXPECT_EQ(error_of([](auto& s) {
              s.timeout_s = 900;
              s.memory_mb = 10'240;
              s.environment = {{"AB", std::string(4000, 'x')}};
            }),
            "none");
}

TEST(Functions, NamesOfVariablesAreLambdas) {
  TestFunctions functions;
  for (const char* name : {"1a", "a-b", "a", "a b", "ü2", "_a"}) {
    FunctionSettings settings{.runtime = kRuntime, .handler = "app.handler"};
    settings.environment = {{name, "x"}};
    const auto made = functions->create("f", settings, zip_of(returning("5")));
    ASSERT_FALSE(made) << name;
    EXPECT_EQ(made.error().code, ErrorCode::kValidation);
    EXPECT_THAT(made.error().message, HasSubstr("at 'environment.variables' failed"));
  }
}

TEST(Functions, TagsAndEventSettingsChangeWithoutANewProcessOrRevision) {
  TestFunctions functions;
  FunctionSettings settings;
  settings.concurrency_max = 1;  // no company for one that is slow to ask for its next event
  const Function made =
      functions.create("f", kRuntime, "app.handler",
                       {{"app.py", "import os\ndef handler(e, c): return os.getpid()"}}, settings);
  const std::string process = functions.invoke("f").payload;
  ASSERT_TRUE(functions->change_tags("f", {{"a", "1"}, {"b", "2"}}, {}));
  ASSERT_TRUE(functions->change_tags("f", {{"a", "3"}}, {"b", "none"}));
  ASSERT_TRUE(functions->change_events("f", [](EventSettings& events) -> Status {
    events = {.retries_max = 0, .age_max_s = 60, .last_modified = 7};
    return {};
  }));
  EXPECT_EQ(functions.invoke("f").payload, process);
  for (int i = 0; i < 2; ++i) {
    const auto found = functions->find("f");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->revision_id, made.revision_id);
    EXPECT_EQ(found->settings.tags, (std::map<std::string, std::string>{{"a", "3"}}));
    EXPECT_EQ(found->settings.events.retries_max, 0);
    EXPECT_EQ(found->settings.events.age_max_s, 60);
    EXPECT_EQ(found->settings.events.last_modified, 7);
    functions.reopen();
  }
  FunctionUpdate update{.name = "f"};
  update.description = "new";
  const auto updated = functions->update_settings(update);
  ASSERT_TRUE(updated);
  EXPECT_EQ(updated->settings.tags.size(), 1);
}

TEST(Functions, FiftyTagsAreTheMost) {
  TestFunctions functions;
  functions.create("f", kRuntime, "app.handler", returning("5"));
  std::map<std::string, std::string> tags;
  for (int i = 0; i < 50; ++i) tags.emplace("key" + std::to_string(i), "");
  ASSERT_TRUE(functions->change_tags("f", tags, {}));
  const auto code_of = [&](std::string key, std::string value) {
    const Status changed = functions->change_tags("f", {{std::move(key), std::move(value)}}, {});
    return changed ? ErrorCode::kInternal : changed.error().code;
  };
  EXPECT_EQ(code_of("one more", ""), ErrorCode::kInvalidParameter);
  EXPECT_TRUE(functions->change_tags("f", {{"one more", ""}}, {"key0"}));
  EXPECT_EQ(code_of("aws:x", ""), ErrorCode::kInvalidParameter);
  EXPECT_EQ(code_of("", ""), ErrorCode::kInvalidParameter);
  EXPECT_EQ(code_of("key1", std::string(257, 'x')), ErrorCode::kInvalidParameter);
  EXPECT_EQ(functions->find("f")->settings.tags.size(), 50);
}

TEST(Functions, ALineCanBeAddedToALog) {
  TestFunctions functions;
  functions.create("f", kRuntime, "app.handler", returning("5"));
  functions->log("f", "told\ntwice");
  functions->log("nobody", "nothing");
  EXPECT_EQ(functions.log_of("f"), "told twice\n");
}

TEST(Functions, NativeFunctionsRunInTheServer) {
  TestFunctions functions;
  functions->add_native("native", "for the test",
                        [](std::string_view payload) -> Result<std::string> {
                          if (payload == "{}") return fail(ErrorCode::kInternal, "nothing to do");
                          return "got " + std::string(payload);
                        });
  EXPECT_EQ(functions.invoke("native", "[1]").payload, "got [1]");
  const auto failed = functions.invoke("native", "{}", true);
  EXPECT_TRUE(failed.function_error);
  EXPECT_EQ(failed.payload, R"({"errorType":"Error","errorMessage":"nothing to do"})");
  EXPECT_THAT(failed.log_tail, StartsWith("START RequestId: " + failed.request_id));
  EXPECT_THAT(functions.log_of("native"), HasSubstr("[ERROR] nothing to do\n"));
  EXPECT_EQ(functions->list().size(), 1u);
  EXPECT_EQ(functions->remove("native").error().code, ErrorCode::kInvalidParameter);
}

TEST(Functions, NamesComeInManyForms) {
  for (const char* text :
       {"my-f_1", "my-f_1:$LATEST", "123456789012:function:my-f_1", "function:my-f_1",
        "arn:aws:lambda:us-east-1:123456789012:function:my-f_1",
        "arn:aws:lambda:us-east-1:123456789012:function:my-f_1:$LATEST"}) {
    EXPECT_EQ(function_name_of(text).value_or(text), "my-f_1");
  }
  for (const char* text : {"", "a b", "a/b", "..", "arn:aws:lambda:x", "f:"}) {
    const auto name = function_name_of(text);
    ASSERT_FALSE(name) << text;
    EXPECT_EQ(name.error().code, ErrorCode::kValidation);
  }
  EXPECT_EQ(function_name_of("f:7").error().code, ErrorCode::kResourceNotFound);
}

}  // namespace
}  // namespace parley::trigger
