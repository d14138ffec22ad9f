// Random options, failures, restarts and crashes against a model: nothing is lost, the order of
// each key is kept, what is stored stays done, every give-up is a letter.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "trigger/mapping_settings.h"
#include "trigger/shard_reader.h"
#include "trigger/test_stream.h"

namespace parley::trigger {
namespace {

using Number = stream::SequenceNumber;

constexpr TimestampMicros kSecond = 1'000'000;
constexpr int kKeys = 6;

/// What survives a crash.
struct Durable {
  Checkpoint checkpoint;
  std::set<Number> settled;  // at the time
};

class Episode {
 public:
  explicit Episode(std::uint64_t seed) : random_(seed), settings_(some_settings()) {
    reader_.emplace(rules(), make_filter(settings_).value(), "us-east-1", Number{0});
  }

  void run() {
    const int steps = 60 + below(120);
    for (int i = 0; i < steps && !::testing::Test::HasFailure(); ++i) step();
    failing_ = false;
    for (int i = 0; i < 10'000 && !is_finished(); ++i) {
      now_ += 30 * kSecond;
      read();
      begin_all();
      while (!in_flight_.empty()) end_one();
      if (i % 7 == 0) store();
      if (::testing::Test::HasFailure()) return;
    }
    store();
    check_end();
  }

 private:
  struct InFlight {
    std::size_t lane;
    std::string payload;
    std::vector<Number> numbers;
  };

  int below(int limit) { return static_cast<int>(random_() % static_cast<std::uint64_t>(limit)); }
  bool one_in(int count) { return below(count) == 0; }

  MappingSettings some_settings() {
    MappingSettings settings;
    settings.batch_size = 1 + below(8);
    settings.batching_window_s = one_in(3) ? 1 + below(5) : 0;
    if (one_in(3)) {
      settings.filter_patterns = {
          R"({"dynamodb":{"NewImage":{"v":{"S":[{"anything-but":"x"}]}}}})"};
    }
    settings.bisect_on_error = one_in(2);
    settings.retry_attempts_max = one_in(3) ? -1 : below(4);
    settings.record_age_max_s = one_in(4) ? 60 + below(100) : -1;
    settings.parallelization_factor = 1 + below(4);
    settings.tumbling_window_s = one_in(4) ? 5 + below(20) : 0;
    settings.report_batch_item_failures = one_in(2);
    return settings;
  }

  LaneRules rules() const {
    return {.settings = settings_,
            .stream_arn = stream_.arn(),
            .shard_id = stream_.stream().shards[0].id};
  }

  void step() {
    now_ += below(3) * kSecond;
    switch (below(9)) {
      case 0:
      case 1:
      case 2:
        for (int i = below(5); i >= 0; --i) write();
        break;
      case 3:
        read();
        break;
      case 4:
      case 5:
        begin_all();
        break;
      case 6:
        if (!in_flight_.empty()) end_one();
        break;
      case 7:
        store();
        break;
      default:
        if (one_in(4)) {
          restart();
        } else if (one_in(3)) {
          change();
        }
    }
  }

  /// Other settings, once nothing is in flight; in few episodes also other lanes and windows.
  void change() {
    while (!in_flight_.empty()) end_one();
    auto settings = some_settings();
    settings.filter_patterns = settings_.filter_patterns;
    if (!changes_lanes_) {
      settings.parallelization_factor = settings_.parallelization_factor;
      settings.tumbling_window_s = settings_.tumbling_window_s;
    }
    settings_ = settings;
    // As the mappings do it: the change is stored with where it begins.
    durable_.checkpoint = reader_->checkpoint_under(rules());
    durable_.settled = life_settled_;
    reader_->change_rules(rules(), make_filter(settings_).value());
    reads_all_ = false;
    if (changes_lanes_) begin_again();
  }

  /// What was done beyond where the reader begins now may be delivered again.
  void begin_again() {
    life_checkpoint_ = reader_->checkpoint_number();
    std::erase_if(life_settled_, [&](Number number) { return number > life_checkpoint_; });
    durable_.settled = life_settled_;
    has_begun_again_ = true;
  }

  void write() {
    const int key = below(kKeys);
    const bool is_filtered = !settings_.filter_patterns.empty() && one_in(3);
    const Number number = static_cast<Number>(now_) * 1000 + records_.size();
    records_.push_back(
        test_record(number, "k" + std::to_string(key), is_filtered ? "x" : "y", now_));
    if (!is_filtered) {
      key_of_[number] = key;
      of_key_[key].push_back(number);
    }
  }

  void read() {
    const auto room = reader_->room();
    stream::RecordPage page;
    page.last = reader_->position();
    const auto limit = std::min<std::size_t>(room, 1 + static_cast<std::size_t>(below(20)));
    reads_all_ = true;
    for (const auto& record : records_) {
      if (record.number <= reader_->position()) continue;
      if (page.records.size() == limit) {
        reads_all_ = false;
        break;
      }
      page.records.push_back(record);
      page.last = record.number;
    }
    reader_->add(stream_.stream(), page, now_);
  }

  void begin_all() {
    while (auto start = reader_->begin(now_, 0, reads_all_)) {
      InFlight one{start->lane, start->payload, {}};
      for (const auto& text : numbers_of(start->payload)) {
        one.numbers.push_back(stream::parse_sequence_number(text).value());
      }
      take_given_up();
      check_start(one);
      in_flight_.push_back(std::move(one));
    }
    take_given_up();
  }

  void check_start(const InFlight& one) {
    ASSERT_LE(one.numbers.size(), static_cast<std::size_t>(settings_.batch_size));
    ASSERT_TRUE(std::ranges::is_sorted(one.numbers));
    for (const auto& other : in_flight_) ASSERT_NE(other.lane, one.lane);
    for (const auto number : one.numbers) {
      ASSERT_TRUE(key_of_.contains(number)) << "a filtered record was delivered";
      ASSERT_FALSE(durable_.settled.contains(number)) << "done and stored, delivered again";
      ASSERT_FALSE(life_settled_.contains(number)) << "delivered twice without a fault";
      for (const auto earlier : of_key_[key_of_[number]]) {
        if (earlier >= number) break;
        ASSERT_TRUE(ever_settled_.contains(earlier) ||
                    std::ranges::find(one.numbers, earlier) != one.numbers.end())
            << "delivered before an earlier record of its key";
      }
    }
  }

  void settle(Number number) {
    life_settled_.insert(number);
    ever_settled_.insert(number);
  }

  void end_one() {
    const auto at = static_cast<std::size_t>(below(static_cast<int>(in_flight_.size())));
    const InFlight one = std::move(in_flight_[at]);
    in_flight_.erase(in_flight_.begin() + static_cast<std::ptrdiff_t>(at));
    std::size_t done = one.numbers.size();
    Result<InvocationOutcome> outcome = fail(ErrorCode::kThrottling, "Rate exceeded");
    const int dice = failing_ ? below(10) : 9;
    if (dice == 0) {
      done = 0;
    } else if (dice <= 3) {
      done = 0;
      outcome = threw();
    } else if (dice <= 5 && settings_.report_batch_item_failures && !one.numbers.empty()) {
      done = static_cast<std::size_t>(below(static_cast<int>(one.numbers.size())));
      outcome = replied(reply(one, done, stream::sequence_number_text(one.numbers[done])));
    } else {
      outcome = replied(reply(one, done, {}));
    }
    reader_->finish(one.lane, outcome, now_);
    for (std::size_t i = 0; i < done; ++i) settle(one.numbers[i]);
    const bool is_final = one.payload.find(R"("isFinalInvokeForWindow":true)") != std::string::npos;
    if (is_final && outcome && !outcome->function_error) final_total_ += state_of(one.payload);
    take_given_up();
    check_checkpoint();
  }

  /// Of a function that counts records in its state.
  static int state_of(const std::string& payload) {
    simdjson::dom::parser parser;
    std::int64_t count = 0;
    if (parser.parse(payload)["state"]["n"].get(count) != simdjson::SUCCESS) return 0;
    return static_cast<int>(count);
  }

  std::string reply(const InFlight& one, std::size_t done, const std::string& failed) const {
    std::string json = "{";
    if (settings_.tumbling_window_s > 0) {
      json += R"("state":{"n":)" + std::to_string(state_of(one.payload) + static_cast<int>(done)) +
              "},";
    }
    json += R"("batchItemFailures":[)";
    if (!failed.empty()) json += R"({"itemIdentifier":")" + failed + R"("})";
    return json + "]}";
  }

  void take_given_up() {
    for (auto& one : reader_->take_given_up()) {
      EXPECT_TRUE(settings_.retry_attempts_max >= 0 ||
                  one.condition == GivenUp::Condition::kRecordAgeExceeded);
      for (const auto number : one.numbers) {
        EXPECT_FALSE(life_settled_.contains(number)) << "given up after it was done";
        settle(number);
        lettered_.insert(number);
      }
      if (one.numbers.empty()) final_total_ += state_of(one.payload);
    }
  }

  void check_checkpoint() {
    const auto number = reader_->checkpoint_number();
    EXPECT_GE(number, life_checkpoint_) << "the checkpoint went back";
    life_checkpoint_ = number;
    for (const auto& [one, key] : key_of_) {
      if (one > number) break;
      EXPECT_TRUE(ever_settled_.contains(one)) << "the checkpoint passed a record not done";
    }
  }

  void store() {
    take_given_up();
    EXPECT_GE(reader_->checkpoint().number, durable_.checkpoint.number) << "it went back";
    durable_ = {reader_->checkpoint(), life_settled_};
    if (has_begun_again_) {  // only the checkpoint itself is exact across other lanes
      std::erase_if(durable_.settled,
                    [&](Number number) { return number > durable_.checkpoint.number; });
    }
  }

  /// A crash loses what was not stored; a stop waits for what is in flight and stores.
  void restart() {
    if (one_in(2)) {
      while (!in_flight_.empty()) end_one();
      store();
    } else {
      crashed_ = true;
    }
    in_flight_.clear();
    life_settled_ = durable_.settled;
    life_checkpoint_ = durable_.checkpoint.number;
    reads_all_ = false;
    reader_.emplace(rules(), make_filter(settings_).value(), "us-east-1", durable_.checkpoint);
  }

  bool is_finished() {
    return reads_all_ && reader_->position() == (records_.empty() ? 0 : records_.back().number) &&
           reader_->checkpoint_number() == reader_->position() &&
           reader_->checkpoint().windows.empty();
  }

  void check_end() {
    EXPECT_TRUE(is_finished());
    for (const auto& [number, key] : key_of_) {
      EXPECT_TRUE((has_begun_again_ ? ever_settled_ : life_settled_).contains(number)) << "lost";
    }
    if (settings_.tumbling_window_s > 0 && !crashed_ && !has_begun_again_) {
      EXPECT_EQ(final_total_, static_cast<int>(key_of_.size() - lettered_.size()));
    }
    // Whatever the restarts were, nothing of it is delivered once more.
    restart();
    read();
    begin_all();
    EXPECT_TRUE(in_flight_.empty());
  }

  std::mt19937_64 random_;
  MappingSettings settings_;
  TestStream stream_;
  std::optional<ShardReader> reader_;
  TimestampMicros now_ = kTestTime;
  bool reads_all_ = false;
  bool failing_ = true;
  bool crashed_ = false;
  bool changes_lanes_ = one_in(5);
  bool has_begun_again_ = false;

  std::vector<stream::Record> records_;
  std::map<Number, int> key_of_;  // of those that pass the filter
  std::map<int, std::vector<Number>> of_key_;
  std::vector<InFlight> in_flight_;
  std::set<Number> life_settled_;  // as far as this life can know
  std::set<Number> ever_settled_;
  std::set<Number> lettered_;
  Number life_checkpoint_ = 0;
  int final_total_ = 0;
  Durable durable_;
};

TEST(ShardReaderRandom, KeepsItsPromises) {
  constexpr std::uint64_t kEpisodes = 400;
  for (std::uint64_t seed = 1; seed <= kEpisodes; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Episode(seed).run();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace parley::trigger
