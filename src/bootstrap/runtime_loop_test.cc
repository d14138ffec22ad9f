#include "bootstrap/runtime_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <vector>

#include "net/test_http_server.h"

namespace parley::bootstrap {
namespace {

/// A Runtime API with a queue of invocations; when it is empty the API ends with status 500.
class RuntimeApi {
 public:
  explicit RuntimeApi(std::deque<std::string> events) : events_(std::move(events)) {}

  net::HttpClient client() {
    return net::HttpClient(
        *net::Url::parse("http://127.0.0.1:" + std::to_string(server_.server->port())), {});
  }
  /// "path body" of every POST, in order.
  std::vector<std::string> posts() {
    const std::scoped_lock lock(mutex_);
    return posts_;
  }

 private:
  void handle(const net::HttpRequest& request, net::ReplyCallback reply) {
    const std::scoped_lock lock(mutex_);
    if (request.method == "POST") {
      posts_.push_back(std::string(request.path) + " " + std::string(request.body) + " " +
                       std::string(request.header("Lambda-Runtime-Function-Error-Type")));
      reply({.status = 202, .content_type = "application/json", .body = R"({"status":"OK"})"});
    } else if (events_.empty() || request.path != "/2018-06-01/runtime/invocation/next") {
      reply({.status = 500});
    } else {
      reply({.status = 200,
             .content_type = "application/json",
             .headers = {{"Lambda-Runtime-Aws-Request-Id", "id-" + std::to_string(++served_)}},
             .body = events_.front()});
      events_.pop_front();
    }
  }

  std::mutex mutex_;
  std::deque<std::string> events_;
  std::vector<std::string> posts_;
  int served_ = 0;
  net::TestServer server_{[this](const net::HttpRequest& request, net::ReplyCallback reply) {
    handle(request, std::move(reply));
  }};
};

TEST(RuntimeLoop, EachInvocationIsAnsweredUnderItsId) {
  RuntimeApi api({"one", "two"});
  auto client = api.client();
  const auto ended = serve_invocations(client, [](std::string_view event) -> Result<std::string> {
    return "\"" + std::string(event) + "!\"";
  });
  EXPECT_FALSE(ended);
  EXPECT_THAT(api.posts(),
              testing::ElementsAre("/2018-06-01/runtime/invocation/id-1/response \"one!\" ",
                                   "/2018-06-01/runtime/invocation/id-2/response \"two!\" "));
}

TEST(RuntimeLoop, AnErrorIsReportedAndTheNextInvocationServed) {
  RuntimeApi api({"bad", "good"});
  auto client = api.client();
  const auto ended = serve_invocations(client, [](std::string_view event) -> Result<std::string> {
    if (event == "bad") return fail(ErrorCode::kIo, "no \"luck\"");
    return "{}";
  });
  EXPECT_FALSE(ended);
  EXPECT_THAT(api.posts(), testing::ElementsAre(
                               "/2018-06-01/runtime/invocation/id-1/error "
                               R"({"errorMessage":"no \"luck\"",)"
                               R"("errorType":"Parley.ConversationTriggerError","stackTrace":[]})"
                               " Parley.ConversationTriggerError",
                               "/2018-06-01/runtime/invocation/id-2/response {} "));
}

TEST(RuntimeLoop, AFunctionThatCannotStartSaysWhy) {
  RuntimeApi api({});
  auto client = api.client();
  EXPECT_TRUE(report_init_error(client, {ErrorCode::kInvalidArgument, "AWS_REGION is not set"}));
  ASSERT_EQ(api.posts().size(), 1U);
  EXPECT_THAT(api.posts()[0], testing::StartsWith("/2018-06-01/runtime/init/error "));
  EXPECT_THAT(api.posts()[0], testing::HasSubstr("AWS_REGION is not set"));
}

TEST(RuntimeLoop, ARuntimeApiThatIsGoneEndsTheLoop) {
  net::HttpClient nowhere(*net::Url::parse("http://127.0.0.1:1"), {});
  const auto ended =
      serve_invocations(nowhere, [](std::string_view) -> Result<std::string> { return "{}"; });
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, ErrorCode::kIo);
}

}  // namespace
}  // namespace parley::bootstrap
