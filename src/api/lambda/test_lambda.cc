#include "api/lambda/test_lambda.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <future>

#include "api/local_call.h"
#include "base/base64.h"
#include "storage/memory/memory_store.h"
#include "trigger/test_functions.h"

namespace parley::api {

Result<std::string> NoEndpoints::open(Handler) {
  return fail(ErrorCode::kIo, "No processes here");
}

void NoEndpoints::close(const std::string&) {}

TestLambda::TestLambda() {
  auto store = storage::make_memory_store();
  store_ = store.get();
  database_ = *engine::Database::open(std::move(store), engine::DatabaseOptions{}, clock_, random_);
  trigger::FunctionsOptions options;
  options.directory = directory_.path();
  options.endpoint_url = "http://localhost:8000";
  functions_ = *trigger::Functions::open(*store_, database_->commits(), endpoints_,
                                         database_->realm(), options, clock_, random_);
  events_ = *trigger::EventStore::open(*store_, database_->commits());
  mappings_ = *trigger::Mappings::open(*store_, database_->commits(), database_->streams(),
                                       *functions_, database_->realm(), {}, clock_, random_);
  service_ = std::make_unique<LambdaService>(LambdaParts{.functions = *functions_,
                                                         .mappings = *mappings_,
                                                         .events = *events_,
                                                         .realm = database_->realm(),
                                                         .clock = clock_,
                                                         .random = random_},
                                             LambdaOptions{},
                                             [](std::move_only_function<void()> task) { task(); });
}

TestLambda::~TestLambda() {
  service_->stop();
  mappings_->stop(std::chrono::milliseconds(0));
  functions_->stop(std::chrono::milliseconds(0));
}

TestReply TestLambda::call(std::string_view method, std::string_view path, std::string_view body,
                           const TestHeaders& headers) {
  Request request{.method = method, .path = path.substr(0, path.find('?'))};
  if (request.path.size() < path.size()) request.query = path.substr(request.path.size() + 1);
  request.host = "localhost:8000";
  request.authorization = headers.authorization;
  request.date = "20260102T030405Z";
  request.origin = headers.origin;
  request.invocation_type = headers.invocation_type;
  request.client_context = headers.client_context;
  request.body = body;
  std::promise<Reply> reply;
  service_->handle(request, [&reply](Reply answer) { reply.set_value(std::move(answer)); });
  return TestReply(reply.get_future().get());
}

TestReply TestLambda::create(std::string_view name, std::string_view more_members) {
  std::string archive;
  append_base64(archive, trigger::zip_of({{.name = "app.py", .content = "x = 1\n"}}).bytes);
  TestReply reply =
      call("POST", "/2015-03-31/functions",
           fmt::format(R"({{"FunctionName":"{}","Runtime":"python3.12","Handler":"app.handler",)"
                       R"("Role":"arn:aws:iam::000000000001:role/r","Code":{{"ZipFile":"{}"}}{}}})",
                       name, archive, more_members));
  EXPECT_EQ(reply.status(), 201) << reply.body();
  return reply;
}

std::string TestLambda::create_stream(std::string_view table) {
  Service service(*database_, [](std::move_only_function<void()> task) { task(); });
  const std::string input = fmt::format(
      R"({{"TableName":"{}","AttributeDefinitions":[{{"AttributeName":"pk","AttributeType":"S"}}],)"
      R"("KeySchema":[{{"AttributeName":"pk","KeyType":"HASH"}}],"BillingMode":"PAY_PER_REQUEST",)"
      R"("StreamSpecification":{{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"}}}})",
      table);
  const TestReply reply(api::call(service, "CreateTable", input).get());
  EXPECT_TRUE(reply.ok()) << reply.body();
  return reply.text("/TableDescription/LatestStreamArn");
}

}  // namespace parley::api
