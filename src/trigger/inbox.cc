#include "trigger/inbox.h"

#include <utility>

namespace parley::trigger {

void Inbox::put(InvocationEnded message) {
  {
    const std::scoped_lock lock(mutex_);
    messages_.ended.push_back(std::move(message));
    woken_ = true;
  }
  something_came_.notify_one();
}

void Inbox::put(CheckpointStored message) {
  {
    const std::scoped_lock lock(mutex_);
    messages_.stored.push_back(std::move(message));
    woken_ = true;
  }
  something_came_.notify_one();
}

void Inbox::records_came() {
  {
    const std::scoped_lock lock(mutex_);
    if (std::exchange(messages_.records_came, true)) return;
    woken_ = true;
  }
  something_came_.notify_one();
}

void Inbox::wake() {
  {
    const std::scoped_lock lock(mutex_);
    woken_ = true;
  }
  something_came_.notify_one();
}

Messages Inbox::take(std::chrono::microseconds timeout) {
  std::unique_lock lock(mutex_);
  something_came_.wait_for(lock, timeout, [this] { return woken_; });
  woken_ = false;
  return std::exchange(messages_, {});
}

}  // namespace parley::trigger
