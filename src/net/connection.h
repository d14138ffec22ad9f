// Connection: one client, served by one coroutine on one event loop: read a request, hand it over,
// write the reply, again.
//
// One request is in flight at a time, so that a client that pipelines a write and a read sees its
// write; RFC 9112 (section 9.3.2) allows requests to run side by side only where all their methods
// are safe, and DynamoDB's are POST. Replies of a pipeline are gathered into one write.
//
// While a reply streams, the client's side is read as well: to notice that it leaves, and to keep
// what it pipelines.
//
// Life time: the coroutine and the reply callback each hold a reference. The request's bytes live
// here, so they outlast even the server, if a handler keeps its callback longer.
#pragma once

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "net/event_loop.h"
#include "net/http_server.h"
#include "net/reply_stream.h"
#include "net/request_parser.h"

namespace parley::net {

/// A socket that runs on one event loop, without type erasure.
using Socket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  template <class T = void>
  using Task = boost::asio::awaitable<T, boost::asio::io_context::executor_type>;

  Connection(std::shared_ptr<EventLoop> loop, Socket socket, std::uint16_t local_port);
  ~Connection();

  /// Serves until the client leaves, errs or is too slow, or the loop stops. `self` keeps it alive.
  static Task<> serve(std::shared_ptr<Connection> self);
  /// Answers 503 and closes.
  static Task<> refuse(std::shared_ptr<Connection> self);

  /// Takes the reply; on any thread, once per request.
  void accept_reply(HttpReply reply);
  /// The stream of the reply wants to be looked at; on any thread.
  void wake_stream();

  // For the event loop, on its thread.
  void reply_arrived();
  void stream_woken();
  void check_deadline();
  void close_if_idle();
  void abandon();
  [[nodiscard]] std::uint16_t local_port() const { return parser_.request().local_port; }
  std::size_t index_in_loop = 0;

 private:
  using Token = boost::asio::use_awaitable_t<boost::asio::io_context::executor_type>;
  using Waiter = boost::asio::async_result<Token, void()>::handler_type;

  enum class Phase : std::uint8_t {
    kIdle,
    kHeader,
    kBody,
    kHandling,
    kWriting,
    kStreaming,  // a stream that is silent
    kLingering
  };

  void enter(Phase phase);
  void enter_reading_phase();
  void resume_waiter();
  /// Whether the whole request is here; otherwise the connection is to be closed.
  Task<bool> read_request();
  Task<bool> answer_failure(int status, std::string_view reason);
  /// Appends the reply to output_; a large body waits in large_body_ instead.
  void append_reply(HttpReply reply, bool keep_alive, bool is_head);
  /// Writes what it can without waiting; true if nothing is left.
  [[nodiscard]] bool flush_at_once();
  Task<bool> flush();
  Task<> wait_for_reply();
  /// Until resume_waiter().
  Task<> wait();
  // connection_stream.cc
  /// Answers with reply_, whose stream it serves to its end; the request is forgotten meanwhile.
  /// Whether the connection can be used again.
  Task<bool> answer_with_stream();
  /// Sends what the stream has until it is complete (true), or nobody listens any more.
  Task<bool> run_stream(bool chunked);
  void watch_client();
  void client_spoke(boost::system::error_code error);
  /// What the client sent meanwhile becomes the next request. False: it has gone or sends too much.
  [[nodiscard]] bool take_what_came();
  /// Lets the client read what was sent before the connection goes: closing with unread bytes in
  /// the socket would reset it.
  Task<> linger();
  [[nodiscard]] std::array<boost::asio::const_buffer, 2> unsent() const;

  const std::shared_ptr<EventLoop> loop_;
  Socket socket_;
  RequestParser parser_;
  std::string output_;
  std::string large_body_;
  std::size_t sent_ = 0;  // of output_, then large_body_
  EventLoop::Clock::time_point phase_began_;
  Phase phase_ = Phase::kIdle;
  bool handling_inline_ = false;
  bool reply_ready_ = false;
  bool timed_out_ = false;
  bool broken_ = false;  // a write failed
  bool abandoned_ = false;
  HttpReply reply_;
  std::shared_ptr<ReplyStream> stream_;  // while it is served
  std::uint32_t watch_ = 0;              // which watch_client() counts
  std::optional<Waiter> waiter_;
};

}  // namespace parley::net
