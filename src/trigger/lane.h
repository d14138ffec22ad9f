// Lane: the records of one shard, or of some of its partition keys, that one function invocation
// after the other works off in order. It makes batches, decides what comes of each attempt, and
// knows when it wants to be asked again. Pure: time is a parameter, nothing is read or invoked
// here.
//
// The front of the queue is what is being worked on: pieces_ says how it is cut. Usually that is
// one piece, a batch; BisectBatchOnFunctionError cuts the piece that failed into two, each with the
// attempts so far. A piece goes away when its records are done or given up, from the front.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "stream/stream.h"
#include "trigger/attempt.h"
#include "trigger/mappings.h"
#include "trigger/pause.h"
#include "trigger/tumbling_window.h"

namespace parley::trigger {

struct LaneRules {
  MappingSettings settings;
  std::string stream_arn;
  std::string shard_id;
  std::chrono::milliseconds retry_pause_first{100};
  std::chrono::milliseconds retry_pause_last{60'000};
};

struct QueuedRecord {
  stream::SequenceNumber number = 0;
  TimestampMicros created_at = 0;
  TimestampMicros queued_at = 0;
  std::uint64_t place = 0;  // where the shard reader counts it
  std::string json;         // its element of the event's Records
};

/// A batch that was given up: what the on-failure record tells.
struct GivenUp {
  enum class Condition : std::uint8_t { kRetryAttemptsExhausted, kRecordAgeExceeded };
  Condition condition = Condition::kRetryAttemptsExhausted;
  int invocations = 0;
  std::vector<stream::SequenceNumber> numbers = {};  // ascending
  stream::SequenceNumber first_number = 0;           // of the batch, or of what a window held
  stream::SequenceNumber last_number = 0;
  TimestampMicros first_arrival = 0;
  TimestampMicros last_arrival = 0;
  std::optional<Attempt> last_attempt = {};  // none: the function never saw it
  std::string payload = {};                  // of a window's final invocation, which has no records
};

/// What the lane may need to know of its surroundings when asked for work.
struct LaneSurroundings {
  TimestampMicros now = 0;
  stream::SequenceNumber horizon = 0;  // records up to here have expired
  bool reads_all = false;              // the shard had nothing more when it was last read
  bool no_room = false;                // the shard reader takes no more records for now
};

/// What a call has settled, for the shard reader: records done with (also those given up).
struct LaneReport {
  std::vector<std::uint64_t> done_places = {};
  std::vector<GivenUp> given_up = {};
  std::uint64_t records_done = 0;  // by the function
  bool batch_done = false;
  bool window_changed = false;
};

/// One thread at a time.
class Lane {
 public:
  void push(QueuedRecord record) {
    queued_bytes_ += record.json.size();
    queue_.push_back(std::move(record));
  }

  /// The payload of an invocation that is to be started now, whose outcome goes to finish(); or
  /// nothing: one is under way, or next_look() tells when to ask again.
  [[nodiscard]] std::optional<std::string> begin(const LaneRules& rules,
                                                 const LaneSurroundings& surroundings,
                                                 LaneReport& report);
  /// Ends the invocation that begin() started. What went wrong with it; empty if nothing did.
  [[nodiscard]] std::string finish(const LaneRules& rules, const Result<InvocationOutcome>& outcome,
                                   TimestampMicros now, LaneReport& report);

  /// When begin() may have something although nothing else happens; kNever if it will not.
  [[nodiscard]] TimestampMicros next_look(const LaneRules& rules,
                                          const LaneSurroundings& surroundings) const;

  /// Cuts what is to be tried again so that it fits a smaller batch size. Nothing may be in flight.
  void shrink_batches(std::size_t records_max);

  [[nodiscard]] bool is_in_flight() const { return in_flight_; }
  [[nodiscard]] std::size_t records_in_flight() const;
  [[nodiscard]] std::size_t records_queued() const { return queue_.size(); }
  [[nodiscard]] std::size_t bytes_queued() const { return queued_bytes_; }
  /// Failed attempts of what is at the front.
  [[nodiscard]] int attempts() const;
  [[nodiscard]] const std::optional<TumblingWindow>& window() const { return window_; }
  void restore(TumblingWindow window) { window_ = std::move(window); }

 private:
  struct Piece {
    std::size_t records = 0;
    int attempts = 0;     // failed ones that count
    int invocations = 0;  // since anything of it was done
  };

  [[nodiscard]] bool cut_batch(const LaneRules& rules, const LaneSurroundings& surroundings);
  [[nodiscard]] bool is_final_due(const LaneRules& rules,
                                  const LaneSurroundings& surroundings) const;
  [[nodiscard]] std::string batch_payload(const LaneRules& rules) const;
  [[nodiscard]] std::string final_payload(const LaneRules& rules) const;
  void discard_aged(const LaneRules& rules, const LaneSurroundings& surroundings,
                    LaneReport& report);
  void finish_batch(const LaneRules& rules, Attempt attempt, TimestampMicros now,
                    LaneReport& report);
  void finish_final(const LaneRules& rules, Attempt attempt, TimestampMicros now,
                    LaneReport& report);
  void batch_failed(const LaneRules& rules, TimestampMicros now, LaneReport& report);
  void wait_after_not_run(const LaneRules& rules, TimestampMicros now);
  void advance_window(Attempt& attempt, std::size_t records, LaneReport& report);
  void give_up(std::size_t records, GivenUp::Condition condition, LaneReport& report);
  void give_up_final(const LaneRules& rules, LaneReport& report);
  void pop(std::size_t records, LaneReport& report);
  [[nodiscard]] std::vector<stream::SequenceNumber> numbers_of(std::size_t records) const;

  std::deque<QueuedRecord> queue_;
  std::size_t queued_bytes_ = 0;
  std::vector<Piece> pieces_;  // the last is the front of the queue
  std::optional<TumblingWindow> window_;
  bool in_flight_ = false;
  bool final_in_flight_ = false;
  int final_attempts_ = 0;
  int final_invocations_ = 0;
  int not_run_ = 0;  // times in a row that the function was not reached
  std::optional<Pause> pause_;
  std::optional<Attempt> last_attempt_;  // of the front piece
  TimestampMicros free_since_ = 0;       // the last invocation ended
};

}  // namespace parley::trigger
