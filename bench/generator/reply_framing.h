// ReplyFraming: finds the ends of the replies on one connection, and nothing else about them but
// whether their status is one of success. Replies have to say how long they are (Content-Length).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace parley::bench {

class ReplyFraming {
 public:
  enum class Progress { kMore, kSucceeded, kFailed, kMalformed };

  /// Takes the next bytes. One request is in flight at a time, so that a reply ends where the bytes
  /// do: anything but kMore says that it has, and kMalformed that the connection is of no more use.
  Progress take(std::string_view bytes);

 private:
  Progress take_head(std::string_view bytes);

  std::string head_;  // of a reply that came in pieces
  std::size_t body_left_ = 0;
  bool in_body_ = false;
  bool succeeded_ = false;
};

}  // namespace parley::bench
