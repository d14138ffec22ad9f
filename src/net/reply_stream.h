// ReplyStream: a reply that goes on, as Server-Sent Events do. The handler makes one, puts it into
// HttpReply::stream beside status and headers, keeps it, and sends while it likes, from any thread.
//
// HTTP/1.1 clients get the transfer encoding "chunked", one chunk for whatever has gathered, and
// may ask again on the same connection after close(); HTTP/1.0 clients read until the connection
// ends. HEAD gets the head alone, and the stream ends. Requests that a client pipelines behind a
// stream wait for its end, up to HttpServerOptions::header_size_bytes_max of them; more ends the
// connection. A client that half-closes its side counts as gone.
//
// A silent stream costs no timer, no buffer and no thread: about a kilobyte of memory beside the
// socket. There is no idle timeout while a stream lasts. A client that takes nothing is let go when
// more is unsent than the bound allows, or when the kernel had bytes for it that it did not
// acknowledge for HttpServerOptions::write_timeout; so whoever wants to notice that a silent client
// has vanished without a word sends something now and then.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace parley::net {

class Connection;

/// Thread-safe; nothing here blocks. Belongs to one reply.
class ReplyStream {
 public:
  static constexpr std::size_t kUnsentSizeBytesMax = std::size_t{256} * 1024;

  /// `unsent_size_bytes_max`: of what was sent here and not yet taken by the kernel.
  explicit ReplyStream(std::size_t unsent_size_bytes_max = kUnsentSizeBytesMax);
  ~ReplyStream();
  ReplyStream(const ReplyStream&) = delete;
  ReplyStream& operator=(const ReplyStream&) = delete;

  /// Queues `bytes` behind all that was sent before; what is sent before the reply itself is given
  /// goes out with it. False if the stream is closed or has ended, or if the client is too slow:
  /// then it is disconnected. Nothing of `bytes` is sent in these cases. True is no promise that
  /// they arrive.
  [[nodiscard]] bool send(std::string_view bytes);

  /// What was sent goes out, then the reply is complete. Idempotent.
  void close();

  /// `callback` is called once, when nothing can be sent any more and the connection has let go of
  /// the stream: after close(), when the client is gone or too slow, when the server stops, when
  /// the reply could not be delivered. On an event loop's thread, so it must not block; at once, on
  /// this thread, if all that has happened. It may call what it likes here. Once per stream.
  void on_end(std::move_only_function<void()> callback);

 private:
  friend class Connection;

  enum class Outlook : unsigned char { kGoesOn, kComplete, kBroken };

  // For the connection, on its loop's thread.
  /// From now on `connection` is woken when there is something to do.
  void attach(std::shared_ptr<Connection> connection);
  /// Moves what is queued to `out`, whose old content has been sent, and says whether more may
  /// come. While kGoesOn and `out` is empty, the connection will be woken.
  [[nodiscard]] Outlook take(std::string& out);
  [[nodiscard]] bool is_broken();
  /// The stream is over: send() says so from now on, and the callback is called.
  void end();

  void wake();  // mutex_ held

  const std::size_t unsent_size_bytes_max_;
  std::mutex mutex_;     // guards what follows
  std::string pending_;  // not yet taken by the connection
  std::size_t taken_size_bytes_ = 0;
  std::shared_ptr<Connection> connection_;  // from attach() to end()
  std::move_only_function<void()> callback_;
  bool woken_ = false;  // the connection has been woken and has not taken since
  bool closed_ = false;
  bool broken_ = false;
  bool ended_ = false;
};

}  // namespace parley::net
