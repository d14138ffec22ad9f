// Attendance: who is connected to this process, how often, who is connected to others, and who of
// them share a conversation.
//
// A person is here from the first connection until some time after the last one, so that reloading
// a page is no departure; and online while here or at another process. A room is a conversation
// with the people online who are in it; of one person only the newest conversations count, a bound
// on what a presence costs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "messaging/live/event_ring.h"
#include "messaging/live/event_sink.h"

namespace parley::messaging {

inline constexpr std::size_t kRoomsOfPersonMax = 200;

/// Not thread-safe.
class Attendance {
 public:
  using ConnectionId = std::uint64_t;

  struct Room;
  struct Person;
  struct Connection {
    ConnectionId id = 0;
    Person* person = nullptr;
    std::shared_ptr<EventSink> sink = {};
    TimestampMicros until = 0;  // 0: for ever
    /// What came while earlier events are still being read again; engaged only then.
    std::unique_ptr<std::vector<KeptEventPointer>> waiting = {};
    bool waits_in_vain = false;  // too much came, or the stream is another one now
  };
  struct Person {
    std::string id = {};
    std::vector<Connection*> connections = {};
    std::vector<Room*> rooms = {};
    bool is_here = false;
    TimestampMicros leaves_at = 0;            // while here without a connection
    std::vector<std::string> elsewhere = {};  // the other processes, each once
  };
  struct Room {
    std::string conversation = {};
    std::vector<Person*> people = {};
  };

  /// What a connection, or another process's word, has changed.
  struct Arrival {
    bool here = false;              // the person had no connection to this process
    std::vector<Person*> met = {};  // who share a room with them and did not know they are online
  };
  /// Somebody is here, or at another process, no longer.
  struct Departure {
    std::string person = {};
    bool offline = false;               // there is no other process
    std::vector<Person*> company = {};  // of who is offline: those who shared a room
  };

  /// Null if the person is not online. Valid until the person leaves.
  [[nodiscard]] Person* find(std::string_view person);
  [[nodiscard]] bool is_online(std::string_view person) const { return people_.contains(person); }
  [[nodiscard]] bool is_here(std::string_view person) const;
  [[nodiscard]] Connection* find(ConnectionId connection);
  [[nodiscard]] std::size_t connections() const { return connections_.size(); }
  [[nodiscard]] std::size_t people_here() const { return here_; }
  [[nodiscard]] std::size_t people_online() const { return people_.size(); }

  /// Who was not here is now in the rooms of `conversations`. The connection's address stays.
  Connection& add(std::string_view person, const std::vector<std::string>& conversations,
                  std::shared_ptr<EventSink> sink, TimestampMicros now, Arrival& arrival);
  /// A person without another connection will leave at `leaves_at`; give it in ascending order.
  void remove(ConnectionId connection, TimestampMicros leaves_at);
  /// Takes out one of those who have left by `now`.
  [[nodiscard]] std::optional<Departure> take_departed(TimestampMicros now);

  /// The person is connected to `process`. Who comes online by that is in the rooms of
  /// `conversations`, and so is with `moves` who is not here: else it is known by the stream.
  [[nodiscard]] Arrival arrive_elsewhere(std::string_view process, std::string_view person,
                                         const std::vector<std::string>& conversations, bool moves,
                                         TimestampMicros now);
  /// Nothing if the person was not known to be there.
  [[nodiscard]] std::optional<Departure> leave_elsewhere(std::string_view process,
                                                         std::string_view person);

  /// Somebody has become, or is no longer, a member. For half a minute whoever comes with a list of
  /// conversations, which may have been made before, has it put right by this.
  void remember(std::string_view person, std::string_view conversation, bool is_member,
                TimestampMicros now);
  /// False: nothing changes, or the person is not online.
  bool enter_room(std::string_view person, std::string_view conversation);
  void leave_room(std::string_view person, std::string_view conversation);
  /// Those who share a room with the person, each once, ordered by id.
  [[nodiscard]] std::vector<Person*> company_of(const Person& person) const;
  /// The people online in a conversation.
  [[nodiscard]] std::vector<Person*> people_in(std::string_view conversation) const;

  /// Calls `visit` for each person online who is in the event's audience.
  void for_audience(const KeptEvent& event, const std::function<void(Person&)>& visit);
  void for_each(const std::function<void(Connection&)>& visit);
  void for_each_here(const std::function<void(const Person&)>& visit) const;

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  struct Membership {
    std::string person;
    std::string conversation;
    bool is_member;
    TimestampMicros at;
  };
  template <class Value>
  using ByText = std::unordered_map<std::string, std::unique_ptr<Value>, TextHash, std::equal_to<>>;

  Person& come_online(std::string_view person);
  /// After the person left one process.
  [[nodiscard]] Departure depart(Person& person);
  std::vector<Person*> move_to(Person& person, std::vector<std::string> conversations,
                               TimestampMicros now);
  bool enter(Person& person, std::string_view conversation);
  void leave(Person& person, Room& room);

  ByText<Person> people_;
  std::size_t here_ = 0;  // of people_
  ByText<Room> rooms_;
  std::unordered_map<ConnectionId, std::unique_ptr<Connection>> connections_;
  std::deque<std::pair<TimestampMicros, std::string>> leaving_;
  std::deque<Membership> recent_;  // oldest first
  ConnectionId next_connection_ = 1;
};

}  // namespace parley::messaging
