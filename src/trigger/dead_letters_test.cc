#include "trigger/dead_letters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

using DeadLettersTest = MappingsTest;

TEST_F(DeadLettersTest, GivenUpBatchIsADeadLetterWithAwsRecord) {
  const auto uuid = create({.retry_attempts_max = 1});
  const auto number = stream_.add("a", "1");
  answer(threw());
  ASSERT_TRUE(eventually([&] { return mappings_->status(uuid)->shards[0].attempts == 1; }));
  EXPECT_EQ(mappings_->status(uuid)->shards[0].last_error, "Error: no");
  clock_.advance(std::chrono::milliseconds(1));
  mappings_->look_now();
  answer(threw());
  EXPECT_TRUE(ends_at(uuid, number));
  EXPECT_EQ(mappings_->find(uuid)->last_processing_result, "PROBLEM: Function call failed");
  EXPECT_TRUE(eventually([&] { return mappings_->dead_letters(uuid)->size() == 1; }));
  const auto letter = mappings_->dead_letters(uuid)->at(0);
  EXPECT_EQ(letter.mapping_uuid, uuid);
  EXPECT_EQ(letter.condition, "RetryAttemptsExhausted");
  EXPECT_EQ(letter.records, 1u);
  const auto text = stream::sequence_number_text(number);
  EXPECT_EQ(
      letter.body,
      R"({"requestContext":{"requestId":"5e5f1c2a-0000-4000-8000-000000000002",)"
      R"("functionArn":"arn:aws:lambda:us-east-1:000000000001:function:f",)"
      R"("condition":"RetryAttemptsExhausted","approximateInvokeCount":2},)"
      R"("responseContext":{"statusCode":200,"executedVersion":"$LATEST",)"
      R"("functionError":"Unhandled"},"version":"1.0","timestamp":"2026-11-23T19:00:00.001Z",)"
      R"("DDBStreamBatchInfo":{"shardId":"shardId-00000000000000000001-00000000",)"
      R"("startSequenceNumber":")" +
          text + R"(","endSequenceNumber":")" + text +
          R"(","approximateArrivalOfFirstRecord":"2026-11-23T19:00:00Z",)"
          R"("approximateArrivalOfLastRecord":"2026-11-23T19:00:00Z","batchSize":1,)"
          R"("streamArn":")" +
          stream_.arn() + R"("}})");
  EXPECT_EQ(mappings_->status(uuid)->dead_letters, 1u);
  restart();
  EXPECT_EQ(mappings_->status(uuid)->dead_letters, 1u);
  EXPECT_EQ(mappings_->dead_letter(letter.id)->body, letter.body);
}

TEST_F(DeadLettersTest, DeadLettersAreReplayedAndDeleted) {
  const auto uuid = create({.batch_size = 2, .retry_attempts_max = 0});
  stream_.add("a", "1");
  stream_.add("a", "2");
  auto last = stream_.add("a", "3");
  invoker_.answer_with([](const Invocation&) { return threw("still broken"); });
  while (invoker_.waiting() > 0) answer(threw());
  EXPECT_TRUE(ends_at(uuid, last));
  ASSERT_TRUE(eventually([&] {
    std::size_t records = 0;
    const auto kept = mappings_->dead_letters(uuid).value();
    for (const auto& letter : kept) records += letter.records;
    return records == 3;
  }));
  const auto letters = mappings_->dead_letters({}).value();
  const auto first = letters.front();
  const auto failed = mappings_->replay_dead_letter(first.id);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kFunctionFailed);
  EXPECT_THAT(failed.error().message, HasSubstr("still broken"));
  EXPECT_TRUE(mappings_->dead_letter(first.id));

  Values replayed;
  invoker_.answer_with([&](const Invocation& invocation) {
    replayed = values_of(invocation.payload);
    return replied();
  });
  ASSERT_TRUE(mappings_->replay_dead_letter(first.id));
  EXPECT_EQ(replayed.size(), first.records);
  EXPECT_EQ(replayed.front(), "1");
  EXPECT_EQ(mappings_->dead_letter(first.id).error().code, ErrorCode::kResourceNotFound);
  for (const auto& letter : letters) {
    if (letter.id == first.id) continue;
    stream_.trim(last);
    EXPECT_EQ(mappings_->replay_dead_letter(letter.id).error().code, ErrorCode::kTrimmedDataAccess);
    EXPECT_TRUE(mappings_->delete_dead_letter(letter.id));
  }
  EXPECT_TRUE(mappings_->dead_letters({})->empty());
  EXPECT_EQ(mappings_->status(uuid)->dead_letters, 0u);
}

TEST_F(DeadLettersTest, ReplayOfAWindowedBatchIsAWindowThatEndsEarly) {
  const auto uuid = create({.retry_attempts_max = 0, .tumbling_window_s = 10});
  const auto number = stream_.add("a", "1");
  answer(threw());
  ASSERT_TRUE(ends_at(uuid, number));
  ASSERT_TRUE(eventually([&] { return mappings_->dead_letters(uuid)->size() == 1; }));
  const std::string id = mappings_->dead_letters(uuid)->front().id;
  std::vector<std::string> payloads;
  bool is_final_refused = true;
  invoker_.answer_with([&](const Invocation& invocation) {
    payloads.push_back(invocation.payload);
    return payloads.size() == 2 && is_final_refused ? threw() : replied(R"({"state":{"sum":1}})");
  });
  EXPECT_EQ(mappings_->replay_dead_letter(id).error().code, ErrorCode::kFunctionFailed);
  ASSERT_EQ(payloads.size(), 2u);
  EXPECT_EQ(values_of(payloads[0]), Values{"1"});
  EXPECT_THAT(payloads[0], HasSubstr(R"(],"window":{"start":"2026-11-23T19:00:00Z",)"
                                     R"("end":"2026-11-23T19:00:10Z"},"state":{},)"));
  EXPECT_THAT(payloads[0], HasSubstr(R"("isFinalInvokeForWindow":false,)"));
  EXPECT_EQ(values_of(payloads[1]), Values{});
  EXPECT_THAT(payloads[1], HasSubstr(R"("state":{"sum":1},)"));
  EXPECT_THAT(payloads[1],
              HasSubstr(R"("isFinalInvokeForWindow":true,"isWindowTerminatedEarly":true})"));
  EXPECT_TRUE(mappings_->dead_letter(id)) << "its final invocation failed";
  is_final_refused = false;
  EXPECT_TRUE(mappings_->replay_dead_letter(id));
  EXPECT_FALSE(mappings_->dead_letter(id));
}

TEST_F(DeadLettersTest, DeadLettersArePostedUntilTheyArrive) {
  close();
  std::mutex mutex;
  int tries = 0;
  std::vector<std::string> arrived;
  post_ = [&](const std::string& url, const std::string& body) -> Status {
    const std::scoped_lock lock(mutex);
    if (++tries < 3) return fail(ErrorCode::kIo, "nobody listens");
    arrived.push_back(url + " " + body);
    return {};
  };
  open();
  const auto uuid =
      create({.retry_attempts_max = 0, .on_failure_destination = "http://localhost:9/dead"});
  invoker_.answer_with([](const Invocation&) { return threw(); });
  stream_.add("a", "1");
  ASSERT_TRUE(eventually([&] {
    const std::scoped_lock lock(mutex);
    return !arrived.empty();
  }));
  EXPECT_EQ(arrived.front(),
            "http://localhost:9/dead " + mappings_->dead_letters(uuid)->at(0).body);
  restart();
  EXPECT_EQ(arrived.size(), 1u);
  close();  // before what post_ refers to goes
  open();
}

TEST_F(DeadLettersTest, RecordsThatExpiredUnreadAreTold) {
  const auto uuid = create();
  stream_.add("a", "1");
  EXPECT_EQ(answer(), Values{"1"});
  ASSERT_TRUE(mappings_->update({.uuid = uuid, .change_settings = set_to({.enabled = false})}));
  stream_.add("a", "lost");
  const auto lost = stream_.add("a", "lost too");
  stream_.add("a", "2");
  stream_.trim(lost);
  ASSERT_TRUE(mappings_->update({.uuid = uuid, .change_settings = set_to({})}));
  EXPECT_EQ(answer(), Values{"2"});
  ASSERT_TRUE(eventually([&] { return mappings_->dead_letters(uuid)->size() == 1; }));
  EXPECT_EQ(mappings_->dead_letters(uuid)->at(0).condition, "RecordAgeExceeded");
}

TEST_F(DeadLettersTest, BeyondTheirBoundTheOldestAreDroppedAndCounted) {
  close();
  dead_letters_max_ = 3;
  open();
  invoker_.answer_with([](const Invocation&) { return threw(); });
  const auto quiet = create({.retry_attempts_max = 0}, StartingPosition::kTrimHorizon, "g");
  stream_.add("a", "1");
  ASSERT_TRUE(eventually([&] { return mappings_->dead_letters(quiet)->size() == 1; }));
  ASSERT_TRUE(mappings_->update({.uuid = quiet, .change_settings = set_to({.enabled = false})}));
  const auto kept = mappings_->dead_letters(quiet)->at(0).id;
  const auto flood =
      create({.batch_size = 1, .retry_attempts_max = 0}, StartingPosition::kLatest, "f");
  std::vector<stream::SequenceNumber> numbers;
  for (int i = 0; i < 6; ++i) numbers.push_back(stream_.add("a", std::to_string(i)));
  ASSERT_TRUE(ends_at(flood, numbers.back()));
  for (int run = 0; run < 2; ++run, restart()) {
    // Three there are from the third letter on; what the last ones change is durable later.
    ASSERT_TRUE(eventually([&] {
      const auto letters = mappings_->dead_letters(flood).value();
      return letters.size() == 2 &&
             letters[0].body.contains(stream::sequence_number_text(numbers[4])) &&
             letters[1].body.contains(stream::sequence_number_text(numbers[5]));
    }));
    EXPECT_EQ(mappings_->dead_letters({})->size(), 3u);
    EXPECT_TRUE(mappings_->dead_letter(kept)) << "one that floods takes no room from the others";
    EXPECT_EQ(mappings_->status(flood)->dead_letters, 2u);
    EXPECT_EQ(mappings_->status(flood)->dead_letters_dropped, 4u);
    EXPECT_EQ(mappings_->status(quiet)->dead_letters_dropped, 0u);
    EXPECT_EQ(mappings_->dead_letters_dropped({}), 4u);
  }
  ASSERT_TRUE(mappings_->delete_dead_letter(kept));
  ends_at(flood, stream_.add("a", "7"));
  ASSERT_TRUE(eventually([&] { return mappings_->dead_letters(flood)->size() == 3; }));
  EXPECT_EQ(mappings_->dead_letters_dropped({}), 4u) << "there was room";
}

TEST_F(DeadLettersTest, HaveABoundInBytesToo) {
  close();
  dead_letters_size_bytes_max_ = 3'000;  // two letters, not three
  open();
  invoker_.answer_with([](const Invocation&) { return threw(); });
  const auto uuid = create({.batch_size = 1, .retry_attempts_max = 0});
  stream::SequenceNumber last = 0;
  for (int i = 0; i < 5; ++i) last = stream_.add("a", std::to_string(i));
  ASSERT_TRUE(ends_at(uuid, last));
  ASSERT_TRUE(eventually([&] { return mappings_->dead_letters(uuid)->size() == 2; }));
  EXPECT_EQ(mappings_->dead_letters_dropped(uuid), 3u);
}

TEST_F(DeadLettersTest, ExpiredRecordsThatWereDoneAreNoLoss) {
  const auto uuid = create();
  const auto number = stream_.add("a", "1");
  EXPECT_EQ(answer(), Values{"1"});
  ASSERT_TRUE(ends_at(uuid, number));
  clock_.advance(std::chrono::hours(30));
  stream_.trim(number);
  stream_.add("a", "2", clock_.now());
  EXPECT_EQ(answer(), Values{"2"});
  EXPECT_TRUE(mappings_->dead_letters(uuid)->empty());
}

TEST_F(DeadLettersTest, FullDiskHoldsTheShardAndLosesNothing) {
  const auto uuid = create({.batch_size = 1, .retry_attempts_max = 0});
  stream_.add("a", "1");
  auto held = invoker_.next();
  const auto number = stream_.add("a", "2");
  store_->is_full = true;
  held.answer(threw());
  ASSERT_TRUE(eventually([&] {
    return mappings_->find(uuid)->last_processing_result == "PROBLEM: The disk is full";
  }));
  EXPECT_FALSE(mappings_->create(stream_.arn(), "g", StartingPosition::kLatest, {}));
  EXPECT_EQ(mappings_->list({}, {}).size(), 1u);
  EXPECT_FALSE(mappings_->remove(uuid));
  EXPECT_FALSE(mappings_->update({.uuid = uuid, .change_settings = set_to({.batch_size = 9})}));
  EXPECT_EQ(mappings_->find(uuid)->settings.batch_size, 1);
  store_->is_full = false;
  clock_.advance(std::chrono::seconds(2));
  mappings_->look_now();
  // What had begun before the disk was known to be full may be delivered; nothing is lost.
  EXPECT_EQ(answer(), Values{"2"});
  EXPECT_TRUE(ends_at(uuid, number));
  EXPECT_TRUE(eventually([&] { return mappings_->dead_letters(uuid)->size() == 1; }));
  restart();
  EXPECT_EQ(mappings_->status(uuid)->shards[0].checkpoint, number);
  EXPECT_EQ(mappings_->status(uuid)->dead_letters, 1u);
}

}  // namespace
}  // namespace parley::trigger
