// Connections: coming, catching up, leaving; and what becomes due. live_hub_delivery.cc has the
// rest.
#include "messaging/live/live_hub.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "messaging/live/stream_replay.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kRememberedItemsMax = 50'000;
constexpr std::size_t kDirectoryConversationsMax = 20'000;
constexpr std::size_t kDirectoryMembersMax = 500'000;
// What is sent at once to somebody who comes back; a stream takes 256 KiB.
constexpr std::size_t kResumeSizeBytesMax = std::size_t{128} * 1024;
constexpr int kRetryAfterS = 10;
constexpr milliseconds kTickInterval{500};
constexpr milliseconds kIdleInterval{3'600'000};

TimestampMicros micros(std::chrono::seconds time) {
  return std::chrono::microseconds(time).count();
}

std::string presence_data(std::string_view person, bool online) {
  return fmt::format(R"({{"user_id":{},"online":{}}})", json_string(person), online);
}

/// Whether the event is in what was replayed up to `positions`.
bool is_replayed(const KeptEvent& event, const client::StreamPositions& positions) {
  const auto position = positions.find(event.shard);
  if (position == positions.end()) return false;
  return position->second == client::kShardDone ||
         (is_number(position->second) && !is_before(position->second, event.number));
}

}  // namespace

LiveHub::LiveHub(LiveHubSources sources, const HubSettings& settings)
    : sources_(std::move(sources)),
      settings_(settings),
      self_(std::make_shared<Self>()),
      directory_(sources_.members_of, kDirectoryConversationsMax, kDirectoryMembersMax),
      events_(kRememberedItemsMax),
      peers_({.process = sources_.process,
              .publish = sources_.publish,
              .alive_interval = settings.alive_interval,
              .silence_max = settings.peer_silence_max,
              .grace = settings.presence_grace},
             attendance_,
             [this](std::string_view person, bool online, const std::vector<Person*>& company) {
               tell(company, "presence", presence_data(person, online));
             }),
      ring_(settings.ring_events_max, settings.ring_size_bytes_max) {
  self_->hub = this;
}

LiveHub::~LiveHub() {
  stop();
  const std::scoped_lock lock(self_->mutex);
  self_->hub = nullptr;
}

void LiveHub::start() {
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
}

void LiveHub::wait_until_following(milliseconds time_max) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, time_max, [this] { return following_ || stopping_; });
}

void LiveHub::stop() {
  {
    const std::scoped_lock lock(mutex_);
    if (!std::exchange(stopping_, true)) peers_.gone();
    attendance_.for_each([](Connection& connection) { connection.sink->close(); });
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void LiveHub::run() {
  for (;;) {
    const milliseconds wait = tick();
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, wait, [this] { return stopping_ || woken_; });
    if (stopping_) return;
    woken_ = false;
  }
}

Status LiveHub::connect(std::string_view person, std::string_view last_event_id,
                        std::shared_ptr<net::ReplyStream> stream, TimestampMicros until) {
  return connect(person, last_event_id, make_event_sink(std::move(stream)), until);
}

Status LiveHub::connect(std::string_view person, std::string_view last_event_id,
                        const std::shared_ptr<EventSink>& sink, TimestampMicros until) {
  const auto place = parse_place(last_event_id);
  std::optional<std::vector<std::string>> conversations;
  std::optional<client::StreamPositions> catch_up_to;
  Attendance::ConnectionId id = 0;
  while (id == 0) {
    std::unique_lock lock(mutex_);
    PARLEY_TRY(check_room_for(person));
    if (!attendance_.is_here(person) && !conversations) {
      lock.unlock();
      conversations = PARLEY_TRY(sources_.conversations_of(person));
      continue;
    }
    Attendance::Arrival arrival;
    Connection& connection =
        attendance_.add(person, conversations.value_or(std::vector<std::string>{}), sink,
                        sources_.clock.now(), arrival);
    id = connection.id;
    connection.until = until;
    heartbeats_.emplace_back(sources_.clock.now() + micros(settings_.heartbeat), id);
    if (arrival.here) peers_.came(*connection.person);
    tell(arrival.met, "presence", presence_data(person, true));
    if (std::exchange(rooms_missed_, false)) peers_.ask_rooms();
    const std::string words = first_words(connection, place);
    if (words.empty()) {
      connection.waiting = std::make_unique<std::vector<KeptEventPointer>>();
      catch_up_to = positions_;
    } else {
      send(connection, words);
    }
    woken_ = true;
  }
  changed_.notify_all();
  sink->on_end([self = self_, id] {
    const std::scoped_lock lock(self->mutex);
    if (self->hub != nullptr) self->hub->ended(id);
  });
  if (catch_up_to) catch_up(id, person, *place, *catch_up_to);
  if (place) tell_pinned_of(id, person);
  return {};
}

void LiveHub::disconnect(std::string_view person) {
  const std::scoped_lock lock(mutex_);
  close_streams(person);
}

void LiveHub::close_streams(std::string_view person) {
  const Person* const known = attendance_.find(person);
  if (known == nullptr) return;
  for (Connection* connection : known->connections) connection->sink->close();
}

Status LiveHub::check_room_for(std::string_view person) {
  if (stopping_) return fail(ErrorCode::kUnavailable, "The service is stopping");
  if (attendance_.connections() >= settings_.connections_max) {
    return refuse(RefusalReason::kRateLimited, "Too many people are connected", kRetryAfterS);
  }
  const Person* known = attendance_.find(person);
  if (known != nullptr && known->connections.size() >= settings_.connections_of_person_max) {
    return refuse(RefusalReason::kRateLimited, "You have too many connections", kRetryAfterS);
  }
  return {};
}

std::string LiveHub::first_words(const Connection& connection,
                                 const std::optional<EventPlace>& place) {
  const std::string here = following_ ? place_text(stream_, positions_) : std::string();
  if (place && following_ && place->stream == stream_) {
    if (!ring_.is_complete_after(place->positions)) return {};
    std::string missed;
    for (const auto& event : ring_.events_after(place->positions, connection.person->id)) {
      missed += event->text_for(connection.person->id);
    }
    if (missed.size() <= kResumeSizeBytesMax) {
      ++metrics_.resumed;
      // Its id would say that the events after it have arrived.
      return ready_text(*connection.person, true, missed.empty() ? here : "") + missed;
    }
  }
  ++metrics_.not_resumed;
  return ready_text(*connection.person, false, here);
}

std::string LiveHub::ready_text(const Person& person, bool resumed, std::string_view id) {
  std::string online;
  for (const Person* other : attendance_.company_of(person)) {
    online += (online.empty() ? "" : ",") + json_string(other->id);
  }
  return event_text("ready", id, fmt::format(R"({{"resumed":{},"online":[{}]}})", resumed, online));
}

/// Reads the stream again for a connection that waits.
void LiveHub::catch_up(Attendance::ConnectionId id, std::string_view person,
                       const EventPlace& place, const client::StreamPositions& to) {
  const ReplayLimits limits{.records_max = settings_.resume_records_max,
                            .text_size_bytes_max = kResumeSizeBytesMax};
  const auto replayed = replay(sources_.database, sources_.clock, sources_.table, directory_,
                               person, place, to, limits);
  const std::scoped_lock lock(mutex_);
  Connection* connection = attendance_.find(id);
  if (connection == nullptr) return;
  const auto waiting = std::move(connection->waiting);
  const std::string here = following_ ? place_text(stream_, positions_) : std::string();
  std::string missed;
  bool resumed = replayed && !connection->waits_in_vain;
  if (resumed) {
    missed = replayed->text;
    for (const KeptEventPointer& event : *waiting) {
      if (!is_replayed(*event, replayed->positions)) missed += event->text_for(person);
    }
    resumed = missed.size() <= kResumeSizeBytesMax;
  }
  ++(resumed ? metrics_.resumed : metrics_.not_resumed);
  if (resumed) {
    send(*connection, ready_text(*connection->person, true, missed.empty() ? here : "") + missed);
  } else {
    send(*connection, ready_text(*connection->person, false, here));
  }
}

void LiveHub::ended(Attendance::ConnectionId id) {
  const std::scoped_lock lock(mutex_);
  const TimestampMicros now = sources_.clock.now();
  attendance_.remove(id, now + micros(settings_.presence_grace));
  if (attendance_.connections() == 0) last_left_at_ = now;
}

bool LiveHub::is_online(std::string_view person) const {
  const std::scoped_lock lock(mutex_);
  return attendance_.is_online(person);
}

HubMetrics LiveHub::metrics() const {
  const std::scoped_lock lock(mutex_);
  HubMetrics metrics = metrics_;
  metrics.connections = attendance_.connections();
  metrics.people = attendance_.people_here();
  metrics.processes = peers_.count();
  return metrics;
}

milliseconds LiveHub::tick() {
  const std::scoped_lock lock(mutex_);
  const TimestampMicros now = sources_.clock.now();
  send_heartbeats(now);
  end_presences(now);
  end_typings(now);
  peers_.tick(now);
  const bool is_idle =
      attendance_.people_online() == 0 && typing_.empty() && !peers_.are_possible();
  return is_idle ? kIdleInterval : kTickInterval;
}

void LiveHub::send_heartbeats(TimestampMicros now) {
  const TimestampMicros interval = micros(settings_.heartbeat);
  // An id without data is no event; the client keeps it all the same.
  const std::string id = following_ ? place_text(stream_, positions_) : std::string();
  const std::string text = id.empty() ? ":\n\n" : fmt::format(":\nid: {}\n\n", id);
  // All wait equally long, so they are in order; unless the clock was set back.
  while (!heartbeats_.empty() &&
         (heartbeats_.front().first <= now || heartbeats_.front().first > now + interval)) {
    const Attendance::ConnectionId connection_id = heartbeats_.front().second;
    heartbeats_.pop_front();
    Connection* connection = attendance_.find(connection_id);
    if (connection == nullptr || ends(*connection)) continue;
    static_cast<void>(connection->sink->send(connection->waiting ? ":\n\n" : text));
    heartbeats_.emplace_back(now + interval, connection_id);
  }
}

void LiveHub::end_presences(TimestampMicros now) {
  while (const auto departure = attendance_.take_departed(now)) {
    peers_.left(departure->person);
    if (departure->offline) {
      tell(departure->company, "presence", presence_data(departure->person, false));
    }
  }
}

void LiveHub::end_typings(TimestampMicros now) {
  for (auto each = typing_.begin(); each != typing_.end();) {
    if (each->second.until > now) {
      ++each;
      continue;
    }
    tell_typing(each->first.second, each->first.first, false, *each->second.members);
    each = typing_.erase(each);
  }
}

}  // namespace parley::messaging
