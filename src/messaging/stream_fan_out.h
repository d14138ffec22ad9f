// StreamFanOut: one follower of the table's stream for several who want to hear of it.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "client/stream_walk.h"

namespace parley::messaging {

/// Each batch goes to all of them in their order, and again to all of them if one could not handle
/// it. Borrows them.
class StreamFanOut final : public client::StreamHandler {
 public:
  explicit StreamFanOut(std::vector<client::StreamHandler*> handlers)
      : handlers_(std::move(handlers)) {}

  void begins(std::string_view stream_arn, const client::StreamPositions& positions) override {
    for (client::StreamHandler* each : handlers_) each->begins(stream_arn, positions);
  }
  [[nodiscard]] bool handle(const client::StreamBatch& batch) override {
    for (client::StreamHandler* each : handlers_) {
      if (!each->handle(batch)) return false;
    }
    return true;
  }
  void gap(std::string_view why) override {
    for (client::StreamHandler* each : handlers_) each->gap(why);
  }

 private:
  const std::vector<client::StreamHandler*> handlers_;
};

}  // namespace parley::messaging
