#include "trigger/letter_poster.h"

#include <set>
#include <string>
#include <utility>

#include "trigger/pause.h"

namespace parley::trigger {

LetterPoster::LetterPoster(DeadLetters& letters, PostToUrl post,
                           std::chrono::milliseconds pause_first,
                           std::chrono::milliseconds pause_last)
    : letters_(letters),
      post_(std::move(post)),
      pause_first_(pause_first),
      pause_last_(pause_last) {
  if (post_) thread_ = std::thread([this] { run(); });
}

LetterPoster::~LetterPoster() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void LetterPoster::wake() {
  {
    const std::scoped_lock lock(mutex_);
    woken_ = true;
  }
  changed_.notify_one();
}

void LetterPoster::run() {
  int failures = 0;
  std::unique_lock lock(mutex_);
  while (true) {
    const auto is_called = [this] { return woken_ || stopping_; };
    if (failures == 0) {
      changed_.wait(lock, is_called);
    } else {
      const std::chrono::microseconds pause(doubling_pause(failures, pause_first_, pause_last_));
      changed_.wait_for(lock, pause, [this] { return stopping_; });
    }
    if (stopping_) return;
    woken_ = false;
    lock.unlock();
    failures = post_all() ? 0 : failures + 1;
    lock.lock();
  }
}

bool LetterPoster::post_all() {
  std::set<std::string> silent;  // URLs that failed this time
  for (const auto& id : letters_.unposted()) {
    {
      const std::scoped_lock lock(mutex_);
      if (stopping_) return true;
    }
    const auto stored = letters_.find(id);
    if (!stored) continue;  // deleted meanwhile, or to be committed: that wakes us
    if (silent.contains(stored->post_url)) continue;
    if (post_(stored->post_url, stored->letter.body)) {
      letters_.set_posted(id);
    } else {
      silent.insert(stored->post_url);
    }
  }
  return silent.empty();
}

}  // namespace parley::trigger
