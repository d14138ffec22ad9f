// The part of Connection that serves replies that go on.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <cstring>
#include <utility>

#include "base/assert.h"
#include "net/connection.h"
#include "net/reply_writer.h"

namespace parley::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// The kernel gives the connection up when the client has acknowledged nothing for this long.
void limit_unacknowledged_time(Socket& socket, std::chrono::milliseconds time) {
  const auto time_ms = static_cast<unsigned>(time.count());
  // Where the kernel does not know the option, its own time-out ends the connection later.
  static_cast<void>(::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &time_ms,
                                 sizeof time_ms));
}

}  // namespace

Connection::Task<bool> Connection::answer_with_stream() {
  HttpReply reply = std::exchange(reply_, HttpReply{});
  stream_ = std::exchange(reply.stream, nullptr);
  PARLEY_ASSERT(reply.status != 204 && reply.status != 304);
  if (loop_->stopping()) stream_->close();
  const bool chunked = parser_.is_http11();
  const bool is_head = parser_.is_head();
  bool reusable = chunked && parser_.keep_alive();
  append_reply_head(output_, reply,
                    {.fixed_lines = loop_->fixed_header_lines(),
                     .keep_alive = reusable,
                     .end = chunked ? BodyEnd::kChunks : BodyEnd::kConnection});
  if (!is_head && !reply.body.empty()) {
    if (chunked) {
      append_chunk(output_, reply.body);
    } else {
      output_ += reply.body;
    }
  }
  reply = {};
  parser_.next();
  if (is_head) {
    bool sent = flush_at_once();
    if (!sent) sent = co_await flush();
    reusable = sent && reusable;
  } else {
    const bool complete = co_await run_stream(chunked);
    reusable = complete && reusable;
  }
  std::exchange(stream_, nullptr)->end();
  co_return reusable && !loop_->stopping();
}

Connection::Task<bool> Connection::run_stream(bool chunked) {
  stream_->attach(shared_from_this());
  limit_unacknowledged_time(socket_, loop_->options().write_timeout);
  watch_client();
  bool complete = false;
  std::string bytes;
  while (!complete) {
    const auto outlook = stream_->take(bytes);
    if (outlook == ReplyStream::Outlook::kBroken || abandoned_ || broken_) break;
    const bool closed = outlook == ReplyStream::Outlook::kComplete;
    if (!bytes.empty() && chunked) append_chunk(output_, bytes);
    if (!bytes.empty() && !chunked) output_ += bytes;
    if (closed && chunked) output_ += kLastChunk;
    if (!output_.empty()) {
      bool sent = flush_at_once();
      if (!sent) sent = co_await flush();
      if (!sent) break;
      complete = closed;
      continue;
    }
    if (closed) {
      complete = true;
      continue;
    }
    std::string().swap(output_);  // its memory, too
    parser_.release_memory();
    enter(Phase::kStreaming);
    co_await wait();
  }
  ++watch_;
  error_code ignored;
  socket_.cancel(ignored);  // the watch
  co_return complete && !broken_ && !abandoned_;
}

void Connection::watch_client() {
  auto spoke = [self = shared_from_this(), watch = watch_](error_code error) {
    if (watch == self->watch_) self->client_spoke(error);
  };
  socket_.async_wait(Socket::wait_read, std::move(spoke));
}

void Connection::client_spoke(error_code error) {
  if (!error && take_what_came()) {
    watch_client();
    return;
  }
  broken_ = true;
  socket_.close(error);  // which ends a write that waits
  resume_waiter();
}

bool Connection::take_what_came() {
  std::array<char, 4096> bytes;
  for (;;) {
    error_code error;
    const std::size_t size_bytes = socket_.read_some(asio::buffer(bytes), error);
    if (error) return error == asio::error::would_block;
    if (parser_.unparsed_size_bytes() + size_bytes > loop_->options().header_size_bytes_max) {
      return false;
    }
    for (std::size_t taken = 0; taken < size_bytes;) {
      const auto space = parser_.prepare();
      const std::size_t piece = std::min(space.size(), size_bytes - taken);
      std::memcpy(space.data(), bytes.data() + taken, piece);
      parser_.commit(piece);
      taken += piece;
    }
  }
}

void Connection::stream_woken() {
  if (stream_ == nullptr) return;
  if (stream_->is_broken()) {
    broken_ = true;
    error_code ignored;
    socket_.close(ignored);
  }
  if (phase_ == Phase::kStreaming) resume_waiter();
}

}  // namespace parley::net
