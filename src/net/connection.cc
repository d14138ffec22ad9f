#include "net/connection.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <tuple>
#include <utility>
#include <vector>

#include "net/reply_writer.h"

// GCC 12: `co_await` stands in no operand of && and || (the compiled coroutine traps), and in no
// expression with a temporary that has a destructor (it is run twice).
namespace parley::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// Replies of a pipeline are gathered up to this before they are written.
constexpr std::size_t kGatherSizeBytesMax = std::size_t{64} * 1024;
// A body from this size on is written from where it lies instead of being copied.
constexpr std::size_t kLargeBodySizeBytes = std::size_t{32} * 1024;
// A client may go on sending after a reply that ends the connection, and most read no reply before
// all is sent: silent for so long, in all for so long, and so much.
constexpr std::chrono::milliseconds kLingerSilence{2'000};
constexpr std::chrono::milliseconds kLingerTime{30'000};
constexpr std::size_t kLingerSizeBytesMax = std::size_t{1} << 30;
constexpr std::size_t kLingerBufferSizeBytes = std::size_t{64} * 1024;

using TupleToken = asio::as_tuple_t<asio::use_awaitable_t<asio::io_context::executor_type>>;
constexpr TupleToken kTupleToken{};

/// The reply callback. Dropped without a call it hands in a reply of status 0, which becomes a 500.
class ReplySlot {
 public:
  explicit ReplySlot(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
  ReplySlot(ReplySlot&& other) noexcept = default;
  ReplySlot& operator=(ReplySlot&&) = delete;
  ~ReplySlot() {
    if (connection_ != nullptr)
      deliver(HttpReply{.status = 0, .content_type = {}, .headers = {}, .body = {}});
  }
  void operator()(HttpReply reply) {
    if (connection_ != nullptr) deliver(std::move(reply));
  }

 private:
  void deliver(HttpReply reply) {
    const auto connection = std::move(connection_);
    connection->accept_reply(std::move(reply));
  }
  std::shared_ptr<Connection> connection_;
};

}  // namespace

Connection::Connection(std::shared_ptr<EventLoop> loop, Socket socket, std::uint16_t local_port)
    : loop_(std::move(loop)),
      socket_(std::move(socket)),
      parser_({.header_size_bytes_max = loop_->options().header_size_bytes_max,
               .body_size_bytes_max = loop_->options().body_size_bytes_max,
               .large_bodies = loop_->options().large_bodies},
              local_port) {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

Connection::~Connection() {
  // A reply that came too late to be sent.
  if (reply_.stream != nullptr) reply_.stream->end();
}

Connection::Task<> Connection::serve(std::shared_ptr<Connection> self) {
  self->loop_->add(*self);
  self->enter(Phase::kIdle);
  bool open = !self->loop_->stopping();
  while (open) {
    RequestParser& parser = self->parser_;
    if (parser.parse() != RequestParser::Progress::kComplete) {
      open = co_await self->read_request();
      if (!open) break;
    }
    self->enter(Phase::kHandling);
    self->handling_inline_ = true;
    self->loop_->handler().handle(parser.request(), ReplySlot(self));
    self->handling_inline_ = false;
    if (!self->reply_ready_) co_await self->wait_for_reply();
    if (self->abandoned_) break;
    self->reply_ready_ = false;
    if (self->reply_.stream != nullptr) {
      open = co_await self->answer_with_stream();
      continue;
    }
    open = parser.keep_alive() && !self->loop_->stopping();
    self->append_reply(std::exchange(self->reply_, HttpReply{}), open, parser.is_head());
    if (!open || self->output_.size() > kGatherSizeBytesMax || !self->large_body_.empty()) {
      bool sent = self->flush_at_once();
      if (!sent) sent = co_await self->flush();
      if (!sent) break;
    }
    parser.next();
    // Looked at again only because a reply may have taken long to write.
    open = open && !self->loop_->stopping();
  }
  error_code ignored;
  self->socket_.close(ignored);
  self->loop_->remove(*self);
}

Connection::Task<> Connection::refuse(std::shared_ptr<Connection> self) {
  self->loop_->add(*self);
  co_await self->answer_failure(503, "Too many connections");
  error_code ignored;
  self->socket_.close(ignored);
  self->loop_->remove(*self);
}

Connection::Task<bool> Connection::read_request() {
  for (;;) {
    const auto progress = parser_.parse();
    if (progress == RequestParser::Progress::kComplete) co_return true;
    if (progress == RequestParser::Progress::kFailed) {
      co_return co_await answer_failure(parser_.failure_status(), parser_.failure_reason());
    }
    if (parser_.take_expect_continue()) output_ += "HTTP/1.1 100 Continue\r\n\r\n";
    bool sent = output_.empty() || flush_at_once();
    if (!sent) sent = co_await flush();
    if (!sent) co_return false;
    enter_reading_phase();
    if (phase_ == Phase::kIdle && loop_->stopping()) co_return false;
    const auto space = parser_.prepare();
    const auto buffer = asio::buffer(space.data(), space.size());
    const auto [error, size_bytes] = co_await socket_.async_read_some(buffer, kTupleToken);
    if (abandoned_) co_return false;
    if (timed_out_ && phase_ == Phase::kIdle) co_return false;
    if (std::exchange(timed_out_, false)) {
      co_return co_await answer_failure(408, "The request took too long to arrive");
    }
    if (error == asio::error::eof && phase_ != Phase::kIdle) {
      co_return co_await answer_failure(400, "The request ended too early");
    }
    if (error) co_return false;
    parser_.commit(size_bytes);
  }
}

/// Always false: the connection ends after it.
Connection::Task<bool> Connection::answer_failure(int status, std::string_view reason) {
  loop_->handler().request_failed(local_port(), status);
  append_reply(loop_->handler().failure(parser_.request(), status, reason), false, false);
  bool sent = flush_at_once();
  if (!sent) sent = co_await flush();
  if (sent) co_await linger();
  co_return false;
}

void Connection::append_reply(HttpReply reply, bool keep_alive, bool is_head) {
  if (reply.status == 0) {
    reply = loop_->handler().failure(parser_.request(), 500, "The request was not answered");
  }
  append_reply_head(output_, reply,
                    {.fixed_lines = loop_->fixed_header_lines(), .keep_alive = keep_alive});
  if (is_head) return;
  if (reply.body.size() < kLargeBodySizeBytes) {
    output_ += reply.body;
  } else {
    large_body_ = std::move(reply.body);
  }
}

std::array<asio::const_buffer, 2> Connection::unsent() const {
  const std::size_t head = std::min(sent_, output_.size());
  const std::size_t body = sent_ - head;
  return {asio::buffer(output_.data() + head, output_.size() - head),
          asio::buffer(large_body_.data() + body, large_body_.size() - body)};
}

bool Connection::flush_at_once() {
  if (broken_) return false;
  error_code error;
  const auto buffers = unsent();
  sent_ += large_body_.empty() ? socket_.write_some(buffers[0], error)
                               : socket_.write_some(buffers, error);
  if (error && error != asio::error::would_block) {
    broken_ = true;
    return false;
  }
  if (sent_ < output_.size() + large_body_.size()) return false;
  output_.clear();
  large_body_ = {};
  sent_ = 0;
  return true;
}

Connection::Task<bool> Connection::flush() {
  while (!broken_) {
    enter(Phase::kWriting);
    const auto buffers = unsent();
    const auto [error, size_bytes] = co_await socket_.async_write_some(buffers, kTupleToken);
    if (error || timed_out_ || abandoned_) break;
    sent_ += size_bytes;
    if (flush_at_once()) co_return true;
  }
  broken_ = true;
  co_return false;
}

Connection::Task<> Connection::wait_for_reply() {
  // Replies to earlier requests of a pipeline do not wait for this one.
  if (!output_.empty() && !flush_at_once()) co_await flush();
  enter(Phase::kHandling);
  if (reply_ready_ || abandoned_) co_return;
  co_await wait();
}

Connection::Task<> Connection::wait() {
  Token token;
  auto suspend = [this](Waiter waiter) { waiter_.emplace(std::move(waiter)); };
  auto reply = asio::async_initiate<Token, void()>(suspend, token);
  co_await std::move(reply);
}

Connection::Task<> Connection::linger() {
  error_code error;
  socket_.shutdown(Socket::shutdown_send, error);
  enter(Phase::kLingering);
  const auto began = phase_began_;
  std::vector<char> unread(kLingerBufferSizeBytes);
  for (std::size_t total = 0; !error && total < kLingerSizeBytesMax && !timed_out_;) {
    const auto buffer = asio::buffer(unread);
    const auto [read_error, size_bytes] = co_await socket_.async_read_some(buffer, kTupleToken);
    error = read_error;
    total += size_bytes;
    if (loop_->coarse_now() - began > kLingerTime) break;
    enter(Phase::kLingering);
  }
}

void Connection::accept_reply(HttpReply reply) {
  reply_ = std::move(reply);
  if (loop_->is_current() && handling_inline_) {
    reply_ready_ = true;
  } else {
    loop_->post_reply(shared_from_this());
  }
}

void Connection::reply_arrived() {
  reply_ready_ = true;
  resume_waiter();
}

void Connection::wake_stream() {
  loop_->post_stream(shared_from_this());
}

void Connection::resume_waiter() {
  if (!waiter_) return;
  Waiter waiter = std::move(*waiter_);
  waiter_.reset();
  std::move(waiter)();
}

void Connection::enter(Phase phase) {
  phase_ = phase;
  phase_began_ = loop_->coarse_now();
}

void Connection::enter_reading_phase() {
  using Stage = RequestParser::Stage;
  const Stage stage = parser_.stage();
  const Phase phase = stage == Stage::kIdle     ? Phase::kIdle
                      : stage == Stage::kHeader ? Phase::kHeader
                                                : Phase::kBody;
  if (phase != phase_) enter(phase);
}

void Connection::check_deadline() {
  const HttpServerOptions& options = loop_->options();
  std::chrono::milliseconds allowed{};
  switch (phase_) {
    case Phase::kIdle:
      allowed = options.idle_timeout;
      break;
    case Phase::kHeader:
      allowed = options.header_timeout;
      break;
    case Phase::kBody:
      allowed = options.body_timeout;
      break;
    case Phase::kWriting:
      allowed = options.write_timeout;
      break;
    case Phase::kLingering:
      allowed = kLingerSilence;
      break;
    case Phase::kHandling:
    case Phase::kStreaming:
      return;  // the handler takes the time it needs
  }
  if (loop_->coarse_now() - phase_began_ < allowed) return;
  timed_out_ = true;
  error_code ignored;
  socket_.cancel(ignored);
}

void Connection::close_if_idle() {
  error_code error;
  if (stream_ != nullptr) stream_->close();
  // Bytes that wait in the socket are a request in flight.
  if (phase_ == Phase::kIdle && socket_.available(error) == 0) socket_.close(error);
}

void Connection::abandon() {
  abandoned_ = true;
  error_code ignored;
  socket_.close(ignored);
  resume_waiter();
}

}  // namespace parley::net
