// Python handlers, run by a real python3.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "trigger/test_functions.h"

namespace parley::trigger {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

TEST(PythonFunction, ReturnsWhatTheHandlerReturns) {
  TestFunctions functions;
  functions.create("echo", "python3.12", "app.handler",
                   {{"app.py", "def handler(event, context):\n  return {'got': event}\n"}});
  const auto outcome = functions.invoke("echo", R"({"a":[1,"ü"]})");
  EXPECT_FALSE(outcome.function_error);
  EXPECT_EQ(outcome.payload, R"({"got": {"a": [1, "ü"]}})");
  EXPECT_EQ(outcome.executed_version, "$LATEST");
  EXPECT_EQ(outcome.request_id.size(), 36u);
  EXPECT_EQ(functions.invoke("echo", "").payload, R"({"got": {}})");
}

TEST(PythonFunction, RuntimesBefore312EscapeWhatIsNotAscii) {
  TestFunctions functions;
  functions.create("echo", "python3.11", "app.handler",
                   {{"app.py", "def handler(event, context):\n  return event\n"}});
  EXPECT_EQ(functions.invoke("echo", R"("ü")").payload, R"("\u00fc")");
}

/// A package botocore as far as the bootstrap looks at it; `provider`: what its newer versions
/// have.
std::vector<TestFile> code_with_botocore(std::string provider) {
  return {{"botocore/__init__.py", ""},
          {"botocore/configprovider.py", std::move(provider)},
          {"botocore/session.py", R"(
import botocore.configprovider
class Model:
  service_id = 'DynamoDB Streams'
class Session:
  def get_service_model(self, service_name):
    assert service_name == 'dynamodbstreams'
    return Model()
  def create_client(self, service_name, region_name=None, api_version=None, use_ssl=True,
                    verify=None, endpoint_url=None, config=None):
    return [endpoint_url, region_name, config]
)"},
          {"app.py", R"(
import os
import botocore.session
def handler(event, context):
  os.environ.update(event)
  s = botocore.session.Session()
  return [s.create_client('dynamodbstreams', 'eu-north-1', config=1),
          s.create_client('dynamodbstreams', endpoint_url='http://own')]
)"}};
}

TEST(PythonFunction, AnOldBotocoreIsLedToTheEndpointsOfTheEnvironment) {
  TestFunctions functions;
  functions.create("old", "python3.12", "app.handler", code_with_botocore(""));
  EXPECT_EQ(functions.invoke("old").payload,
            R"([["http://127.0.0.1:1", "eu-north-1", 1], ["http://own", null, null]])");
  EXPECT_EQ(functions.invoke("old", R"({"AWS_ENDPOINT_URL_DYNAMODB_STREAMS":"http://x"})").payload,
            R"([["http://x", "eu-north-1", 1], ["http://own", null, null]])");
  EXPECT_EQ(functions.invoke("old", R"({"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS":"true"})").payload,
            R"([[null, "eu-north-1", 1], ["http://own", null, null]])");
}

TEST(PythonFunction, ABotocoreThatReadsTheEnvironmentItselfIsLeftAlone) {
  TestFunctions functions;
  functions.create("new", "python3.12", "app.handler",
                   code_with_botocore("class ConfiguredEndpointProvider: pass\n"));
  EXPECT_EQ(functions.invoke("new").payload,
            R"([[null, "eu-north-1", 1], ["http://own", null, null]])");
}

TEST(PythonFunction, ContextHasLambdasFields) {
  TestFunctions functions;
  FunctionSettings settings;
  settings.memory_mb = 256;
  settings.timeout_s = 30;
  functions.create("fields", "python3.12", "app.handler", {{"app.py", R"(
def handler(event, c):
  assert 25000 < c.get_remaining_time_in_millis() <= 30000
  return [c.function_name, c.memory_limit_in_mb, c.invoked_function_arn, c.function_version,
          c.log_group_name, c.log_stream_name[10:20], c.aws_request_id]
)"}},
                   settings);
  const auto outcome = functions.invoke("fields");
  EXPECT_EQ(outcome.payload,
            R"(["fields", "256", "arn:aws:lambda:us-east-1:000000000001:function:fields", )"
            R"("$LATEST", "/aws/lambda/fields", "/[$LATEST]", ")" +
                outcome.request_id + R"("])");
}

TEST(PythonFunction, ErrorHasTypeMessageAndTrace) {
  TestFunctions functions;
  functions.create("throws", "python3.12", "pkg/mod.handler", {{"pkg/mod.py", R"(
def handler(event, context):
  raise ValueError('no "such" thing')
)"}});
  const auto outcome = functions.invoke("throws", "{}", true);
  EXPECT_TRUE(outcome.function_error);
  EXPECT_THAT(outcome.payload, HasSubstr(R"("errorMessage": "no \"such\" thing")"));
  EXPECT_THAT(outcome.payload, HasSubstr(R"("errorType": "ValueError")"));
  EXPECT_THAT(outcome.payload, HasSubstr(R"x("stackTrace": ["  File \")x"));
  EXPECT_THAT(outcome.payload, HasSubstr("pkg/mod.py\\\", line 3, in handler\\n    raise Value"));
  EXPECT_THAT(outcome.payload, Not(HasSubstr("bootstrap")));
  EXPECT_THAT(outcome.log_tail, HasSubstr("[ERROR] ValueError: no \"such\" thing\nTraceback"));
}

TEST(PythonFunction, LogHasStartOutputEndAndReport) {
  TestFunctions functions;
  functions.create("logs", "python3.12", "app.handler", {{"app.py", R"(
import logging, sys
print('initialised')
def handler(event, context):
  print('to stdout')
  print('to stderr', file=sys.stderr)
  logging.getLogger().warning('careful')
  logging.getLogger().info('not seen')
  sys.stdout.write('unfinished')
)"}});
  const std::string id = functions.invoke("logs").request_id;
  EXPECT_THAT(functions.log_of("logs"),
              MatchesRegex("INIT_START Runtime Version: python3.12\ninitialised\n"
                           "START RequestId: " +
                           id +
                           " Version: \\$LATEST\n"
                           "to stdout\nto stderr\n.WARNING.\t[-0-9T:.]+Z\t" +
                           id +
                           "\tcareful\nunfinished\n"
                           "END RequestId: " +
                           id +
                           "\n"
                           "REPORT RequestId: " +
                           id +
                           "\tDuration: [0-9.]+ ms\t"
                           "Billed Duration: [0-9]+ ms\tMemory Size: 128 MB\t"
                           "Max Memory Used: [0-9]+ MB\tInit Duration: [0-9.]+ ms\n"));
  functions.invoke("logs");
  EXPECT_THAT(functions.log_of("logs"), HasSubstr("Max Memory Used: "));
}

TEST(PythonFunction, WarmProcessKeepsItsState) {
  TestFunctions functions;
  FunctionSettings settings;
  settings.concurrency_max = 1;  // no company for one that is slow to ask for its next event
  functions.create("counts", "python3.12", "app.handler",
                   {{"app.py", "n = 0\ndef handler(e, c):\n  global n\n  n += 1\n  return n\n"}},
                   settings);
  EXPECT_EQ(functions.invoke("counts").payload, "1");
  EXPECT_EQ(functions.invoke("counts").payload, "2");
  EXPECT_EQ(functions.invoke("counts").payload, "3");
}

TEST(PythonFunction, MissingModuleIsAnImportError) {
  TestFunctions functions;
  functions.create("missing", "python3.12", "nothing.handler", {{"app.py", ""}});
  const auto outcome = functions.invoke("missing");
  EXPECT_TRUE(outcome.function_error);
  EXPECT_THAT(outcome.payload,
              HasSubstr("Unable to import module 'nothing': No module named 'nothing'"));
  EXPECT_THAT(outcome.payload, HasSubstr("\"errorType\": \"Runtime.ImportModuleError\""));
}

TEST(PythonFunction, MissingHandlerAndSyntaxErrorsAreTold) {
  TestFunctions functions;
  functions.create("a", "python3.12", "app.other", {{"app.py", ""}});
  EXPECT_THAT(functions.invoke("a").payload,
              HasSubstr("\"Handler 'other' missing on module 'app'\", \"errorType\": "
                        "\"Runtime.HandlerNotFound\""));
  functions.create("b", "python3.12", "app.handler", {{"app.py", "def handler(:\n"}});
  EXPECT_THAT(functions.invoke("b").payload, HasSubstr("Runtime.UserCodeSyntaxError"));
  functions.create("c", "python3.12", "app", {{"app.py", ""}});
  EXPECT_THAT(functions.invoke("c").payload, HasSubstr("Runtime.MalformedHandlerName"));
  functions.create("d", "python3.12", "app.handler",
                   {{"app.py", "def handler(e, c):\n  return {1, 2}\n"}});
  EXPECT_THAT(functions.invoke("d").payload,
              HasSubstr("Unable to marshal response: Object of type set is not JSON serializable"));
}

TEST(PythonFunction, EnvironmentIsLambdasAndTheUsers) {
  TestFunctions functions;
  FunctionSettings settings;
  settings.environment = {{"COLOUR", "grün"}, {"TZ", "Europe/Vienna"}};
  ::setenv("PARLEY_TEST_SECRET", "of the server", 1);
  functions.create("env", "python3.12", "app.handler", {{"app.py", R"(
import os
def handler(e, c):
  return sorted(k for k in os.environ if k not in ('LC_CTYPE',)), os.environ['COLOUR'], \
    os.environ['TZ'], os.environ['HTTP_PROXY'], os.environ['NO_PROXY'], os.environ['_HANDLER'], \
    os.getcwd() == os.environ['LAMBDA_TASK_ROOT'], os.environ['AWS_EXECUTION_ENV']
)"}},
                   settings);
  EXPECT_EQ(functions.invoke("env").payload,
            R"([["AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", )"
            R"("AWS_ENDPOINT_URL_DYNAMODB", "AWS_EXECUTION_ENV", )"
            R"("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME", )"
            R"("AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE", )"
            R"("AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", )"
            R"("AWS_LAMBDA_RUNTIME_API", "AWS_REGION", "AWS_SECRET_ACCESS_KEY", )"
            R"("AWS_SESSION_TOKEN", "COLOUR", "HTTP_PROXY", "LAMBDA_RUNTIME_DIR", )"
            R"("LAMBDA_TASK_ROOT", "LANG", "NO_PROXY", "PATH", "TZ", "_HANDLER", )"
            R"("_X_AMZN_TRACE_ID", "http_proxy", "no_proxy"], "grün", "Europe/Vienna", )"
            R"("http://127.0.0.1:1", "127.0.0.1,localhost,::1", "app.handler", true, )"
            R"("AWS_Lambda_python3.12"])");
}

}  // namespace
}  // namespace parley::trigger
