#include "worker.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace parley::bench {
namespace {

using std::chrono::duration_cast;
using std::chrono::nanoseconds;

constexpr std::size_t kBufferSizeBytes = std::size_t{128} * 1024;
constexpr int kEventsMax = 256;

Status io_failure(std::string_view what) {
  return fail(ErrorCode::kIo, fmt::format("{}: {}", what, std::strerror(errno)));
}

}  // namespace

Worker::Worker(const Load& load, const std::vector<RequestTemplate>& requests, std::uint64_t number)
    : load_(load),
      requests_(requests),
      number_(number),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      connections_(static_cast<std::size_t>(load.connections)),
      buffer_(kBufferSizeBytes) {}

Worker::~Worker() {
  for (const Connection& connection : connections_) {
    if (connection.socket >= 0) ::close(connection.socket);
  }
  if (epoll_ >= 0) ::close(epoll_);
}

Status Worker::connect() {
  if (epoll_ < 0) return io_failure("epoll");
  for (Connection& connection : connections_) {
    PARLEY_TRY(open(connection));
    idle_.push_back(&connection);
  }
  return {};
}

Status Worker::open(Connection& connection) {
  connection.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connection.socket < 0) return io_failure("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(load_.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(connection.socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0)
    return io_failure(fmt::format("127.0.0.1:{}", load_.port));
  const int on = 1;
  ::setsockopt(connection.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  epoll_event event{.events = EPOLLIN, .data = {.ptr = &connection}};
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.socket, &event) < 0) return io_failure("epoll");
  connection.framing = {};
  return {};
}

Result<Figures> Worker::run() {
  now_ = due_ = Clock::now();
  end_ = now_ + load_.duration;
  if (load_.rate > 0) gap_ = nanoseconds(static_cast<std::int64_t>(1e9 / load_.rate));
  std::array<epoll_event, kEventsMax> events{};
  while (now_ < end_) {
    PARLEY_TRY(send_what_is_due());
    const auto wait = std::max(nanoseconds(0), duration_cast<nanoseconds>(wake_up_at() - now_));
    const timespec timeout{.tv_sec = wait.count() / 1'000'000'000,
                           .tv_nsec = wait.count() % 1'000'000'000};
    const int ready = ::epoll_pwait2(epoll_, events.data(), kEventsMax, &timeout, nullptr);
    if (ready < 0 && errno != EINTR) return std::unexpected(io_failure("epoll").error());
    now_ = Clock::now();
    for (int i = 0; i < ready; ++i) {
      PARLEY_TRY(receive(*static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr)));
    }
  }
  return figures_;
}

Worker::Clock::time_point Worker::wake_up_at() const {
  return idle_.empty() ? end_ : std::min(end_, due_);
}

Status Worker::send_what_is_due() {
  while (!idle_.empty() && due_ <= now_) {
    Connection& connection = *idle_.back();
    idle_.pop_back();
    const auto since = gap_ > nanoseconds(0) ? due_ : now_;
    if (gap_ > nanoseconds(0)) due_ += gap_;
    PARLEY_TRY(send_next(connection, since));
  }
  return {};
}

Status Worker::send_next(Connection& connection, Clock::time_point since) {
  const RequestTemplate& request = requests_[number_ % requests_.size()];
  std::string_view unsent = numbered(request, number_, scratch_);
  ++number_;
  connection.since = since;
  while (!unsent.empty()) {
    const ssize_t sent = ::send(connection.socket, unsent.data(), unsent.size(), MSG_NOSIGNAL);
    if (sent < 0) return lose(connection);
    unsent.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

Status Worker::receive(Connection& connection) {
  const ssize_t size = ::recv(connection.socket, buffer_.data(), buffer_.size(), 0);
  if (size <= 0) return lose(connection);
  const auto progress = connection.framing.take({buffer_.data(), static_cast<std::size_t>(size)});
  if (progress == ReplyFraming::Progress::kMore) return {};
  if (progress == ReplyFraming::Progress::kMalformed) return lose(connection);
  now_ = Clock::now();
  if (progress == ReplyFraming::Progress::kSucceeded) {
    figures_.latencies.add(now_ - connection.since);
  } else {
    ++figures_.failed;
  }
  if (gap_ == nanoseconds(0)) return send_next(connection, now_);
  idle_.push_back(&connection);
  return {};
}

Status Worker::lose(Connection& connection) {
  ++figures_.failed;
  ::close(connection.socket);  // which also takes it out of the epoll set
  PARLEY_TRY(open(connection));
  idle_.push_back(&connection);
  return {};
}

}  // namespace parley::bench
