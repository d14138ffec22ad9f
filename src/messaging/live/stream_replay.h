// Replaying the table's stream for one person, from an event's place up to where the hub is.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "client/database.h"
#include "client/stream_walk.h"
#include "messaging/live/event_place.h"
#include "messaging/live/member_directory.h"

namespace parley::messaging {

struct ReplayLimits {
  std::size_t records_max = 10'000;
  std::size_t text_size_bytes_max = std::size_t{128} * 1024;
  std::size_t rounds_max = 100;  // of a stream that gives empty pages
};

struct Replayed {
  std::string text = {};  // of the events, as they are sent
  client::StreamPositions positions = {};
};

/// Everything for `person` from `from` to at least `to`. None if that is not to be had: trimmed,
/// another stream, over a limit, or an error. Blocks on the database.
[[nodiscard]] std::optional<Replayed> replay(client::Database& database, const Clock& clock,
                                             std::string_view table, MemberDirectory& directory,
                                             std::string_view person, const EventPlace& from,
                                             const client::StreamPositions& to,
                                             const ReplayLimits& limits);

}  // namespace parley::messaging
