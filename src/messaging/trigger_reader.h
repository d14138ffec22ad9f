// TriggerReader: the conversation trigger where neither a mapping nor a Lambda runs it, that is,
// for a table on AWS or on another cluster. One of the processes on the table, by a lease, reads
// its stream and moves the conversation rows; its checkpoints are items of the table, so that
// another goes on where it stopped. A message that is given twice does no harm
// (conversation_trigger.h).
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/result.h"
#include "client/stream_follower.h"
#include "messaging/conversation_trigger.h"
#include "messaging/domain/domain.h"
#include "messaging/lease.h"

namespace parley::messaging {

struct TriggerReaderOptions {
  /// When the leader dies, another leads after at most this and one interval.
  std::chrono::milliseconds lease_time{15'000};
  std::chrono::milliseconds lease_interval{5'000};       // between two attempts to take or renew it
  std::chrono::milliseconds checkpoint_interval{1'000};  // at least, while messages come
  std::chrono::milliseconds poll_interval{200};
  client::RecordsAnnouncer announcer = {};
  std::function<void(const std::string&)> log = {};
};

/// start(), once, and stop() on one thread.
class TriggerReader final : private client::StreamHandler {
 public:
  /// All are borrowed. `reader` is for the stream alone: one attempt a call, a short time-out
  /// (client/stream_follower.h). `holder` as Lease has it.
  TriggerReader(Domain& domain, client::Database& reader, std::string holder,
                TriggerReaderOptions options = {});
  ~TriggerReader() override;

  void start();
  /// Gives the lease back. Idempotent.
  void stop();
  /// Whether this process is the one.
  [[nodiscard]] bool is_leading() const { return lease_.is_held(); }

 private:
  void begins(std::string_view stream_arn, const client::StreamPositions& positions) override;
  [[nodiscard]] bool handle(const client::StreamBatch& batch) override;
  void gap(std::string_view why) override;

  void run();
  void lead();
  /// False: it is to stop.
  [[nodiscard]] bool pause();
  [[nodiscard]] Result<client::StreamPositions> checkpoints();
  void save(std::string_view shard, std::string_view position);
  void log(std::string_view what, const Error& error) const;

  Domain& domain_;
  client::Database& reader_;
  const TriggerReaderOptions options_;
  ConversationTrigger trigger_;
  Lease lease_;
  // When each shard's checkpoint was saved; the follower's thread alone.
  std::map<std::string, TimestampMicros, std::less<>> saved_at_;
  std::thread thread_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  bool stopping_ = false;
};

}  // namespace parley::messaging
