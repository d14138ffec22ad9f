// Event source mappings over a store on disk, with a function that answers at once: how many
// records a second go through one, and how long after a write's commit its invocation begins.
//
//   bench_mappings DIRECTORY [BATCH_SIZE [LANES [FILTER]]]     DIRECTORY is made, and must be new
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/checksum.h"
#include "codec/item_json.h"
#include "storage/storage.h"
#include "stream/recorder.h"
#include "stream/stream.h"
#include "trigger/mappings.h"

namespace {

using namespace parley;
using SteadyClock = std::chrono::steady_clock;

constexpr int kRecords = 200'000;
constexpr int kPartitions = 5'000;
constexpr int kSingleWrites = 2'000;

class InstantFunction final : public trigger::Invoker {
 public:
  void invoke(trigger::Invocation invocation, Callback callback) override {
    last_begun = SteadyClock::now().time_since_epoch().count();
    ++batches;
    const std::string_view payload = invocation.payload;
    constexpr std::string_view kEachRecord = "\"eventID\":";
    for (auto at = payload.find(kEachRecord); at != std::string_view::npos;
         at = payload.find(kEachRecord, at + 1)) {
      ++records;
    }
    records.notify_one();
    callback(trigger::InvocationOutcome{.request_id = "r", .payload = "null"});
  }
  [[nodiscard]] bool exists(std::string_view) const override { return true; }

  std::atomic<std::uint64_t> batches = 0;
  std::atomic<std::uint64_t> records = 0;
  std::atomic<std::int64_t> last_begun = 0;  // nanoseconds
};

/// A table's worth of what the engine does for a stream.
class Writer {
 public:
  Writer(stream::Streams& streams, storage::CommitPipeline& commits)
      : streams_(streams), commits_(commits) {
    table_.name = "T";
    table_.id = "id";
    table_.key.hash = {{"pk", model::AttributeType::kString}};
    table_.stream = model::StreamSetting{model::StreamViewType::kNewImage, "L", 4, 16};
    storage::WriteBatch batch;
    streams_.open(table_, batch);
    commits_.wait(commits_.submit(std::move(batch))).value();
    streams_.settle(true);
  }
  storage::CommitTicket write(int number) {
    const auto key = "MSG#" + std::to_string(number % kPartitions);
    const auto item = codec::parse_item(
        R"({"pk":{"S":")" + key +
        R"("},"sk":{"S":"2026-11-22T19:00:00.123456+00:00"},)"
        R"("message":{"S":")" +
        std::string(120, 'x') + R"("},"user_uuid":{"S":"0b1e9d2e-4c4b-4c57-9f8e-1f2a3b4c5d6e"}})");
    stream::Change change;
    change.new_item = item->view();
    change.partition_hash = hash64(key);
    storage::WriteBatch batch;
    stream::Recorder recorder(streams_, commits_);
    recorder.add(table_, change, batch);
    return recorder.submit(std::move(batch), {});
  }

 private:
  stream::Streams& streams_;
  storage::CommitPipeline& commits_;
  model::Table table_;
};

void measure_throughput(const InstantFunction& function, SteadyClock::time_point begin) {
  for (auto seen = function.records.load(); seen < kRecords; seen = function.records) {
    function.records.wait(seen);
  }
  const std::chrono::duration<double> seconds = SteadyClock::now() - begin;
  std::printf("%.0f records/s\n", kRecords / seconds.count());
}

void measure_latency(Writer& writer, storage::CommitPipeline& commits,
                     const InstantFunction& function) {
  std::vector<double> micros;
  for (int i = 0; i < kSingleWrites; ++i) {
    const auto before = function.batches.load();
    commits.wait(writer.write(i)).value();
    const auto committed = SteadyClock::now().time_since_epoch().count();
    while (function.batches.load() == before) std::this_thread::yield();
    // A writer may learn of its commit after the mapping did.
    micros.push_back(std::max(0.0, static_cast<double>(function.last_begun - committed) / 1000));
  }
  std::ranges::sort(micros);
  std::printf("commit to invocation: p50 %.0f us, p99 %.0f us\n", micros[kSingleWrites / 2],
              micros[kSingleWrites * 99 / 100]);
}

}  // namespace

int main(int argc, char** argv) {
  const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
  if (arguments.size() < 2) return EXIT_FAILURE;
  const auto store = storage::open_store({.directory = arguments[1]}).value();
  storage::CommitPipeline commits(*store, {});
  const SystemClock clock;
  SystemRandom random;
  const model::Realm realm;
  stream::Streams streams(*store, commits, clock, realm, {});
  Writer writer(streams, commits);
  storage::CommitTicket last = 0;
  for (int i = 0; i < kRecords; ++i) last = writer.write(i);
  commits.wait(last).value();

  trigger::MappingSettings settings;
  if (arguments.size() > 2) settings.batch_size = std::atoi(arguments[2]);
  if (arguments.size() > 3) settings.parallelization_factor = std::atoi(arguments[3]);
  if (arguments.size() > 4) settings.filter_patterns = {arguments[4]};
  InstantFunction function;
  const auto mappings =
      trigger::Mappings::open(*store, commits, streams, function, realm, {}, clock, random).value();
  const auto begin = SteadyClock::now();
  const auto mapping = mappings->create(model::stream_arn(realm, "T", "L"), "f",
                                        trigger::StartingPosition::kTrimHorizon, settings);
  if (mapping) measure_throughput(function, begin);
  measure_latency(writer, commits, function);
  mappings->stop(std::chrono::seconds(5));
  return EXIT_SUCCESS;
}
