#include "trigger/attempt.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/utf8.h"
#include "trigger/test_stream.h"

namespace parley::trigger {
namespace {

const std::vector<stream::SequenceNumber> kNumbers{10, 20, 30};

Attempt reported(std::string payload) {
  return read_attempt(replied(std::move(payload)), {.report_batch_item_failures = true}, kNumbers);
}

std::string failures(std::string identifiers) {
  return R"({"batchItemFailures":[)" + std::move(identifiers) + "]}";
}

std::string item(stream::SequenceNumber number) {
  return R"({"itemIdentifier":")" + stream::sequence_number_text(number) + R"("})";
}

TEST(Attempt, EmptyReportsAreSuccess) {
  for (const auto* const payload : {"null", "{}", "[]", R"({"batchItemFailures":[]})",
                                    R"({"batchItemFailures":null})", R"({"other":1})"}) {
    EXPECT_EQ(reported(payload).result, Attempt::Result::kSucceeded) << payload;
  }
}

TEST(Attempt, LowestReportedNumberIsTheFirstFailed) {
  const auto attempt = reported(failures(item(30) + "," + item(20)));
  EXPECT_EQ(attempt.result, Attempt::Result::kPartly);
  EXPECT_EQ(attempt.first_failed, 20u);
  EXPECT_FALSE(attempt.error.empty());
}

TEST(Attempt, FailureOfTheFirstRecordIsFailureOfAll) {
  EXPECT_EQ(reported(failures(item(10))).result, Attempt::Result::kFailed);
}

TEST(Attempt, UnknownIdentifiersFailTheWholeBatch) {
  for (const auto& payload :
       {failures(R"({"itemIdentifier":""})"), failures(R"({"itemIdentifier":null})"),
        failures(R"({"foo":123})"), failures(item(25)), failures("7"),
        failures(item(20) + R"(,{"itemIdentifier":"x"})"), std::string(R"("text")"),
        std::string("[1]"), std::string(R"({"batchItemFailures":7})"), std::string("not json")}) {
    const auto attempt = reported(payload);
    EXPECT_EQ(attempt.result, Attempt::Result::kFailed) << payload;
    EXPECT_FALSE(attempt.function_error);
  }
}

TEST(Attempt, ReportsAreIgnoredUnlessAskedFor) {
  EXPECT_EQ(read_attempt(replied(failures(item(20))), {}, kNumbers).result,
            Attempt::Result::kSucceeded);
}

TEST(Attempt, FunctionErrorFailsAndNamesItself) {
  const auto attempt = read_attempt(threw("broken"), {}, kNumbers);
  EXPECT_EQ(attempt.result, Attempt::Result::kFailed);
  EXPECT_TRUE(attempt.function_error);
  EXPECT_EQ(attempt.error, "Error: broken");
}

TEST(Attempt, ErrorTextIsUtf8OfWholeCharactersWhateverTheFunctionSaid) {
  InvocationOutcome outcome;
  outcome.function_error = true;
  outcome.payload = "no \xFFJSON";
  EXPECT_EQ(read_attempt(outcome, {}, kNumbers).error, "no \uFFFDJSON");
  std::string message = "a";
  for (int i = 0; i < 600; ++i) message += "\u00e4";
  const auto attempt = read_attempt(threw(message), {}, kNumbers);
  EXPECT_TRUE(is_utf8(attempt.error));
  EXPECT_GE(attempt.error.size(), 1022u);
  EXPECT_LE(attempt.error.size(), 1024u);
}

TEST(Attempt, FailureWithoutAWordHasAnErrorAllTheSame) {
  InvocationOutcome outcome;
  outcome.function_error = true;
  EXPECT_EQ(read_attempt(outcome, {}, kNumbers).error, "The function failed and did not say why");
}

TEST(Attempt, UnreachedFunctionIsNoFailureOfTheBatch) {
  const auto attempt = read_attempt(fail(ErrorCode::kThrottling, "Rate exceeded"), {}, kNumbers);
  EXPECT_EQ(attempt.result, Attempt::Result::kNotRun);
  EXPECT_EQ(attempt.error, "Rate exceeded");
}

TEST(Attempt, WindowsNeedAState) {
  const ReplyRules rules{.needs_state = true};
  EXPECT_EQ(read_attempt(replied("null"), rules, kNumbers).result, Attempt::Result::kFailed);
  EXPECT_EQ(read_attempt(replied("{}"), rules, kNumbers).result, Attempt::Result::kFailed);
  const auto attempt = read_attempt(replied(R"({"state": {"a": 1}})"), rules, kNumbers);
  EXPECT_EQ(attempt.result, Attempt::Result::kSucceeded);
  EXPECT_EQ(attempt.state, R"({"a":1})");
  const std::string huge(kPayloadSizeBytesMax, 'x');
  EXPECT_EQ(read_attempt(replied(R"({"state":")" + huge + R"("})"), rules, kNumbers).result,
            Attempt::Result::kFailed);
}

}  // namespace
}  // namespace parley::trigger
