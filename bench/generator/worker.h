// Worker: one thread's share of the load: its connections, its requests, what it saw.
//
// A connection has one request in flight at most. In a closed loop it sends the next as soon as the
// reply is there. In an open loop requests fall due at a fixed rate, whether or not earlier ones
// have been answered; a latency counts from when the request fell due, so that what a slow reply
// keeps waiting is not hidden.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "latencies.h"
#include "reply_framing.h"
#include "requests.h"

namespace parley::bench {

struct Load {
  std::uint16_t port = 0;  // on 127.0.0.1
  int connections = 1;
  std::chrono::nanoseconds duration{};
  double rate = 0;  // requests a second that fall due; 0: a closed loop
};

struct Figures {
  Latencies latencies;       // of the requests that were answered with success
  std::uint64_t failed = 0;  // answered with another status, cut off, or not answered in order
};

class Worker {
 public:
  /// `requests` is borrowed until the worker is destroyed. The first request is `number`: workers
  /// far apart do not walk through the requests in step.
  Worker(const Load& load, const std::vector<RequestTemplate>& requests, std::uint64_t number);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Opens the connections. Errors: kIo.
  Status connect();

  /// Sends for the duration of the load; what is in flight then is dropped. Blocks. Errors: kIo, a
  /// connection that was lost cannot be opened again.
  Result<Figures> run();

 private:
  using Clock = std::chrono::steady_clock;

  struct Connection {
    int socket = -1;
    ReplyFraming framing;
    Clock::time_point since;  // when the request in flight fell due
  };

  Status open(Connection& connection);
  Status send_what_is_due();
  Status send_next(Connection& connection, Clock::time_point since);
  Status receive(Connection& connection);
  Status lose(Connection& connection);
  [[nodiscard]] Clock::time_point wake_up_at() const;

  Load load_;
  const std::vector<RequestTemplate>& requests_;
  std::uint64_t number_;
  int epoll_ = -1;
  std::vector<Connection> connections_;
  std::vector<Connection*> idle_;
  std::vector<char> buffer_;
  std::string scratch_;
  Figures figures_;
  Clock::time_point now_;
  Clock::time_point end_;
  Clock::time_point due_;           // of the next request of an open loop
  std::chrono::nanoseconds gap_{};  // between two of them
};

}  // namespace parley::bench
