// Node handlers, run by a real node.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "trigger/test_functions.h"

namespace parley::trigger {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

constexpr const char* kRuntime = "nodejs20.x";

TEST(NodeFunction, CommonJsModuleWithAnAsyncHandlerRuns) {
  TestFunctions functions;
  functions.create("f", kRuntime, "index.handler",
                   {{"index.js", "exports.handler = async (event) => ({got: event.a});"}});
  EXPECT_EQ(functions.invoke("f", R"({"a":["ü"]})").payload, R"({"got":["ü"]})");
  EXPECT_EQ(functions.invoke("f", R"({"a":2})").payload, R"({"got":2})");
}

TEST(NodeFunction, EsModulesRunByTheirNameAndByTheirPackage) {
  TestFunctions functions;
  functions.create("a", kRuntime, "lib/index.handler",
                   {{"lib/index.mjs",
                     "import os from 'node:os';\n"
                     "export const handler = async () => typeof os.cpus;"}});
  EXPECT_EQ(functions.invoke("a").payload, R"("function")");
  functions.create("b", kRuntime, "index.handler",
                   {{"package.json", R"({"type":"module"})"},
                    {"index.js",
                     "const n = await Promise.resolve(5);\n"
                     "export const handler = async () => n;"}});
  EXPECT_EQ(functions.invoke("b").payload, "5");
}

TEST(NodeFunction, CallbackHandlersReturnWhenTheEventLoopIsEmpty) {
  TestFunctions functions;
  functions.create("f", kRuntime, "index.handler", {{"index.js", R"(
exports.handler = (event, context, callback) => {
  if (event === 'fast') context.callbackWaitsForEmptyEventLoop = false;
  const late = [];
  setTimeout(() => { console.log('later'); late.push(1); }, 50);
  if (event === 'error') return callback(new TypeError('no'));
  if (event === 'nothing') return;
  callback(null, late);
};
)"}});
  EXPECT_EQ(functions.invoke("f", "\"slow\"").payload, "[1]");
  EXPECT_EQ(functions.invoke("f", "\"fast\"").payload, "[]");
  EXPECT_EQ(functions.invoke("f", "\"nothing\"").payload, "null");
  const auto outcome = functions.invoke("f", "\"error\"");
  EXPECT_TRUE(outcome.function_error);
  EXPECT_THAT(outcome.payload, HasSubstr(R"({"errorType":"TypeError","errorMessage":"no")"));
}

TEST(NodeFunction, StreamedResponsesAreGathered) {
  TestFunctions functions;
  functions.create("f", kRuntime, "index.handler", {{"index.js", R"(
const { pipeline } = require('stream/promises');
const { Readable } = require('stream');
exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {
  if (event.fail) stream.write('some');
  if (event.fail) throw new RangeError('in the middle');
  if (event.pipe) return pipeline(Readable.from([event.pipe, Buffer.from('é')]), stream);
  if (event.destroy) return stream.destroy(new TypeError('destroyed'));
  stream.setContentType('text/plain');
  const reused = Buffer.from('one ');
  stream.write(reused);
  reused.fill('x');
  stream.write({two: 2});
  setTimeout(() => stream.end(' three ' + context.functionName), 20);
});
)"}});
  const auto streamed = functions.invoke("f");
  EXPECT_FALSE(streamed.function_error);
  EXPECT_EQ(streamed.payload, R"(one {"two":2} three f)");
  EXPECT_EQ(functions.invoke("f", R"({"pipe":"piped "})").payload, "piped é");
  const auto failed = functions.invoke("f", R"({"fail":true})");
  EXPECT_TRUE(failed.function_error);
  EXPECT_THAT(failed.payload,
              HasSubstr(R"({"errorType":"RangeError","errorMessage":"in the middle")"));
  EXPECT_THAT(functions.invoke("f", R"({"destroy":true})").payload,
              HasSubstr(R"({"errorType":"TypeError","errorMessage":"destroyed")"));
  EXPECT_EQ(functions.invoke("f").payload, R"(one {"two":2} three f)") << "nothing is left over";
}

TEST(NodeFunction, AStreamThatIsNeverEndedEndsWithTheEventLoop) {
  TestFunctions functions;
  functions.create("f", kRuntime, "index.handler",
                   {{"index.mjs",
                     "export const handler = awslambda.streamifyResponse(\n"
                     "  async (event, stream) => { stream.write('all there is'); });"}});
  EXPECT_EQ(functions.invoke("f").payload, "all there is");
}

TEST(NodeFunction, AStreamedResponseOfMoreThanSixMegabytesIsAnError) {
  TestFunctions functions;
  functions.create("f", kRuntime, "index.handler", {{"index.js", R"(
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  for (let i = 0; i < 20; ++i) stream.write('x'.repeat(1 << 20));
  stream.end();
});
)"}});
  const auto outcome = functions.invoke("f");
  EXPECT_TRUE(outcome.function_error);
  EXPECT_THAT(outcome.payload, HasSubstr("Function.ResponseSizeTooLarge"));
}

TEST(NodeFunction, HttpResponseStreamsBeginWithTheirMetadata) {
  TestFunctions functions;
  functions.create("f", kRuntime, "index.handler", {{"index.js", R"(
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  stream = awslambda.HttpResponseStream.from(stream, {statusCode: 201, headers: {a: 'b'}});
  if (event.body) stream.write(event.body);
  stream.end();
});
)"}});
  const std::string metadata = R"({"statusCode":201,"headers":{"a":"b"}})" + std::string(8, '\0');
  EXPECT_EQ(functions.invoke("f", R"({"body":"text"})").payload, metadata + "text");
  EXPECT_EQ(functions.invoke("f").payload, metadata);
}

TEST(NodeFunction, ContextHasLambdasFields) {
  TestFunctions functions;
  functions.create("fields", kRuntime, "index.handler", {{"index.js", R"(
exports.handler = async (event, c) => [c.functionName, c.functionVersion, c.memoryLimitInMB,
  c.invokedFunctionArn, c.logGroupName, c.awsRequestId, c.getRemainingTimeInMillis() > 2000,
  process.cwd() === process.env.LAMBDA_TASK_ROOT, process.env.AWS_EXECUTION_ENV];
)"}});
  const auto outcome = functions.invoke("fields");
  EXPECT_EQ(outcome.payload,
            R"(["fields","$LATEST","128",)"
            R"("arn:aws:lambda:us-east-1:000000000001:function:fields","/aws/lambda/fields",")" +
                outcome.request_id + R"(",true,true,"AWS_Lambda_nodejs20.x"])");
}

TEST(NodeFunction, ErrorHasTypeMessageAndTrace) {
  TestFunctions functions;
  functions.create("f", kRuntime, "index.handler", {{"index.js", R"(
exports.handler = async (event) => {
  console.log('value', {a: 1});
  if (event.what === 'plain') throw 'just text';
  throw new RangeError('out of it');
};
)"}});
  const auto outcome = functions.invoke("f", "{}", true);
  EXPECT_TRUE(outcome.function_error);
  EXPECT_THAT(outcome.payload,
              HasSubstr(R"({"errorType":"RangeError","errorMessage":"out of it","trace":)"
                        R"(["RangeError: out of it","    at )"));
  EXPECT_THAT(outcome.log_tail,
              MatchesRegex(".*Z\t" + outcome.request_id + "\tINFO\tvalue . a: 1 .\n.*Z\t" +
                           outcome.request_id + "\tERROR\tInvoke Error \t.*RangeError.*"));
  EXPECT_THAT(functions.invoke("f", R"({"what":"plain"})").payload,
              HasSubstr(R"({"errorType":"string","errorMessage":"just text")"));
}

TEST(NodeFunction, UnhandledRejectionsAndExceptionsEndInvocationAndProcess) {
  TestFunctions functions;
  functions.create("f", kRuntime, "index.handler", {{"index.js", R"(
exports.handler = async (event) => {
  if (event === 'pid') return process.pid;
  if (event === 'reject') Promise.reject(new Error('lost'));
  else setTimeout(() => { throw new Error('thrown late'); }, 1);
  await new Promise((resolve) => setTimeout(resolve, 10000));
};
)"}});
  const std::string first = functions.invoke("f", "\"pid\"").payload;
  const auto rejected = functions.invoke("f", "\"reject\"");
  EXPECT_TRUE(rejected.function_error);
  EXPECT_THAT(rejected.payload, HasSubstr(R"({"errorType":"Runtime.UnhandledPromiseRejection",)"
                                          R"("errorMessage":"Error: lost")"));
  const std::string second = functions.invoke("f", "\"pid\"").payload;
  EXPECT_NE(second, first);
  EXPECT_THAT(functions.invoke("f", "\"throw\"").payload,
              HasSubstr(R"({"errorType":"Error","errorMessage":"thrown late")"));
}

TEST(NodeFunction, InitialisationErrorsAreTold) {
  TestFunctions functions;
  functions.create("a", kRuntime, "nothing.handler", {{"index.js", ""}});
  EXPECT_THAT(functions.invoke("a").payload,
              HasSubstr(R"({"errorType":"Runtime.ImportModuleError","errorMessage":)"
                        R"("Error: Cannot find module 'nothing')"));
  functions.create("b", kRuntime, "index.handler", {{"index.js", "exports.other = 1;"}});
  EXPECT_THAT(functions.invoke("b").payload,
              HasSubstr(R"({"errorType":"Runtime.HandlerNotFound","errorMessage":)"
                        R"("index.handler is undefined or not exported")"));
  functions.create("c", kRuntime, "index.handler", {{"index.js", "exports.handler = ("}});
  EXPECT_THAT(functions.invoke("c").payload, HasSubstr("Runtime.UserCodeSyntaxError"));
  functions.create("d", kRuntime, "index.handler", {{"index.js", "require('left-pad')"}});
  EXPECT_THAT(functions.invoke("d").payload, HasSubstr("Error: Cannot find module 'left-pad'"));
  functions.create("e", kRuntime, "index.handler", {{"index.mjs", "throw new Error('at start');"}});
  EXPECT_THAT(functions.invoke("e").payload,
              HasSubstr(R"({"errorType":"Error","errorMessage":"at start")"));
}

}  // namespace
}  // namespace parley::trigger
