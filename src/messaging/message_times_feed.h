// MessageTimesFeed: tells MessageTimes of the messages that other processes have written.
#pragma once

#include <string_view>

#include "client/stream_walk.h"
#include "messaging/domain/message_times.h"

namespace parley::messaging {

/// Borrows the times.
class MessageTimesFeed final : public client::StreamHandler {
 public:
  explicit MessageTimesFeed(MessageTimes& times) : times_(times) {}

  void begins(std::string_view, const client::StreamPositions&) override {}
  [[nodiscard]] bool handle(const client::StreamBatch& batch) override;
  void gap(std::string_view) override {}

 private:
  MessageTimes& times_;
};

}  // namespace parley::messaging
