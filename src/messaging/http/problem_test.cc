#include "messaging/http/problem.h"

#include <gtest/gtest.h>

#include "messaging/refusal.h"

namespace parley::messaging {
namespace {

std::string header(const net::HttpReply& reply, std::string_view name) {
  for (const auto& [each, value] : reply.headers) {
    if (each == name) return value;
  }
  return "(none)";
}

TEST(Problem, ARefusalIsToldInFull) {
  const net::HttpReply reply =
      problem_reply(refuse(RefusalReason::kHandleTaken, "\"ada\" is taken").error());
  EXPECT_EQ(reply.status, 409);
  EXPECT_EQ(reply.content_type, "application/problem+json");
  EXPECT_EQ(reply.body, R"({"type":"/problems/handle-taken","title":"The handle is taken",)"
                        R"("status":409,"detail":"\"ada\" is taken"})");
}

TEST(Problem, APathThatIsNoUtf8IsCitedAsText) {
  const net::HttpReply reply = problem_reply(404, "no-such-path", "None", "/v1/\xff");
  EXPECT_EQ(reply.body, R"({"type":"/problems/no-such-path","title":"None","status":404,)"
                        "\"detail\":\"/v1/\uFFFD\"}");
}

TEST(Problem, WhoIsNotSignedInIsToldHow) {
  const auto error = refuse(RefusalReason::kUnauthenticated).error();
  EXPECT_EQ(problem_reply(error).status, 401);
  EXPECT_EQ(header(problem_reply(error), "WWW-Authenticate"), "Bearer");
  EXPECT_EQ(original_error_reply(error).status, 401);
  EXPECT_EQ(original_error_reply(error).body, "{}");
}

TEST(Problem, ARateSaysWhenToComeBack) {
  const auto error = refuse(RefusalReason::kRateLimited, "", 7).error();
  EXPECT_EQ(header(problem_reply(error), "Retry-After"), "7");
  EXPECT_EQ(header(original_error_reply(error), "Retry-After"), "7");
}

TEST(Problem, AFaultTellsNothingOfTheInside) {
  const Error error{ErrorCode::kIo, "/secret/path: I/O error", nullptr};
  const net::HttpReply reply = problem_reply(error);
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.body.find("secret"), std::string::npos);
  EXPECT_EQ(problem_reply(Error{ErrorCode::kCorruption, "secret", nullptr}).status, 500);
  EXPECT_EQ(original_error_reply(error).body, R"(["unavailable"])");
}

TEST(Problem, TheOriginalsCodesAreItsOwn) {
  const auto code = [](RefusalReason reason) {
    return original_error_reply(refuse(reason).error()).body;
  };
  EXPECT_EQ(code(RefusalReason::kMessageBlank), R"(["message_blank"])");
  EXPECT_EQ(code(RefusalReason::kMessageTooLong), R"(["message_exceed_max_chars"])");
  EXPECT_EQ(code(RefusalReason::kConversationBlank), R"(["message_group_uuid_blank"])");
  EXPECT_EQ(code(RefusalReason::kReceiverBlank), R"(["user_reciever_handle_blank"])");
  EXPECT_EQ(code(RefusalReason::kNotAMember), R"(["not_a_member"])");
}

}  // namespace
}  // namespace parley::messaging
