#include "cli/trigger_commands.h"

#include <gtest/gtest.h>

#include "cli/trigger_settings.h"
#include "messaging/timestamp.h"

namespace parley::cli {
namespace {

constexpr TimestampMicros kNow = 1'763'835'633'000'000;

TEST(ReplayTime, IsAnAgeOrATime) {
  EXPECT_EQ(parse_replay_time("90s", kNow), kNow - 90'000'000);
  EXPECT_EQ(parse_replay_time("15m", kNow), kNow - 900'000'000);
  EXPECT_EQ(parse_replay_time("2h", kNow), kNow - 7'200'000'000);
  EXPECT_EQ(parse_replay_time("1d", kNow), kNow - 86'400'000'000);
  EXPECT_EQ(parse_replay_time("2026-11-22T18:20:33Z", kNow),
            messaging::parse_iso("2026-11-22T18:20:33Z"));
}

TEST(ReplayTime, IsNothingElse) {
  for (const char* text : {"", "m", "15", "-5m", "15 m", "1.5h", "15x", "99999999999999999999d",
                           "9223372036854775807s", "yesterday"}) {
    EXPECT_FALSE(parse_replay_time(text, kNow)) << text;
  }
}

TEST(TriggerSettings, SayWhatWasGivenAndNothingElse) {
  EXPECT_EQ(trigger_settings_members({}), "");
  TriggerOptions options;
  options.batch_size = 5;
  options.retries_max = -1;
  options.bisect = false;
  options.filters = {R"({"eventName":["INSERT"]})"};
  options.on_failure = "http://localhost:9000/";
  EXPECT_EQ(trigger_settings_members(options),
            R"("BatchSize":5,"MaximumRetryAttempts":-1,"BisectBatchOnFunctionError":false,)"
            R"("FilterCriteria":{"Filters":[{"Pattern":"{\"eventName\":[\"INSERT\"]}"}]},)"
            R"("DestinationConfig":{"OnFailure":{"Destination":"http://localhost:9000/"}})");
}

TEST(TriggerSettings, CanTakeThingsAway) {
  TriggerOptions options;
  options.no_filters = true;
  options.report_item_failures = false;
  options.on_failure = "";
  EXPECT_EQ(trigger_settings_members(options),
            R"("FunctionResponseTypes":[],"FilterCriteria":{"Filters":[]},)"
            R"("DestinationConfig":{"OnFailure":{}})");
}

}  // namespace
}  // namespace parley::cli
