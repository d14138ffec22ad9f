// Hub: the people who are connected to this process, and what they are told (docs/messaging-api.md,
// Live). It follows the table's stream, so that what any process has written reaches everybody; who
// is connected to other processes, and typing there, they tell each other. live_hub.h is the
// implementation.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "net/reply_stream.h"

namespace parley::messaging {

struct HubSettings {
  std::size_t connections_max = 20'000;
  std::size_t connections_of_person_max = 20;
  std::size_t ring_events_max = 50'000;
  std::size_t ring_size_bytes_max = 32u << 20;
  std::size_t resume_records_max = 10'000;  // read again from the stream for one connection
  std::chrono::seconds heartbeat{20};
  std::chrono::seconds typing_time{6};
  std::chrono::seconds presence_grace{10};
  std::chrono::seconds alive_interval{5};     // a sign of life for other processes
  std::chrono::seconds peer_silence_max{15};  // who gives none for so long is gone
};

struct HubMetrics {
  std::size_t connections = 0;
  std::size_t people = 0;     // who are connected to this process
  std::size_t processes = 0;  // other ones
  std::uint64_t events_delivered = 0;
  std::uint64_t resumed = 0;
  std::uint64_t not_resumed = 0;  // told to read again
};

/// Thread-safe.
class Hub {
 public:
  virtual ~Hub() = default;

  /// From now on `person` is told of events on `stream`, the first of them `ready`; until the
  /// client goes, or until `until`, when the person's token ends (0: for ever). The caller answers
  /// with `stream`, before or after this. `last_event_id`: where an earlier stream ended, empty if
  /// there was none; anything that cannot be resumed is `ready` with resumed false. May block.
  /// Refuses kRateLimited where there are too many connections.
  [[nodiscard]] virtual Status connect(std::string_view person, std::string_view last_event_id,
                                       std::shared_ptr<net::ReplyStream> stream,
                                       TimestampMicros until) = 0;
  /// Ends the person's streams of this process; those of others end when an erasure comes by the
  /// stream.
  virtual void disconnect(std::string_view person) = 0;

  /// Tells the other members that the person is typing, or is not any more. The caller has checked
  /// the membership. May block.
  virtual void typing(std::string_view person, std::string_view conversation, bool typing) = 0;

  /// Whether the person is connected, to any process that is heard of, or was until just now
  /// (`presence_grace`).
  [[nodiscard]] virtual bool is_online(std::string_view person) const = 0;

  [[nodiscard]] virtual HubMetrics metrics() const = 0;
};

}  // namespace parley::messaging
