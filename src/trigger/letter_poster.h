// LetterPoster: posts dead letters to the URLs that mappings have as their destination, one after
// the other, until each has arrived.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "trigger/dead_letters.h"

namespace parley::trigger {

/// One thread of its own, started by the constructor if there is something to post with. Borrows
/// `letters`.
class LetterPoster {
 public:
  LetterPoster(DeadLetters& letters, PostToUrl post, std::chrono::milliseconds pause_first,
               std::chrono::milliseconds pause_last);
  /// Waits for a post that is under way.
  ~LetterPoster();
  LetterPoster(const LetterPoster&) = delete;
  LetterPoster& operator=(const LetterPoster&) = delete;

  /// There may be letters to post.
  void wake();

 private:
  void run();
  /// False if one could not be posted.
  [[nodiscard]] bool post_all();

  DeadLetters& letters_;  // the mappings'
  PostToUrl post_;
  std::chrono::milliseconds pause_first_;
  std::chrono::milliseconds pause_last_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = true;  // what an earlier process left
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace parley::trigger
