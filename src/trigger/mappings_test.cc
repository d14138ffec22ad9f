#include "trigger/mappings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <barrier>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "trigger/test_mappings.h"

namespace parley::trigger {
namespace {

using ::testing::HasSubstr;

TEST_F(MappingsTest, DeliversAndChecksOff) {
  const auto uuid = create();
  const auto number = stream_.add("a", "1");
  auto waiting = invoker_.next();
  EXPECT_EQ(waiting.invocation.function_name, "f");
  EXPECT_EQ(values_of(waiting.invocation.payload), Values{"1"});
  EXPECT_EQ(mappings_->status(uuid)->shards[0].records_in_flight, 1u);
  EXPECT_EQ(mappings_->status(uuid)->shards[0].records_behind, 1u);
  waiting.answer(replied());
  EXPECT_TRUE(ends_at(uuid, number));
  EXPECT_EQ(mappings_->find(uuid)->last_processing_result, "OK");
  const auto status = mappings_->status(uuid).value();
  EXPECT_EQ(status.batches_done, 1u);
  EXPECT_EQ(status.records_done, 1u);
  EXPECT_EQ(status.shards[0].records_behind, 0u);
}

TEST_F(MappingsTest, CreateAnswersAsAwsDoes) {
  const auto mapping =
      mappings_->create(stream_.arn(), "f", StartingPosition::kTrimHorizon, {}).value();
  EXPECT_EQ(mapping.state, "Creating");
  EXPECT_EQ(mapping.last_processing_result, "No records processed");
  EXPECT_EQ(mapping.state_transition_reason, "User action");
  EXPECT_EQ(mappings_->find(mapping.uuid)->state, "Enabled");

  const auto again = mappings_->create(stream_.arn(), "f", StartingPosition::kLatest, {});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kResourceConflict);
  EXPECT_EQ(again.error().message,
            "The event source arn (\" " + stream_.arn() +
                " \") and function (\" f \") provided mapping already exists. Please update or "
                "delete the existing mapping with UUID " +
                mapping.uuid);

  const auto missing = mappings_->create(stream_.arn(), "missing", StartingPosition::kLatest, {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kInvalidParameter);
  EXPECT_EQ(missing.error().message, "Function does not exist");

  const auto nowhere = mappings_->create("arn:none", "f", StartingPosition::kLatest, {});
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, ErrorCode::kInvalidParameter);
  EXPECT_EQ(nowhere.error().message, "Stream not found: arn:none");
}

TEST_F(MappingsTest, RefusesWhatIsOutOfRange) {
  const auto refused = [&](MappingSettings settings) {
    const auto mapping =
        mappings_->create(stream_.arn(), "f", StartingPosition::kLatest, std::move(settings));
    return !mapping && mapping.error().code == ErrorCode::kInvalidParameter;
  };
  EXPECT_TRUE(refused({.batch_size = 0}));
  EXPECT_TRUE(refused({.batch_size = 10'001}));
  EXPECT_TRUE(refused({.batching_window_s = 301}));
  EXPECT_TRUE(refused({.retry_attempts_max = -2}));
  EXPECT_TRUE(refused({.retry_attempts_max = 10'001}));
  EXPECT_TRUE(refused({.record_age_max_s = 59}));
  EXPECT_TRUE(refused({.record_age_max_s = 604'801}));
  EXPECT_TRUE(refused({.parallelization_factor = 0}));
  EXPECT_TRUE(refused({.parallelization_factor = 11}));
  EXPECT_TRUE(refused({.tumbling_window_s = 901}));
  EXPECT_TRUE(refused({.filter_patterns = {"{}"}}));
  EXPECT_TRUE(refused({.on_failure_destination = "nowhere"}));
  EXPECT_FALSE(refused({.batch_size = 10'000,
                        .batching_window_s = 300,
                        .retry_attempts_max = 10'000,
                        .record_age_max_s = 60,
                        .parallelization_factor = 10,
                        .tumbling_window_s = 900}));
}

TEST_F(MappingsTest, LatestDeliversExactlyWhatComesAfterCreate) {
  stream_.add("a", "before");
  const auto uuid = create({}, StartingPosition::kLatest);
  stream_.add("a", "after");
  EXPECT_EQ(answer(), Values{"after"});
  restart();
  EXPECT_EQ(invoker_.waiting(), 0u);
}

TEST_F(MappingsTest, TrimHorizonDeliversAllThereIs) {
  stream_.add("a", "before");
  const auto uuid = create();
  EXPECT_EQ(answer(), Values{"before"});
}

TEST_F(MappingsTest, ShardsGoOnBesideEachOther) {
  const auto uuid = create();
  stream_.add("a", "1", kTestTime, 0);
  auto held = invoker_.next();
  stream_.add("b", "2", kTestTime, 1);
  EXPECT_EQ(answer(), Values{"2"});
  held.answer(replied());
}

TEST_F(MappingsTest, NothingIsDeliveredTwiceAcrossARestart) {
  invoker_.answer_with([](const Invocation&) { return replied(); });
  const auto uuid = create({.batch_size = 1, .parallelization_factor = 3});
  for (int i = 0; i < 50; ++i) stream_.add("k" + std::to_string(i), std::to_string(i));
  EXPECT_EQ(invoker_.payloads(50).size(), 50u);
  restart();
  const auto number = stream_.add("k", "last");
  EXPECT_TRUE(ends_at(uuid, number));
  EXPECT_EQ(invoker_.payloads().size(), 51u);
}

TEST_F(MappingsTest, BatchInFlightIsDeliveredAgainAfterACrash) {
  const auto uuid = create();
  stream_.add("a", "1");
  auto lost = invoker_.next();
  crash();
  lost.answer(replied());  // nobody hears it
  EXPECT_EQ(answer(), Values{"1"});
}

TEST_F(MappingsTest, MappingsAndTheirSettingsSurviveARestart) {
  MappingSettings settings{.enabled = false,
                           .batch_size = 7,
                           .batching_window_s = 1,
                           .filter_patterns = {R"({"eventName":["INSERT"]})"},
                           .bisect_on_error = true,
                           .retry_attempts_max = 2,
                           .record_age_max_s = 60,
                           .parallelization_factor = 2,
                           .tumbling_window_s = 5,
                           .report_batch_item_failures = true,
                           .on_failure_destination = "arn:aws:sqs:us-east-1:000000000001:dlq"};
  const auto uuid = create(settings, StartingPosition::kLatest);
  restart();
  const auto mapping = mappings_->find(uuid).value();
  EXPECT_EQ(mapping.stream_arn, stream_.arn());
  EXPECT_EQ(mapping.function_name, "f");
  EXPECT_EQ(mapping.starting_position, StartingPosition::kLatest);
  EXPECT_EQ(mapping.state, "Disabled");
  EXPECT_EQ(mapping.settings.batch_size, 7);
  EXPECT_EQ(mapping.settings.batching_window_s, 1);
  EXPECT_EQ(mapping.settings.filter_patterns, settings.filter_patterns);
  EXPECT_TRUE(mapping.settings.bisect_on_error);
  EXPECT_EQ(mapping.settings.retry_attempts_max, 2);
  EXPECT_EQ(mapping.settings.record_age_max_s, 60);
  EXPECT_EQ(mapping.settings.parallelization_factor, 2);
  EXPECT_EQ(mapping.settings.tumbling_window_s, 5);
  EXPECT_TRUE(mapping.settings.report_batch_item_failures);
  EXPECT_EQ(mapping.settings.on_failure_destination, settings.on_failure_destination);
}

TEST_F(MappingsTest, DisabledMappingKeepsItsPlace) {
  const auto uuid = create();
  stream_.add("a", "1");
  auto held = invoker_.next();
  MappingSettings off{.enabled = false};
  EXPECT_EQ(mappings_->update({.uuid = uuid, .change_settings = set_to(off)})->state, "Disabling");
  EXPECT_EQ(mappings_->find(uuid)->state, "Disabling");
  stream_.add("a", "2");
  held.answer(replied());
  EXPECT_TRUE(eventually([&] { return mappings_->find(uuid)->state == "Disabled"; }));
  EXPECT_EQ(invoker_.waiting(), 0u);
  EXPECT_EQ(mappings_->update({.uuid = uuid, .change_settings = set_to({})})->state, "Enabling");
  EXPECT_EQ(answer(), Values{"2"});
}

TEST_F(MappingsTest, UpdatesAtOnceLoseNothingOfEachOther) {
  constexpr int kThreads = 4;
  constexpr int kUpdates = 100;
  const auto uuid = create({.enabled = false, .batch_size = 1});
  {
    std::barrier start(kThreads);
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        start.arrive_and_wait();
        for (int j = 0; j < kUpdates; ++j) {
          EXPECT_TRUE(mappings_->update(
              {.uuid = uuid, .change_settings = [](MappingSettings& settings) -> Status {
                 ++settings.batch_size;
                 return {};
               }}));
        }
      });
    }
  }
  EXPECT_EQ(mappings_->find(uuid)->settings.batch_size, 1 + kThreads * kUpdates);
  restart();
  EXPECT_EQ(mappings_->find(uuid)->settings.batch_size, 1 + kThreads * kUpdates);
}

TEST_F(MappingsTest, ChangeThatRefusesChangesNothing) {
  const auto uuid = create({.batch_size = 5});
  const auto refused =
      mappings_->update({.uuid = uuid, .change_settings = [](MappingSettings& settings) -> Status {
                           settings.batch_size = 6;
                           return fail(ErrorCode::kInvalidParameter, "not that");
                         }});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "not that");
  EXPECT_EQ(mappings_->find(uuid)->settings.batch_size, 5);
}

TEST_F(MappingsTest, UpdateTakesEffectWithTheNextBatch) {
  const auto uuid = create({.batch_size = 1});
  stream_.add("a", "1");
  auto held = invoker_.next();
  EXPECT_EQ(
      mappings_
          ->update(
              {.uuid = uuid, .function_name = "g", .change_settings = set_to({.batch_size = 2})})
          ->state,
      "Updating");
  EXPECT_EQ(mappings_->find(uuid)->state, "Updating");
  stream_.add("a", "2");
  stream_.add("a", "3");
  held.answer(replied());
  auto next = invoker_.next();
  EXPECT_EQ(next.invocation.function_name, "g");
  EXPECT_EQ(values_of(next.invocation.payload), (Values{"2", "3"}));
  EXPECT_EQ(mappings_->find(uuid)->state, "Enabled");
  next.answer(replied());
}

TEST_F(MappingsTest, RemovedMappingIsGone) {
  const auto uuid = create();
  stream_.add("a", "1");
  auto held = invoker_.next();
  EXPECT_EQ(mappings_->remove(uuid)->state, "Deleting");
  EXPECT_EQ(mappings_->find(uuid).error().code, ErrorCode::kResourceNotFound);
  EXPECT_TRUE(mappings_->list({}, {}).empty());
  held.answer(replied());
  restart();
  EXPECT_TRUE(mappings_->list({}, {}).empty());
  EXPECT_EQ(invoker_.waiting(), 0u);
}

TEST_F(MappingsTest, ListsByStreamAndFunction) {
  const auto f = create({}, StartingPosition::kLatest, "f");
  const auto g = create({}, StartingPosition::kLatest, "g");
  EXPECT_EQ(mappings_->list({}, {}).size(), 2u);
  EXPECT_EQ(mappings_->list(stream_.arn(), "g").at(0).uuid, g);
  EXPECT_TRUE(mappings_->list("other", {}).empty());
}

TEST_F(MappingsTest, ReplayDeliversAgainFromANumberOrATime) {
  const auto uuid = create({.batch_size = 10});
  stream_.add("a", "1", kTestTime);
  EXPECT_EQ(answer(), Values{"1"});
  const auto second = stream_.add("a", "2", kTestTime + 1'000'000);
  EXPECT_EQ(answer(), Values{"2"});
  ASSERT_TRUE(ends_at(uuid, second));

  ASSERT_TRUE(mappings_->replay(uuid, {.sequence_number = second}));
  EXPECT_EQ(answer(), Values{"2"});
  ASSERT_TRUE(mappings_->replay(uuid, {.time = kTestTime}));
  EXPECT_EQ(answer(), (Values{"1", "2"}));
  ASSERT_TRUE(ends_at(uuid, second));
  EXPECT_EQ(mappings_->replay(uuid, {}).error().code, ErrorCode::kInvalidParameter);
}

TEST_F(MappingsTest, ReplayThatIsNotDurableMovesNothing) {
  const auto uuid = create();
  const auto number = stream_.add("a", "1");
  EXPECT_EQ(answer(), Values{"1"});
  ASSERT_TRUE(ends_at(uuid, number));
  store_->is_full = true;
  EXPECT_EQ(mappings_->replay(uuid, {.sequence_number = number}).error().code,
            ErrorCode::kStorageFull);
  store_->is_full = false;
  const auto next = stream_.add("a", "2");
  ASSERT_TRUE(eventually([&] { return a_second_later() && invoker_.waiting() == 1; }));
  EXPECT_EQ(answer(), Values{"2"});
  ASSERT_TRUE(ends_at(uuid, next));
  restart();
  EXPECT_EQ(invoker_.waiting(), 0u);
}

TEST_F(MappingsTest, ReplayBeginsOpenWindowsAgain) {
  const auto uuid = create({.tumbling_window_s = 10});
  const auto number = stream_.add("a", "1");
  answer(replied(R"({"state":{"sum":1}})"));
  ASSERT_TRUE(ends_at(uuid, number));
  ASSERT_TRUE(mappings_->replay(uuid, {.sequence_number = number}));
  auto again = invoker_.next();
  EXPECT_THAT(again.invocation.payload, HasSubstr(R"("state":{})"));
  again.answer(replied(R"({"state":{"sum":1}})"));
  ASSERT_TRUE(ends_at(uuid, number));
  clock_.advance(std::chrono::seconds(11));
  mappings_->look_now();
  answer(replied(R"({"state":{}})"));
  restart();
  EXPECT_EQ(invoker_.waiting(), 0u);
}

TEST_F(MappingsTest, UpdateThatIsNotDurableLeavesTheWindowsAsTheyAre) {
  const auto uuid = create({.tumbling_window_s = 10});
  const auto number = stream_.add("a", "1");
  answer(replied(R"({"state":{"sum":1}})"));
  ASSERT_TRUE(ends_at(uuid, number));
  store_->is_full = true;
  EXPECT_FALSE(
      mappings_->update({.uuid = uuid, .change_settings = set_to({.tumbling_window_s = 20})}));
  store_->is_full = false;
  ASSERT_TRUE(eventually([&] { return a_second_later() && invoker_.waiting() == 1; }));
  auto final_one = invoker_.next();
  EXPECT_THAT(final_one.invocation.payload, HasSubstr(R"("state":{"sum":1})"));
  final_one.answer(replied(R"({"state":{}})"));
  restart();
  EXPECT_EQ(mappings_->status(uuid)->shards[0].checkpoint, number);
  stream_.add("a", "2", clock_.now());
  EXPECT_EQ(answer(replied(R"({"state":{}})")), Values{"2"}) << "the window has ended once";
}

TEST_F(MappingsTest, StreamHasOneMappingAFunctionWhateverItsArnCallsTheRegion) {
  const auto uuid = create();
  auto elsewhere = stream_.arn();
  elsewhere.replace(elsewhere.find("us-east-1"), 9, "eu-west-1");
  const auto again = mappings_->create(elsewhere, "f", StartingPosition::kLatest, {});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kResourceConflict);
  EXPECT_EQ(mappings_->create(elsewhere, "g", StartingPosition::kLatest, {})->stream_arn,
            stream_.arn());
  EXPECT_EQ(mappings_->list(elsewhere, "f").at(0).uuid, uuid);
}

TEST_F(MappingsTest, ReplayLetsWhatIsInFlightEndFirst) {
  const auto uuid = create();
  const auto number = stream_.add("a", "1");
  auto held = invoker_.next();
  ASSERT_TRUE(mappings_->replay(uuid, {.sequence_number = number}));
  mappings_->look_now();
  EXPECT_EQ(invoker_.waiting(), 0u);
  held.answer(replied());
  EXPECT_EQ(answer(), Values{"1"});
  EXPECT_TRUE(ends_at(uuid, number));
}

TEST_F(MappingsTest, DeletedStreamIsAProblem) {
  const auto uuid = create();
  stream_.remove();
  EXPECT_TRUE(eventually([&] {
    return mappings_->find(uuid)->last_processing_result ==
           "PROBLEM: Stream not found: " + stream_.arn();
  }));
  restart();
  EXPECT_EQ(mappings_->list({}, {}).size(), 1u);
  EXPECT_TRUE(mappings_->remove(uuid));
}

TEST_F(MappingsTest, WindowsSurviveARestart) {
  const auto uuid = create({.tumbling_window_s = 10});
  const auto number = stream_.add("a", "1");
  answer(replied(R"({"state":{"sum":1}})"));
  ASSERT_TRUE(ends_at(uuid, number));
  restart();
  clock_.advance(std::chrono::seconds(11));
  mappings_->look_now();
  auto final_one = invoker_.next();
  EXPECT_THAT(final_one.invocation.payload, HasSubstr(R"("state":{"sum":1})"));
  EXPECT_THAT(final_one.invocation.payload, HasSubstr(R"("isFinalInvokeForWindow":true)"));
  final_one.answer(replied(R"({"state":{}})"));
  restart();
  EXPECT_EQ(invoker_.waiting(), 0u);
}

TEST_F(MappingsTest, UpdateDuringAStopLosesNoCheckpoint) {
  const auto uuid = create();
  const auto number = stream_.add("a", "1");
  auto held = invoker_.next();
  ASSERT_TRUE(mappings_->update({.uuid = uuid, .change_settings = set_to({.batch_size = 3})}));
  std::thread answers([&] { held.answer(replied()); });
  close();
  answers.join();
  open();
  EXPECT_EQ(mappings_->status(uuid)->shards[0].checkpoint, number);
}

TEST_F(MappingsTest, StopWaitsForWhatIsInFlight) {
  const auto uuid = create();
  const auto number = stream_.add("a", "1");
  auto held = invoker_.next();
  std::thread answers([&] { held.answer(replied()); });
  close();
  answers.join();
  open();
  EXPECT_EQ(mappings_->status(uuid)->shards[0].checkpoint, number);
}

}  // namespace
}  // namespace parley::trigger
