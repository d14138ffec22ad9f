// A stream, a function and a store for the tests of mappings.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "trigger/invoker.h"
#include "trigger/stream_source.h"

namespace parley::trigger {

inline constexpr TimestampMicros kTestTime = 1'795'460'400'000'000;  // 2026-11-23T19:00:00Z

/// The stream of a table with the key pk (S); items have an attribute v (S) besides. Thread-safe.
class TestStream {
 public:
  explicit TestStream(std::size_t shards = 1);

  [[nodiscard]] const std::string& arn() const { return stream_->arn; }
  [[nodiscard]] const stream::Stream& stream() const { return *stream_; }
  /// Adds the insertion of an item; its number is the smallest that is larger than all before it
  /// and not from before `time`. Tells subscribers.
  stream::SequenceNumber add(std::string_view pk, std::string_view v,
                             TimestampMicros time = kTestTime, std::size_t shard = 0);
  /// The oldest records go, up to and including `number`.
  void trim(stream::SequenceNumber number, std::size_t shard = 0);
  /// The stream itself goes.
  void remove();
  [[nodiscard]] std::vector<stream::Record> records(std::size_t shard = 0) const;

  /// Borrows this stream.
  [[nodiscard]] std::unique_ptr<StreamSource> source();

 private:
  class Source;
  struct Shard {
    std::vector<stream::Record> records;
    stream::SequenceNumber horizon = 0;
    stream::SequenceNumber last = 0;
  };
  mutable std::mutex mutex_;
  stream::StreamSnapshot stream_;
  bool is_removed_ = false;
  std::vector<Shard> shards_;
  std::vector<std::weak_ptr<std::function<void()>>> listeners_;
};

/// A record of that table.
[[nodiscard]] stream::Record test_record(stream::SequenceNumber number, std::string_view pk,
                                         std::string_view v, TimestampMicros time = kTestTime);

/// The values of v in an event's Records, in order.
[[nodiscard]] std::vector<std::string> values_of(std::string_view payload);
/// The sequence numbers, as texts.
[[nodiscard]] std::vector<std::string> numbers_of(std::string_view payload);

[[nodiscard]] InvocationOutcome replied(std::string payload = "null");
[[nodiscard]] InvocationOutcome threw(std::string message = "no");

/// A function that answers at once, or when the test says so. Thread-safe.
class TestInvoker final : public Invoker {
 public:
  using Function = std::function<Result<InvocationOutcome>(const Invocation&)>;

  /// From now on; without one, invocations wait for next().
  void answer_with(Function function);
  void invoke(Invocation invocation, Callback callback) override;
  [[nodiscard]] bool exists(std::string_view function_name) const override;

  /// What was invoked and has no answer yet.
  struct Waiting {
    Invocation invocation;
    Callback answer;
  };
  /// Waits for the oldest; fails the test after a while.
  [[nodiscard]] Waiting next();
  [[nodiscard]] std::size_t waiting() const;
  /// Payloads of all invocations until now; waits until there are `count`.
  [[nodiscard]] std::vector<std::string> payloads(std::size_t count = 0);

 private:
  mutable std::mutex mutex_;
  std::condition_variable came_;
  Function function_;
  std::deque<Waiting> waiting_;
  std::vector<std::string> payloads_;
};

}  // namespace parley::trigger
