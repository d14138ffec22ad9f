#include "net/event_loop.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <ctime>
#include <utility>

#include "net/connection.h"

namespace parley::net {
namespace {

thread_local const EventLoop* current_loop = nullptr;

/// A tenth of the shortest time-out: precise enough, and a second at most, for the Date line's
/// sake.
EventLoop::Clock::duration sweep_interval_of(const HttpServerOptions& options) {
  const auto shortest = std::min(
      {options.header_timeout, options.body_timeout, options.idle_timeout, options.write_timeout});
  return std::clamp(shortest / 10, std::chrono::milliseconds(5), std::chrono::milliseconds(1000));
}

}  // namespace

EventLoop::EventLoop(const HttpServerOptions& options, HttpHandler& handler)
    : options_(options), handler_(handler), sweep_interval_(sweep_interval_of(options)) {
  refresh_clock();
}

EventLoop::~EventLoop() = default;

// A reply may be queued while the last connection is being abandoned: its wake-up runs before run()
// returns, so nothing is left in the inbox of an ended loop, and no cycle of references with it.
void EventLoop::start() {
  thread_ = std::thread([this] {
    current_loop = this;
    context_.run();
    const std::scoped_lock lock(inbox_mutex_);
    ended_ = true;
    ended_changed_.notify_all();
  });
}

bool EventLoop::wait_until_ended(Clock::time_point deadline) {
  std::unique_lock lock(inbox_mutex_);
  return ended_changed_.wait_until(lock, deadline, [this] { return ended_; });
}

void EventLoop::join() {
  if (thread_.joinable()) thread_.join();
}

bool EventLoop::is_current() const {
  return current_loop == this;
}

void EventLoop::post_reply(std::shared_ptr<Connection> connection) {
  const std::scoped_lock lock(inbox_mutex_);
  if (ended_) return;
  inbox_.push_back(std::move(connection));
  if (inbox_.size() > 1) return;  // a wake-up is under way
  boost::asio::post(context_, [this] { deliver_replies(); });
}

void EventLoop::deliver_replies() {
  {
    const std::scoped_lock lock(inbox_mutex_);
    delivering_.swap(inbox_);
  }
  for (const auto& connection : delivering_) connection->reply_arrived();
  delivering_.clear();
}

void EventLoop::post_stream(std::shared_ptr<Connection> connection) {
  const std::scoped_lock lock(inbox_mutex_);
  if (ended_) return;
  streams_inbox_.push_back(std::move(connection));
  if (streams_inbox_.size() > 1) return;
  boost::asio::post(context_, [this] { wake_streams(); });
}

void EventLoop::wake_streams() {
  std::vector<std::shared_ptr<Connection>> woken;
  {
    const std::scoped_lock lock(inbox_mutex_);
    woken.swap(streams_inbox_);
  }
  for (const auto& connection : woken) connection->stream_woken();
}

void EventLoop::drain() {
  boost::asio::post(context_, [this] {
    stopping_ = true;
    work_.reset();
    const auto connections = connections_;  // each may remove itself
    for (Connection* connection : connections) connection->close_if_idle();
    if (connections_.empty()) sweep_timer_.cancel();
  });
}

void EventLoop::abandon() {
  boost::asio::post(context_, [this] {
    const auto connections = connections_;
    for (Connection* connection : connections) connection->abandon();
  });
}

void EventLoop::abandon(std::uint16_t local_port) {
  boost::asio::post(context_, [this, local_port] {
    const auto connections = connections_;
    for (Connection* connection : connections) {
      if (connection->local_port() == local_port) connection->abandon();
    }
  });
}

void EventLoop::add(Connection& connection) {
  connection.index_in_loop = connections_.size();
  connections_.push_back(&connection);
  if (!sweeping_) {
    refresh_clock();
    schedule_sweep();
  }
}

void EventLoop::remove(Connection& connection) {
  connections_.back()->index_in_loop = connection.index_in_loop;
  std::swap(connections_[connection.index_in_loop], connections_.back());
  connections_.pop_back();
  --connection_count;
  if (stopping_ && connections_.empty()) sweep_timer_.cancel();
}

void EventLoop::schedule_sweep() {
  sweeping_ = true;
  sweep_timer_.expires_after(sweep_interval_);
  sweep_timer_.async_wait([this](boost::system::error_code error) {
    sweeping_ = false;
    if (!error) sweep();
  });
}

void EventLoop::sweep() {
  refresh_clock();
  for (Connection* connection : connections_) connection->check_deadline();
  if (!connections_.empty()) schedule_sweep();
}

void EventLoop::refresh_clock() {
  coarse_now_ = Clock::now();
  fixed_header_lines_ = fmt::format("Server: Parley\r\nDate: {:%a, %d %b %Y %H:%M:%S} GMT\r\n",
                                    fmt::gmtime(std::time(nullptr)));
}

}  // namespace parley::net
