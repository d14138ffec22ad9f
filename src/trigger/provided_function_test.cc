// Custom runtimes (an executable `bootstrap`), and what becomes of processes that misbehave.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "trigger/test_functions.h"

namespace parley::trigger {
namespace {

using testing::HasSubstr;
using testing::Not;

// The runtime of AWS's tutorial on custom runtimes in shape: bash and curl.
constexpr const char* kShellRuntime = R"sh(#!/bin/bash
set -euo pipefail
source "$LAMBDA_TASK_ROOT/$(echo "$_HANDLER" | cut -d. -f1).sh"
API="http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime"
while true; do
  HEADERS="$(mktemp)"
  EVENT_DATA=$(curl -sS -LD "$HEADERS" "$API/invocation/next")
  REQUEST_ID=$(grep -Fi Lambda-Runtime-Aws-Request-Id "$HEADERS" | tr -d '[:space:]' | cut -d: -f2)
  rm "$HEADERS"
  RESPONSE=$($(echo "$_HANDLER" | cut -d. -f2) "$EVENT_DATA")
  curl -sS "$API/invocation/$REQUEST_ID/response" -d "$RESPONSE"
done
)sh";

TestFile python_bootstrap(const std::string& body) {
  return {"bootstrap", R"(#!/usr/bin/python3
import http.client, json, os, sys, time, subprocess
api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
def call(method, path, body=None, headers={}):
  api.request(method, '/2018-06-01/runtime/' + path, body, headers)
  reply = api.getresponse()
  return reply.status, reply.headers, reply.read().decode()
def next():
  status, headers, body = call('GET', 'invocation/next')
  return headers['Lambda-Runtime-Aws-Request-Id'], headers, body
def respond(id, body):
  return call('POST', f'invocation/{id}/response', body)
)" + body,
          true};
}

TEST(ProvidedFunction, ShellRuntimeOfTheTutorialRuns) {
  TestFunctions functions;
  functions.create(
      "shell", "provided.al2023", "function.handler",
      {{"bootstrap", kShellRuntime, true},
       {"function.sh", "function handler () { echo \"$1\" 1>&2; echo \"Echo: $1\"; }"}});
  EXPECT_EQ(functions.invoke("shell", R"({"n":1})").payload, R"(Echo: {"n":1})");
  EXPECT_EQ(functions.invoke("shell", R"({"n":2})").payload, R"(Echo: {"n":2})");
  EXPECT_THAT(functions.log_of("shell"), HasSubstr("\n{\"n\":2}\n"));
}

TEST(ProvidedFunction, ARuntimeThatAsksBeforeItsStartIsNotedGetsNoEventUntilThen) {
  TestFunctions functions;
  // Polls in the name of a process that does not exist yet, and answers what it gets.
  functions.endpoints.on_open = [](const RuntimeEndpoints::Handler& handler) {
    const auto call = [handler](std::string_view method, const std::string& path,
                                RuntimeEndpoints::ReplyCallback reply) {
      const auto no_header = [](std::string_view) { return std::string_view(); };
      handler({.method = method, .path = path, .header = no_header, .body = "{}"},
              std::move(reply));
    };
    call("GET", "/2018-06-01/runtime/invocation/next", [call](RuntimeEndpoints::Reply event) {
      call("POST", "/2018-06-01/runtime/invocation/" + event.headers.at(1).second + "/response",
           [](const RuntimeEndpoints::Reply& reply) { EXPECT_EQ(reply.status, 202); });
    });
  };
  functions.create("quick", "provided", "", {{"bootstrap", "#!/bin/sh\nexec sleep 600\n", true}});
  const auto outcome = functions.invoke("quick", "{}", true);
  EXPECT_EQ(outcome.payload, "{}");
  // The process was there when its invocation ended.
  EXPECT_THAT(outcome.log_tail, Not(HasSubstr("Max Memory Used: 0 MB")));
}

TEST(ProvidedFunction, ExitDuringAnInvocationIsAnExitError) {
  TestFunctions functions;
  functions.create("exits", "provided", "", {python_bootstrap("next()\nsys.exit(3)\n")});
  const auto outcome = functions.invoke("exits", "{}", true);
  EXPECT_TRUE(outcome.function_error);
  EXPECT_EQ(outcome.payload, R"({"errorType":"Runtime.ExitError","errorMessage":"RequestId: )" +
                                 outcome.request_id +
                                 R"( Error: Runtime exited with error: exit status 3"})");
  EXPECT_THAT(outcome.log_tail, HasSubstr("\tStatus: error\tError Type: Runtime.ExitError\n"));
}

TEST(ProvidedFunction, ExitWithoutAnErrorIsOneToo) {
  TestFunctions functions;
  functions.create("exits", "provided", "", {python_bootstrap("next()\n")});
  EXPECT_THAT(functions.invoke("exits").payload,
              HasSubstr("Error: Runtime exited without providing a reason\""));
}

TEST(ProvidedFunction, SignalIsNamed) {
  TestFunctions functions;
  functions.create("dies", "provided", "",
                   {python_bootstrap("next()\nos.kill(os.getpid(), 11)\n")});
  EXPECT_THAT(functions.invoke("dies").payload,
              HasSubstr("Error: Runtime exited with error: signal: segmentation fault\""));
}

TEST(ProvidedFunction, HangingInvocationTimesOut) {
  TestFunctions functions;
  FunctionSettings settings;
  settings.timeout_s = 1;
  functions.create("hangs", "provided", "",
                   {python_bootstrap("while True:\n  id, h, body = next()\n"
                                     "  if body == '\"hang\"': time.sleep(60)\n"
                                     "  respond(id, str(os.getpid()))\n")},
                   settings);
  const std::string first_process = functions.invoke("hangs").payload;
  const auto outcome = functions.invoke("hangs", "\"hang\"", true);
  EXPECT_TRUE(outcome.function_error);
  EXPECT_EQ(outcome.payload, R"({"errorType":"Sandbox.Timedout","errorMessage":"RequestId: )" +
                                 outcome.request_id +
                                 R"( Error: Task timed out after 1.00 seconds"})");
  EXPECT_THAT(outcome.log_tail, HasSubstr(" Task timed out after 1.00 seconds\nEND RequestId"));
  EXPECT_THAT(outcome.log_tail, HasSubstr("\tStatus: timeout\n"));
  EXPECT_NE(functions.invoke("hangs").payload, first_process);
}

TEST(ProvidedFunction, MissingBootstrapIsAnInvalidEntrypoint) {
  TestFunctions functions;
  functions.create("none", "provided", "", {{"readme", "nothing here"}});
  const auto outcome = functions.invoke("none");
  EXPECT_TRUE(outcome.function_error);
  EXPECT_THAT(outcome.payload, HasSubstr("\"errorType\":\"Runtime.InvalidEntrypoint\""));
  EXPECT_THAT(outcome.payload, HasSubstr("Error: Couldn't find valid bootstrap(s): ["));
}

TEST(ProvidedFunction, BootstrapThatIsNotExecutableIsAnInvalidEntrypoint) {
  TestFunctions functions;
  functions.create("plain", "provided", "", {{"bootstrap", "#!/bin/sh\n", false}});
  EXPECT_THAT(functions.invoke("plain").payload, HasSubstr("/bootstrap: permission denied\""));
  functions.create("rubbish", "provided", "", {{"bootstrap", "rubbish", true}});
  EXPECT_THAT(functions.invoke("rubbish").payload, HasSubstr("/bootstrap: exec format error\""));
}

}  // namespace
}  // namespace parley::trigger
