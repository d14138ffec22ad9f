// RedisChannel: texts to every process that listens to one channel of a Redis or Valkey server
// (PUBLISH and SUBSCRIBE), for what is of the moment only: the server keeps none of it.
//
// What cannot be carried is dropped. Whenever that may have happened, in either direction, the
// listener is told `restored` once texts pass again, so that it can say and ask again whatever
// still matters. Texts of one process arrive in the order in which they were published, while its
// connection lasts.
//
// Where Redis has users, this one needs the rights to PUBLISH and SUBSCRIBE, and to the channel.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.h"
#include "cache/redis_connections.h"
#include "cache/redis_store.h"

namespace parley::cache {

/// Called on the channel's threads, one at a time for `heard`. May block, and may publish.
class ChannelListener {
 public:
  virtual ~ChannelListener() = default;
  /// One text, of any process that uses the channel, of this one too.
  virtual void heard(std::string_view text) = 0;
  /// Texts pass from now on. Before, also if this is the first time, some may have been lost.
  virtual void restored() = 0;
};

struct RedisChannelOptions {
  RedisAddress address = {};
  std::string name = {};  // of the channel
  std::chrono::milliseconds connect_timeout{1000};
  std::chrono::milliseconds command_timeout{1000};
  std::chrono::milliseconds retry_after{1000};
  /// A connection that listens and hears nothing is asked for a sign of life each time this has
  /// passed, and given up when none has come until the next time.
  std::chrono::milliseconds ping_interval{5000};
  std::size_t outbox_bytes_max = 64u << 20;  // beyond it everything in it is dropped
  /// Told what is wrong, once a minute at most. Called on the channel's threads.
  std::function<void(std::string_view)> log = {};
};

/// Thread-safe.
class RedisChannel {
 public:
  /// `listener` is borrowed and must outlive this.
  RedisChannel(RedisChannelOptions options, ChannelListener& listener);
  /// Stops.
  ~RedisChannel();
  RedisChannel(const RedisChannel&) = delete;
  RedisChannel& operator=(const RedisChannel&) = delete;

  /// Starts the threads that listen and publish. At most once.
  void start();
  /// Publishes what is waiting if the server takes it at once, then ends. Idempotent. Never from a
  /// call to the listener.
  void stop();

  /// Returns at once. Dropped while texts cannot pass: `restored` follows.
  void publish(std::string text);
  /// Whether texts pass in both directions, as far as is known.
  [[nodiscard]] bool is_up();

 private:
  void listen();
  /// Until the channel stops.
  [[nodiscard]] Status hear(redisContext& context);
  /// Tells the listener of what has come.
  [[nodiscard]] Status tell(redisContext& context);
  [[nodiscard]] Result<RedisContext> subscribe();
  void send();
  /// Until the channel stops, or too much was waiting.
  [[nodiscard]] Status send_from_outbox(redisContext& context);
  [[nodiscard]] Status send_all(redisContext& context, std::span<const std::string> texts);
  /// Empty only when it is stopping, or when what there was had to be dropped.
  [[nodiscard]] std::vector<std::string> take();
  [[nodiscard]] bool is_stopping();
  /// `is_up` is listening_ or sending_. The listener is told if texts pass now.
  void came_up(bool& is_up);
  void went_down(bool& is_up);
  void report(const Status& status);
  [[nodiscard]] std::unexpected<Error> broken(const redisContext& context) const;
  /// Blocks for `retry_after`, or until it is stopping.
  void rest();

  const RedisChannelOptions options_;
  ChannelListener& listener_;
  int stop_event_ = -1;  // an eventfd: ends the wait for a text
  std::mutex mutex_;     // guards what follows
  std::vector<std::string> outbox_;
  std::size_t outbox_bytes_ = 0;
  bool overflowed_ = false;
  bool listening_ = false;
  bool sending_ = false;
  bool stopping_ = false;
  std::chrono::steady_clock::time_point report_next_ = {};
  std::condition_variable changed_;
  std::thread listening_thread_;
  std::thread sending_thread_;
};

}  // namespace parley::cache
