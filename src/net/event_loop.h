// EventLoop: one thread, one io_context, the connections that live on it, and what they share: a
// coarse clock that costs a request nothing, the Date line of replies, and the inbox through which
// other threads hand in replies.
//
// Invariants: everything but post_reply(), post_stream() and the counters is touched on the loop's
// thread only. The sweep runs only while there are connections, so that an idle server never wakes
// up.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "net/http_server.h"
#include "net/request_parser.h"

namespace parley::net {

class Connection;

class EventLoop {
 public:
  using Clock = std::chrono::steady_clock;

  /// `handler` is borrowed and must outlive the loop's thread.
  EventLoop(const HttpServerOptions& options, HttpHandler& handler);
  ~EventLoop();

  /// Starts the thread. It ends once drain() was called and the last connection is gone.
  void start();
  /// Whether the thread has ended by `deadline`; blocks until one of the two.
  [[nodiscard]] bool wait_until_ended(Clock::time_point deadline);
  void join();
  [[nodiscard]] boost::asio::io_context& context() { return context_; }

  /// Runs on any thread: queues a connection whose reply is ready; one wake-up serves all that are
  /// queued before the loop gets to them.
  void post_reply(std::shared_ptr<Connection> connection);

  /// The same for a connection whose stream has something to send.
  void post_stream(std::shared_ptr<Connection> connection);

  /// On any thread, no connection being added any more: ends idle connections now, the others after
  /// their reply, and closes streams.
  void drain();
  /// On any thread, after drain(): ends every connection now.
  void abandon();
  /// On any thread: ends the connections that came through this port.
  void abandon(std::uint16_t local_port);

  // On the loop's thread.
  [[nodiscard]] bool is_current() const;
  void add(Connection& connection);
  void remove(Connection& connection);
  [[nodiscard]] bool stopping() const { return stopping_; }
  /// The time of the last sweep, at most one sweep interval old.
  [[nodiscard]] Clock::time_point coarse_now() const { return coarse_now_; }
  /// "Server: …\r\nDate: …\r\n"
  [[nodiscard]] std::string_view fixed_header_lines() const { return fixed_header_lines_; }
  [[nodiscard]] HttpHandler& handler() { return handler_; }
  [[nodiscard]] const HttpServerOptions& options() const { return options_; }

  /// Connections that are open or being opened here. Any thread.
  std::atomic<std::size_t> connection_count{0};

 private:
  void deliver_replies();
  void wake_streams();
  void sweep();
  void schedule_sweep();
  void refresh_clock();

  const HttpServerOptions options_;
  HttpHandler& handler_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
      context_.get_executor()};
  boost::asio::steady_timer sweep_timer_{context_};
  std::thread thread_;
  std::vector<Connection*> connections_;  // owned by their coroutines, which remove themselves
  Clock::duration sweep_interval_;
  Clock::time_point coarse_now_;
  std::string fixed_header_lines_;
  bool sweeping_ = false;
  bool stopping_ = false;

  std::mutex inbox_mutex_;
  std::condition_variable ended_changed_;
  bool ended_ = false;  // the thread is past its last connection: replies are dropped
  std::vector<std::shared_ptr<Connection>> inbox_;
  std::vector<std::shared_ptr<Connection>> streams_inbox_;
  std::vector<std::shared_ptr<Connection>> delivering_;  // keeps its capacity between batches
};

}  // namespace parley::net
