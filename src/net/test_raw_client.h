// RawClient: a blocking socket for tests, to say to a server what no well-behaved client would.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace parley::net {

/// Fails its test instead of waiting longer than ten seconds for anything.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval timeout{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  RawClient(RawClient&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)),
        connected_(other.connected_),
        received_(std::move(other.received_)) {}
  RawClient& operator=(RawClient&&) = delete;
  ~RawClient() {
    if (socket_ >= 0) ::close(socket_);
  }

  [[nodiscard]] bool connected() const { return connected_; }

  /// False if the server has closed; what it sent before can still be read.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  void shut_down_sending() { ::shutdown(socket_, SHUT_WR); }

  /// One whole reply with a Content-Length, as head and body together; empty if the server closed.
  std::string read_reply() {
    std::size_t head = 0;
    while ((head = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive()) return {};
    }
    std::size_t size = head + 4;
    const std::size_t length = received_.find("Content-Length: ");
    if (length < head) size += std::strtoul(received_.c_str() + length + 16, nullptr, 10);
    while (received_.size() < size) {
      if (!receive()) return {};
    }
    std::string reply = received_.substr(0, size);
    received_.erase(0, size);
    return reply;
  }

  /// What comes up to and with `end`; empty if the server closed before.
  std::string read_until(std::string_view end) {
    std::size_t at = 0;
    while ((at = received_.find(end)) == std::string::npos) {
      if (!receive()) return {};
    }
    std::string read = received_.substr(0, at + end.size());
    received_.erase(0, at + end.size());
    received_.shrink_to_fit();  // tests of the server's memory count this as well
    return read;
  }

  /// Takes so little from now on that a sender soon waits.
  void shrink_receive_buffer() {
    const int size_bytes = 4096;
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &size_bytes, sizeof size_bytes);
  }

  void close() { ::close(std::exchange(socket_, -1)); }
  /// Closes as a program that crashed does: with a reset.
  void reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }

  /// Everything until the server closes or resets.
  std::string read_to_end() {
    while (receive()) {
    }
    return std::move(received_);
  }

 private:
  bool receive() {
    char bytes[16 * 1024];
    const ssize_t size = ::recv(socket_, bytes, sizeof bytes, 0);
    EXPECT_FALSE(size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) << "the server is silent";
    if (size <= 0) return false;
    received_.append(bytes, static_cast<std::size_t>(size));
    return true;
  }

  int socket_;
  bool connected_ = false;
  std::string received_;
};

}  // namespace parley::net
