// ShardDriver: a shard reader with a shard of its own, driven by hand.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trigger/mapping_settings.h"
#include "trigger/shard_reader.h"
#include "trigger/test_stream.h"

namespace parley::trigger {

using Values = std::vector<std::string>;

constexpr TimestampMicros kSecond = 1'000'000;

class ShardDriver {
 public:
  explicit ShardDriver(const MappingSettings& settings)
      : reader_(rules(settings), filter(settings), "us-east-1", 0) {}

  void add(std::string_view pk, std::string_view v) {
    records.push_back(
        test_record(static_cast<std::uint64_t>(now) * 1000 + records.size(), pk, v, now));
    read();
  }
  void add_values(int count) {
    for (int i = 0; i < count; ++i) add("k", std::to_string(i + 1));
  }
  /// What a page of the shard gives from where the reader is.
  void read() {
    stream::RecordPage page;
    page.last = reader_.position();
    for (const auto& record : records) {
      if (record.number <= reader_.position()) continue;
      page.records.push_back(record);
      page.last = record.number;
    }
    reader_.add(stream_.stream(), page, now);
  }
  std::optional<ShardReader::Start> begin(bool reads_all = true) {
    return reader_.begin(now, horizon, reads_all);
  }
  /// Begins an invocation, which must be due, and ends it; the values that it got.
  Values deliver(const Result<InvocationOutcome>& outcome = replied()) {
    const auto start = begin();
    if (!start) {
      ADD_FAILURE() << "nothing to deliver";
      return {};
    }
    last_payload = start->payload;
    reader_.finish(start->lane, outcome, now);
    return values_of(start->payload);
  }
  std::vector<GivenUp> given_up() { return reader_.take_given_up(); }
  /// The reader as a restart would make it.
  void restart(const MappingSettings& settings) {
    reader_ = ShardReader(rules(settings), filter(settings), "us-east-1", reader_.checkpoint());
  }
  void change(const MappingSettings& settings) {
    reader_.change_rules(rules(settings), filter(settings));
  }
  ShardReader& reader() { return reader_; }

  std::vector<stream::Record> records;
  std::string last_payload;
  TimestampMicros now = kTestTime;
  stream::SequenceNumber horizon = 0;

 private:
  LaneRules rules(const MappingSettings& settings) const {
    return {.settings = settings,
            .stream_arn = stream_.arn(),
            .shard_id = stream_.stream().shards[0].id};
  }
  static RecordFilter filter(const MappingSettings& settings) {
    return make_filter(settings).value();
  }
  TestStream stream_;
  ShardReader reader_;
};

}  // namespace parley::trigger
