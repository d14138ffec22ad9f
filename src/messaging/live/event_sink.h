// EventSink: where one connected client's events go. A reply that goes on is one; tests have one of
// their own.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "net/reply_stream.h"

namespace parley::messaging {

/// Thread-safe; nothing blocks. Each function as the one of net::ReplyStream that bears its name.
class EventSink {
 public:
  virtual ~EventSink() = default;
  [[nodiscard]] virtual bool send(std::string_view text) = 0;
  virtual void close() = 0;
  virtual void on_end(std::move_only_function<void()> callback) = 0;
};

[[nodiscard]] std::shared_ptr<EventSink> make_event_sink(std::shared_ptr<net::ReplyStream> stream);

}  // namespace parley::messaging
