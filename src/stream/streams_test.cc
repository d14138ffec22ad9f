#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "stream/test_streams.h"

namespace parley::stream {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using ViewType = model::StreamViewType;

TEST(SequenceNumber, TextHas21DigitsAndKeepsTheOrder) {
  const std::vector<SequenceNumber> numbers = {0,
                                               1,
                                               9,
                                               10,
                                               first_number_at(1'767'323'045'678'000),
                                               std::numeric_limits<SequenceNumber>::max()};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto text = sequence_number_text(numbers[i]);
    EXPECT_EQ(text.size(), 21u);
    EXPECT_EQ(text.front(), '1');
    EXPECT_EQ(parse_sequence_number(text), numbers[i]);
    if (i > 0) {
      EXPECT_LT(sequence_number_text(numbers[i - 1]), text);
    }
  }
}

TEST(SequenceNumber, OtherTextsAreNone) {
  for (const auto* text :
       {"", "1", "000000000000000000001", "10000000000000000000x", "1000000000000000000001",
        "118446744073709551616", "1-0000000000000000001"}) {
    EXPECT_FALSE(parse_sequence_number(text)) << text;
  }
}

TEST(Streams, KeepWhatTheViewTypeSays) {
  struct Case {
    ViewType view_type;
    bool old_image;
    bool new_image;
  };
  for (const auto& [view_type, old_image, new_image] :
       {Case{ViewType::kKeysOnly, false, false}, Case{ViewType::kNewImage, false, true},
        Case{ViewType::kOldImage, true, false}, Case{ViewType::kNewAndOldImages, true, true}}) {
    TestStreams test;
    const auto table = test.open_table("T", view_type, 1);
    test.write(table, "", R"({"p":{"S":"k"},"v":{"N":"1"}})");
    test.write(table, R"({"p":{"S":"k"},"v":{"N":"1"}})", R"({"p":{"S":"k"},"v":{"N":"2"}})");
    test.write(table, R"({"p":{"S":"k"},"v":{"N":"2"}})", "");
    const auto records = test.read_all(table, 0);
    ASSERT_THAT(records, SizeIs(3));
    EXPECT_EQ(records[0].event, EventName::kInsert);
    EXPECT_EQ(records[1].event, EventName::kModify);
    EXPECT_EQ(records[2].event, EventName::kRemove);
    for (const auto& record : records) {
      EXPECT_EQ(test.json(record.keys), R"({"p":{"S":"k"}})");
      EXPECT_EQ(record.created_at, test.clock().now());
      EXPECT_FALSE(record.by_service);
    }
    EXPECT_FALSE(records[0].old_image);
    EXPECT_FALSE(records[2].new_image);
    EXPECT_EQ(records[1].old_image.has_value(), old_image);
    EXPECT_EQ(records[1].new_image.has_value(), new_image);
    if (old_image) {
      EXPECT_EQ(test.json(*records[2].old_image), R"({"p":{"S":"k"},"v":{"N":"2"}})");
    }
    if (new_image) {
      EXPECT_EQ(test.json(*records[0].new_image), R"({"p":{"S":"k"},"v":{"N":"1"}})");
    }
    const std::size_t image = 5;  // "p", "k", "v" and a number of two bytes
    EXPECT_EQ(records[1].size_bytes, 2 + image * (old_image + new_image));
  }
}

TEST(Streams, EventIdsAreUniqueAndTheSameAtEveryReading) {
  TestStreams test;
  const auto table = test.open_table("T", ViewType::kKeysOnly, 1);
  for (int i = 0; i < 100; ++i) test.insert(table, "k" + std::to_string(i));
  std::set<std::string> ids;
  for (const auto& record : test.read_all(table, 0)) {
    EXPECT_EQ(record.event_id.size(), 32u);
    ids.insert(record.event_id);
  }
  EXPECT_EQ(ids.size(), 100u);
  for (const auto& record : test.read_all(table, 0)) EXPECT_TRUE(ids.contains(record.event_id));
}

TEST(Streams, PagesEndAtTheirLimits) {
  TestStreams test;
  const auto table = test.open_table("T", ViewType::kNewImage, 1);
  for (int i = 0; i < 5; ++i) test.insert(table, "k" + std::to_string(i));
  const auto stream = test.stream(table);
  const auto page = test->read(*stream, 0, 0, {.records_max = 2}).value();
  EXPECT_THAT(page.records, SizeIs(2));
  EXPECT_EQ(page.last, page.records.back().number);
  EXPECT_THAT(test->read(*stream, 0, page.last, {}).value().records, SizeIs(3));
  // Each record counts 6 bytes: twice the key.
  EXPECT_THAT(test->read(*stream, 0, 0, {.size_bytes_max = 17}).value().records, SizeIs(2));
  EXPECT_THAT(test->read(*stream, 0, 0, {.size_bytes_max = 18}).value().records, SizeIs(3));
  EXPECT_THAT(test->read(*stream, 0, 0, {.size_bytes_max = 1}).value().records, SizeIs(1));
}

TEST(Streams, AnEmptyPageGoesOnWhereItWasAsked) {
  TestStreams test;
  const auto table = test.open_table("T", ViewType::kKeysOnly, 1);
  const auto page = test->read(*test.stream(table), 0, 0, {}).value();
  EXPECT_THAT(page.records, IsEmpty());
  EXPECT_EQ(page.last, 0u);
  EXPECT_FALSE(page.at_end);
}

TEST(Streams, LatestIsExact) {
  TestStreams test;
  const auto table = test.open_table("T", ViewType::kKeysOnly, 1);
  const auto stream = test.stream(table);
  const auto empty = test->latest(*stream, 0).value();
  test.insert(table, "a");
  EXPECT_THAT(test->read(*stream, 0, empty, {}).value().records, SizeIs(1));
  const auto after_a = test->latest(*stream, 0).value();
  EXPECT_THAT(test->read(*stream, 0, after_a, {}).value().records, IsEmpty());
  test.insert(table, "b");
  EXPECT_THAT(test->read(*stream, 0, after_a, {}).value().records, SizeIs(1));
}

TEST(Streams, NumbersIncreaseAlsoWithinAMicrosecondAndWhenTheClockGoesBack) {
  TestStreams test;
  const auto table = test.open_table("T", ViewType::kKeysOnly, 1);
  for (int i = 0; i < 3; ++i) test.insert(table, "a" + std::to_string(i));
  test.clock().advance(-hours(1));
  for (int i = 0; i < 3; ++i) test.insert(table, "b" + std::to_string(i));
  const auto records = test.read_all(table, 0);
  ASSERT_THAT(records, SizeIs(6));
  for (std::size_t i = 1; i < 6; ++i) EXPECT_LT(records[i - 1].number, records[i].number);
  EXPECT_LT(records[3].created_at, records[2].created_at);
}

TEST(Streams, ClosedShardsEndAfterTheirLastRecord) {
  TestStreams test;
  const auto table = test.open_table("T", ViewType::kKeysOnly, 1);
  test.insert(table, "a");
  test.insert(table, "b");
  const auto open = test.stream(table);
  test.close_table(table);
  const auto stream = test.stream(table);
  EXPECT_EQ(stream->status, StreamStatus::kDisabled);
  EXPECT_EQ(stream->disabled_at, test.clock().now());
  auto page = test->read(*stream, 0, 0, {.records_max = 1}).value();
  EXPECT_FALSE(page.at_end);
  page = test->read(*stream, 0, page.last, {}).value();
  EXPECT_TRUE(page.at_end);
  EXPECT_EQ(stream->shards[0].ending, page.last);
  EXPECT_TRUE(test->read(*stream, 0, page.last, {}).value().at_end);
  // Whoever found the stream while it was open learns of its end too.
  EXPECT_TRUE(test->read(*open, 0, page.last, {}).value().at_end);
}

TEST(Streams, AnEmptyShardThatIsClosedIsAtItsEnd) {
  TestStreams test;
  const auto table = test.open_table("T", ViewType::kKeysOnly, 2);
  test.close_table(table);
  for (const std::size_t shard : {0u, 1u}) {
    EXPECT_TRUE(test->read(*test.stream(table), shard, 0, {}).value().at_end);
  }
}

TEST(Streams, WhatWasNotCommittedIsUndone) {
  TestStreams test;
  const auto table = test.table("T", ViewType::kKeysOnly, 1);
  storage::WriteBatch batch;
  test->open(table, batch);
  EXPECT_TRUE(test->find(test.arn(table)));
  test->settle(false);
  EXPECT_EQ(test->find(test.arn(table)).error().code, ErrorCode::kResourceNotFound);

  const auto opened = test.open_table("U", ViewType::kKeysOnly, 1);
  test->close(opened, batch);
  test->settle(false);
  EXPECT_EQ(test.stream(opened)->status, StreamStatus::kEnabled);
  test.insert(opened, "a");
  EXPECT_THAT(test.read_all(opened, 0), SizeIs(1));
}

TEST(Streams, AreFoundUnderAnyRegionAndAccount) {
  TestStreams test;
  const auto table = test.open_table("T", ViewType::kKeysOnly, 1);
  const auto found = test->find("arn:aws:dynamodb:eu-west-1:123456789012:table/T/stream/L1");
  ASSERT_TRUE(found);
  EXPECT_EQ((*found)->arn, test.arn(table));
  const auto missing = test->find("arn:aws:dynamodb:eu-west-1:123456789012:table/T/stream/L2");
  EXPECT_EQ(missing.error().message,
            "Requested resource not found: Stream: "
            "arn:aws:dynamodb:eu-west-1:123456789012:table/T/stream/L2 not found");
}

TEST(Streams, AreReadAgainAfterARestart) {
  TestStreams test;
  const auto table = test.open_table("T", ViewType::kNewAndOldImages, 3);
  const auto closed = test.open_table("U", ViewType::kKeysOnly, 1);
  for (int i = 0; i < 50; ++i) test.insert(table, "k" + std::to_string(i));
  test.insert(closed, "a");
  test.close_table(closed);
  const auto before = *test.stream(table);
  std::vector<std::vector<std::string>> ids(3);
  for (std::size_t i = 0; i < 3; ++i) ids[i] = test.event_ids(table, i);
  test.reopen();
  const auto after = *test.stream(table);
  EXPECT_EQ(after.arn, before.arn);
  EXPECT_EQ(after.view_type, before.view_type);
  EXPECT_EQ(after.created_at, before.created_at);
  EXPECT_EQ(after.key.hash.front().name, "p");
  ASSERT_THAT(after.shards, SizeIs(3));
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(after.shards[i].id, before.shards[i].id);
    EXPECT_FALSE(ids[i].empty());
    EXPECT_EQ(test.event_ids(table, i), ids[i]);
  }
  EXPECT_EQ(test.stream(closed)->status, StreamStatus::kDisabled);
  EXPECT_TRUE(test->read(*test.stream(closed), 0, 0, {}).value().at_end);
  EXPECT_THAT(test->list(), SizeIs(2));
}

TEST(Streams, NumbersGoOnIncreasingAfterARestartWithTheClockSetBack) {
  TestStreams test;
  const auto table = test.open_table("T", ViewType::kKeysOnly, 1);
  test.insert(table, "a");
  const auto last = test.read_all(table, 0).back().number;
  test.clock().advance(-hours(48));
  test.reopen();
  test.insert(table, "b");
  EXPECT_GT(test.read_all(table, 0).back().number, last);
}

TEST(Streams, NumbersGoOnIncreasingAfterARestartWhenAllRecordsAreTrimmed) {
  TestStreams test;
  const auto table = test.open_table("T", ViewType::kKeysOnly, 1);
  test.clock().advance(hours(1));
  test.insert(table, "a");
  const auto last = test.read_all(table, 0).back().number;
  test.clock().advance(hours(25));
  ASSERT_TRUE(test->trim());
  EXPECT_THAT(test.read_all(table, 0), IsEmpty());
  test.clock().advance(-hours(48));
  test.reopen();
  EXPECT_EQ(test->trim_horizon(*test.stream(table), 0), last);
  test.insert(table, "b");
  EXPECT_GT(test.read_all(table, 0).back().number, last);
}

TEST(Trim, TakesWhatIsOlderThanADayAndNothingElse) {
  TestStreams test;
  const auto table = test.open_table("T", ViewType::kKeysOnly, 1);
  test.insert(table, "old");
  test.insert(table, "old too");
  test.clock().advance(hours(12));
  test.insert(table, "young");
  test.clock().advance(hours(12));
  ASSERT_TRUE(test->trim());
  EXPECT_THAT(test.read_all(table, 0), SizeIs(3)) << "24 hours are still kept";
  test.clock().advance(std::chrono::microseconds(1));
  ASSERT_TRUE(test->trim());
  const auto records = test.read_all(table, 0);
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(test.json(records[0].keys), R"({"p":{"S":"young"}})");
}

TEST(Trim, ReadersThatHaveLostRecordsAreTold) {
  TestStreams test;
  const auto table = test.open_table("T", ViewType::kKeysOnly, 1);
  test.insert(table, "a");
  test.insert(table, "b");
  const auto records = test.read_all(table, 0);
  test.clock().advance(hours(25));
  test.insert(table, "c");
  ASSERT_TRUE(test->trim());
  const auto stream = test.stream(table);
  const auto lost = test->read(*stream, 0, records[0].number, {});
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, ErrorCode::kTrimmedDataAccess);
  EXPECT_THAT(test->read(*stream, 0, records[1].number, {}).value().records, SizeIs(1));
  EXPECT_THAT(test->read(*stream, 0, 0, {}).value().records, SizeIs(1)) << "0 is the oldest";
}

TEST(Trim, DisabledStreamsGoWhenTheirRecordsAre) {
  TestStreams test;
  const auto table = test.open_table("T", ViewType::kKeysOnly, 2);
  const auto kept = test.open_table("U", ViewType::kKeysOnly, 1);
  test.insert(table, "a");
  test.close_table(table);
  const auto stream = test.stream(table);
  test.clock().advance(hours(24));
  ASSERT_TRUE(test->trim());
  EXPECT_TRUE(test->find(test.arn(table)));
  test.clock().advance(std::chrono::microseconds(1));
  ASSERT_TRUE(test->trim());
  EXPECT_FALSE(test->find(test.arn(table)));
  EXPECT_EQ(test->read(*stream, 0, 0, {}).error().code, ErrorCode::kResourceNotFound);
  EXPECT_EQ(test.entries_of(table), 0u);
  test.reopen();
  EXPECT_FALSE(test->find(test.arn(table)));
  EXPECT_TRUE(test->find(test.arn(kept)));
}

TEST(Trim, LosesAndRepeatsNothingWhenItsCommitFails) {
  TestStreams test;
  const auto table = test.open_table("T", ViewType::kKeysOnly, 1);
  const auto ended = test.open_table("U", ViewType::kKeysOnly, 1);
  test.insert(table, "a");
  test.insert(table, "b");
  test.insert(ended, "c");
  test.close_table(ended);
  const auto records = test.read_all(table, 0);
  const auto stream = test.stream(table);
  const auto horizon = test->trim_horizon(*stream, 0);
  test.clock().advance(hours(25));
  test.insert(table, "young");
  test.store().is_full = true;
  EXPECT_FALSE(test->trim());
  EXPECT_EQ(test->trim_horizon(*stream, 0), horizon);
  EXPECT_THAT(test.read_all(table, 0), SizeIs(3));
  EXPECT_THAT(test->read(*stream, 0, records[0].number, {}).value().records, SizeIs(2));
  EXPECT_THAT(test.read_all(ended, 0), SizeIs(1)) << "the stream that was to go is there again";
  test.store().is_full = false;
  test.reopen();
  EXPECT_THAT(test.read_all(table, 0), SizeIs(3)) << "so it is after a restart";
  EXPECT_THAT(test.read_all(ended, 0), SizeIs(1));
  ASSERT_TRUE(test->trim());
  EXPECT_THAT(test.read_all(table, 0), SizeIs(1));
  EXPECT_FALSE(test->find(test.arn(ended)));
  EXPECT_EQ(test->trim_horizon(*test.stream(table), 0), records[1].number);
}

TEST(Trim, MovesNoHorizonWhenItCannotReadAShard) {
  TestStreams test;
  const auto table = test.open_table("T", ViewType::kKeysOnly, 1);
  const auto other = test.open_table("U", ViewType::kKeysOnly, 1);
  test.insert(table, "a");
  test.insert(other, "b");
  test.clock().advance(hours(25));
  test.store().scans_until_failure = 1;
  EXPECT_FALSE(test->trim());
  test.store().scans_until_failure = -1;
  EXPECT_THAT(test.read_all(table, 0), SizeIs(1));
  EXPECT_THAT(test.read_all(other, 0), SizeIs(1));
  ASSERT_TRUE(test->trim());
  EXPECT_EQ(test.entries_of(table), 2u) << "the description and the horizon: the record is erased";
  EXPECT_EQ(test.entries_of(other), 2u);
}

TEST(Streams, ReadersAtTheNewestRecordCostNoLookIntoTheStore) {
  TestStreams test;
  const auto table = test.open_table("T", ViewType::kKeysOnly, 1);
  test.insert(table, "a");
  const auto stream = test.stream(table);
  const auto last = test.read_all(table, 0).back().number;
  const int scans = test.store().scans;
  const auto page = test->read(*stream, 0, last, {}).value();
  EXPECT_THAT(page.records, IsEmpty());
  EXPECT_EQ(page.last, last);
  EXPECT_FALSE(page.at_end);
  EXPECT_EQ(test.store().scans, scans);
  test.insert(table, "b");
  EXPECT_THAT(test->read(*stream, 0, last, {}).value().records, SizeIs(1));
  const auto newest = test.read_all(table, 0).back().number;
  test.close_table(table);
  EXPECT_TRUE(test->read(*test.stream(table), 0, newest, {}).value().at_end);
}

TEST(Listeners, AreCalledWhenRecordsAreCommittedUntilTheirTokenIsDropped) {
  TestStreams test;
  const auto table = test.open_table("T", ViewType::kKeysOnly, 1);
  std::atomic<int> calls = 0;
  auto token = test->subscribe([&] {
    ++calls;
    calls.notify_all();
  });
  test.insert(table, "a");
  calls.wait(0);
  EXPECT_EQ(calls, 1);
  storage::WriteBatch other;
  other.put("zzzz", "no record");
  ASSERT_TRUE(test.commits().wait(test.commits().submit(std::move(other))));
  token.reset();
  test.insert(table, "b");
  test.insert(table, "c");
  EXPECT_EQ(calls, 1);
}

// Writers of many items while a reader tails each shard: the reader sees every record once, in
// ascending order, and each item's records in the order of its writes.
TEST(Streams, ATailingReaderMissesNothingWhileWritersCommit) {
  constexpr int kWriters = 4;
  constexpr int kWrites = 400;
  constexpr std::uint32_t kShards = 3;
  TestStreams test;
  const auto table = test.open_table("T", ViewType::kNewImage, kShards);
  const auto stream = test.stream(table);
  std::atomic<bool> writing = true;
  std::vector<std::vector<Record>> seen(kShards);
  std::vector<std::thread> readers;
  for (std::size_t shard = 0; shard < kShards; ++shard) {
    readers.emplace_back([&, shard] {
      SequenceNumber after = 0;
      for (;;) {
        const bool last_round = !writing;
        auto page = test->read(*stream, shard, after, {.records_max = 7}).value();
        after = page.last;
        const bool empty = page.records.empty();
        for (auto& record : page.records) seen[shard].push_back(std::move(record));
        if (last_round && empty) return;
      }
    });
  }
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < kWrites; ++i) {
        test.submit(table, "w" + std::to_string(writer) + "-" + std::to_string(i % 10), i);
      }
    });
  }
  for (auto& writer : writers) writer.join();
  ASSERT_TRUE(test.commits().wait(test.commits().last_submitted()));
  writing = false;
  for (auto& reader : readers) reader.join();

  std::size_t count = 0;
  std::map<std::string, int> last_write;
  for (const auto& records : seen) {
    count += records.size();
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (i > 0) {
        ASSERT_LT(records[i - 1].number, records[i].number);
      }
      const auto image = records[i].new_image->view();
      const auto key = test.json(records[i].keys);
      const int write = std::stoi(image.find("v")->number().to_text());
      const auto [known, first] = last_write.emplace(key, write);
      if (!first) {
        ASSERT_EQ(known->second + 10, write) << key;
      }
      known->second = write;
    }
  }
  EXPECT_EQ(count, static_cast<std::size_t>(kWriters * kWrites));
  EXPECT_EQ(last_write.size(), static_cast<std::size_t>(kWriters * 10));
}

}  // namespace
}  // namespace parley::stream
