// LiveHub: the Hub of a process, fed by a follower of the table's stream
// (client/stream_follower.h), whose handler it is.
//
// Whoever is connected has been told of everything up to the place that was last sent as an id: a
// batch of records and the place after it become visible under one lock. A client that comes back
// gets what it missed from the ring; where the ring does not reach, from the stream, while what
// comes meanwhile waits; else it is told to read again.
//
// People are told of a conversation's events when they are members of it as the stream says so far.
// The stream's shards are not ordered among each other: somebody who has been removed may still see
// a message of the moment after; what somebody who has come missed they are told when the
// membership comes.
//
// The members of large groups are told of their unread counts when a message has come, and when
// they come back: counted then, without an id, for no record says them.
//
// While nobody is connected, and has not been for a minute, records only move the place along.
//
// What is of the moment, typing and who is online, is in no record: the processes tell each other
// (peers.h), if there is something that carries their words.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "cache/redis_channel.h"
#include "client/database.h"
#include "client/stream_walk.h"
#include "messaging/live/attendance.h"
#include "messaging/live/event_place.h"
#include "messaging/live/event_ring.h"
#include "messaging/live/event_sink.h"
#include "messaging/live/hub.h"
#include "messaging/live/member_directory.h"
#include "messaging/live/peers.h"
#include "messaging/live/record_events.h"

namespace parley::messaging {

/// Where the hub gets what the stream does not say. Everything borrowed outlives it.
struct LiveHubSources {
  client::Database& database;  // for reading the stream again
  std::string table = {};
  const Clock& clock;
  /// Conversations::member_ids.
  MemberDirectory::Load members_of = {};
  /// The person's newest conversations, at most kRoomsOfPersonMax of them: for presence.
  std::function<Result<std::vector<std::string>>(std::string_view person)> conversations_of = {};
  /// Conversations::pinned_among and pinned_of, of at most kRoomsOfPersonMax conversations. Groups
  /// of at most `members_moved_max` members have nobody to count for when a message comes.
  std::function<Result<std::vector<MemberItem>>(std::string_view conversation,
                                                const std::vector<std::string>& people)>
      pinned_among = {};
  std::function<Result<std::vector<MemberItem>>(std::string_view person)> pinned_of = {};
  std::size_t members_moved_max = 100;
  /// PeerSettings' of the same names. What other processes publish comes in by heard().
  std::string process = {};
  std::function<void(std::string)> publish = {};
};

class LiveHub final : public Hub, public client::StreamHandler, public cache::ChannelListener {
 public:
  LiveHub(LiveHubSources sources, const HubSettings& settings);
  /// Stops. The follower must have stopped before.
  ~LiveHub() override;

  /// Starts the thread that calls tick().
  void start();
  /// Blocks until the stream has been found, at most so long: who comes before then cannot go on
  /// where an earlier stream ended.
  void wait_until_following(std::chrono::milliseconds time_max);
  /// Closes every stream and takes no more. Idempotent.
  void stop();

  [[nodiscard]] Status connect(std::string_view person, std::string_view last_event_id,
                               std::shared_ptr<net::ReplyStream> stream,
                               TimestampMicros until) override;
  [[nodiscard]] Status connect(std::string_view person, std::string_view last_event_id,
                               const std::shared_ptr<EventSink>& sink, TimestampMicros until = 0);
  void disconnect(std::string_view person) override;
  void typing(std::string_view person, std::string_view conversation, bool typing) override;
  [[nodiscard]] bool is_online(std::string_view person) const override;
  [[nodiscard]] HubMetrics metrics() const override;

  // The follower's.
  void begins(std::string_view stream_arn, const client::StreamPositions& positions) override;
  [[nodiscard]] bool handle(const client::StreamBatch& batch) override;
  void gap(std::string_view why) override;

  // The channel's on which the processes talk.
  void heard(std::string_view text) override;
  void restored() override;

  /// Does what is due: heartbeats, the end of typing and of presence. Returns how long nothing can
  /// become due.
  std::chrono::milliseconds tick();

 private:
  using Connection = Attendance::Connection;
  using Person = Attendance::Person;
  /// Members of the conversations of one batch.
  using Members = std::map<std::string, MemberList, std::less<>>;
  struct Typing {
    MemberList members;
    TimestampMicros until;
  };
  /// By conversation whose unread counts are to be told; nobody: of every member who is online.
  using PinnedChanges = std::map<std::string, std::set<std::string>, std::less<>>;
  using TypingKey = std::pair<std::string, std::string>;  // conversation, person
  /// How streams that outlive the hub find it, or find that it is gone.
  struct Self {
    std::mutex mutex;
    LiveHub* hub;
  };

  [[nodiscard]] Status check_room_for(std::string_view person);
  /// What the connection is told first, where the stream need not be read again; empty otherwise.
  [[nodiscard]] std::string first_words(const Connection& connection,
                                        const std::optional<EventPlace>& place);
  [[nodiscard]] std::string ready_text(const Person& person, bool resumed, std::string_view id);
  void catch_up(Attendance::ConnectionId id, std::string_view person, const EventPlace& place,
                const client::StreamPositions& to);
  void ended(Attendance::ConnectionId id);

  [[nodiscard]] bool nobody_listens() const;
  void pass_over(const client::StreamPositions& positions);
  [[nodiscard]] bool load_members(const client::StreamBatch& batch, Members& members);
  void take_record(const client::StreamBatch& batch, const client::StreamRecord& record,
                   Members& members, PinnedChanges& pinned);
  void note_pinned(const PinnedChange& change, const Members& members, PinnedChanges& pinned);
  void tell_pinned(const PinnedChanges& pinned);
  void tell_pinned_of(Attendance::ConnectionId id, std::string_view person);
  void take_membership(const MembershipChange& change);
  void deliver(const KeptEventPointer& event);
  void tell_newcomer(const MembershipChange& membership, std::int64_t record_s);
  static void wait(Connection& connection, KeptEventPointer event);
  void send(Connection& connection, std::string_view text);
  [[nodiscard]] bool ends(Connection& connection);
  void tell(const std::vector<Person*>& people, std::string_view name, std::string_view data);
  void tell_typing(std::string_view person, std::string_view conversation, bool typing,
                   const std::vector<std::string>& members);
  void note_typing_elsewhere(const PeerWord& word);
  void set_typing(std::string_view person, std::string_view conversation, bool typing,
                  MemberList members);
  void end_typing(std::string_view person, std::string_view conversation);
  void close_streams(std::string_view person);
  void send_heartbeats(TimestampMicros now);
  void end_presences(TimestampMicros now);
  void end_typings(TimestampMicros now);
  void run();

  const LiveHubSources sources_;
  const HubSettings settings_;
  const std::shared_ptr<Self> self_;
  MemberDirectory directory_;
  RecordEvents events_;  // the follower's thread alone

  mutable std::mutex mutex_;  // guards what follows
  Attendance attendance_;
  Peers peers_;
  bool rooms_missed_ = false;  // records have passed that may have changed who is in which room
  EventRing ring_;
  bool following_ = false;  // the stream was found
  std::uint32_t stream_ = 0;
  client::StreamPositions positions_;
  TimestampMicros last_left_at_ = 0;
  std::deque<std::pair<TimestampMicros, Attendance::ConnectionId>> heartbeats_;
  std::map<TypingKey, Typing> typing_;
  std::uint64_t pinned_told_ = 0;  // how often counts of pinned members were told
  HubMetrics metrics_;
  bool woken_ = false;
  bool stopping_ = false;
  std::condition_variable changed_;
  std::thread thread_;
};

}  // namespace parley::messaging
