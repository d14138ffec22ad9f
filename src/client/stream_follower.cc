#include "client/stream_follower.h"

#include <algorithm>
#include <string>
#include <utility>

namespace parley::client {
namespace {

using std::chrono::milliseconds;

// Announcements are of every table's records: when one was not for us, the next is waited for a
// little, longer each time, so that a busy other table does not keep this thread running.
constexpr milliseconds kUselessWakePauseMin{1};
constexpr milliseconds kUselessWakePauseMax{16};

}  // namespace

StreamFollower::StreamFollower(Database& database, const Clock& clock, StreamHandler& handler,
                               StreamFollowerOptions options)
    : options_(std::move(options)), walk_(database, clock, handler, options_.walk) {}

StreamFollower::~StreamFollower() {
  stop();
}

void StreamFollower::start() {
  if (thread_.joinable() || stopping_) return;
  thread_ = std::thread([this] { run(); });
}

void StreamFollower::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void StreamFollower::run() {
  const auto subscription = options_.announcer ? options_.announcer([this] { wake(); }) : nullptr;
  milliseconds useless_pause{0};
  std::string reported;
  for (bool goes_on = true; goes_on;) {
    {
      const std::scoped_lock lock(mutex_);
      woken_ = false;
    }
    const StreamWalk::Round round = walk_.advance();
    if (options_.report_failure && walk_.last_failure() != reported) {
      reported = walk_.last_failure();
      if (!reported.empty()) options_.report_failure(reported);
    }
    if (!options_.announcer) {
      goes_on = pause(options_.poll_interval, false);
    } else if (round.moved) {
      useless_pause = milliseconds(0);
      goes_on = pause(milliseconds(0), false);
    } else {
      goes_on = pause(useless_pause, false) && pause(round.wait, true);
      useless_pause = std::clamp(useless_pause * 2, kUselessWakePauseMin, kUselessWakePauseMax);
    }
  }
}

void StreamFollower::wake() {
  const std::scoped_lock lock(mutex_);
  woken_ = true;
  changed_.notify_all();
}

bool StreamFollower::pause(milliseconds time, bool until_woken) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, time, [&] { return stopping_ || (until_woken && woken_); });
  return !stopping_;
}

}  // namespace parley::client
