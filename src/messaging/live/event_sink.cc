#include "messaging/live/event_sink.h"

#include <utility>

namespace parley::messaging {
namespace {

class ReplyStreamSink final : public EventSink {
 public:
  explicit ReplyStreamSink(std::shared_ptr<net::ReplyStream> stream) : stream_(std::move(stream)) {}
  bool send(std::string_view text) override { return stream_->send(text); }
  void close() override { stream_->close(); }
  void on_end(std::move_only_function<void()> callback) override {
    stream_->on_end(std::move(callback));
  }

 private:
  const std::shared_ptr<net::ReplyStream> stream_;
};

}  // namespace

std::shared_ptr<EventSink> make_event_sink(std::shared_ptr<net::ReplyStream> stream) {
  return std::make_shared<ReplyStreamSink>(std::move(stream));
}

}  // namespace parley::messaging
