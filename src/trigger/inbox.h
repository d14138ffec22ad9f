// Inbox: what other threads tell the one that drives the mappings. Shared with callbacks that may
// outlive the mappings.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <vector>

#include "base/result.h"
#include "trigger/invoker.h"

namespace parley::trigger {

/// Which reader a message is for; readers of mappings that are gone are not found.
struct ReaderAddress {
  std::uint64_t mapping = 0;  // a number of this process's
  std::size_t shard = 0;
};

struct InvocationEnded {
  ReaderAddress reader;
  std::size_t lane = 0;
  Result<InvocationOutcome> outcome;
};

struct CheckpointStored {
  ReaderAddress reader;
  Status status;
};

struct Messages {
  std::vector<InvocationEnded> ended = {};
  std::vector<CheckpointStored> stored = {};
  bool records_came = false;
};

/// Thread-safe.
class Inbox {
 public:
  void put(InvocationEnded message);
  void put(CheckpointStored message);
  void records_came();
  /// Makes take() return.
  void wake();

  /// What has come since the last call; waits for something at most until `timeout` has passed.
  [[nodiscard]] Messages take(std::chrono::microseconds timeout);

 private:
  std::mutex mutex_;
  std::condition_variable something_came_;
  Messages messages_;
  bool woken_ = false;
};

}  // namespace parley::trigger
