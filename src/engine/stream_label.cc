#include "engine/stream_label.h"

#include <fmt/chrono.h>

#include <chrono>
#include <ctime>

#include "engine/database_state.h"

namespace parley::engine {

std::string stream_label(TimestampMicros time) {
  constexpr TimestampMicros kMicrosPerSecond = 1'000'000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}",
                     fmt::gmtime(static_cast<std::time_t>(time / kMicrosPerSecond)),
                     time % kMicrosPerSecond / 1'000);
}

void start_stream(DatabaseState& state, model::Table& table, model::StreamViewType view_type) {
  constexpr TimestampMicros kLabelStep = 1'000;
  auto time = state.clock.now();
  std::string label = stream_label(time);
  while (state.streams.find(model::stream_arn(state.realm, table.name, label))) {
    time += kLabelStep;
    label = stream_label(time);
  }
  const auto shard_count = state.streams.shard_count_for(table);
  table.stream =
      model::StreamSetting{view_type, label, shard_count, state.catalog.take_storage_id()};
  table.latest_stream_label = std::move(label);
}

}  // namespace parley::engine
