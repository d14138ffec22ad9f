// Peers: the other processes that serve the table, as far as they are heard of, and what this one
// says to them: who is connected where, so that people see those at other processes online.
//
// Nothing of it is kept anywhere but in the processes. One that has come, or may have missed
// something, says hello, and all say again who is connected to them; what somebody says in full
// replaces what was known of them. Who has been silent for too long is gone, with everybody there.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "messaging/live/attendance.h"
#include "messaging/live/peer_word.h"

namespace parley::messaging {

struct PeerSettings {
  std::string process = {};  // the name of this one; no other has it
  /// Sends a text to all of them, or drops it and later lets `say_all` be called. Must not block.
  /// Empty: there are no others.
  std::function<void(std::string)> publish = {};
  std::chrono::seconds alive_interval{5};
  std::chrono::seconds silence_max{15};
};

/// Not thread-safe. Borrows the attendance, in which it puts those who are elsewhere.
class Peers {
 public:
  /// Told of who has come online or gone offline by a peer's word; `company` shares a room.
  using Tell = std::function<void(std::string_view person, bool online,
                                  const std::vector<Attendance::Person*>& company)>;

  Peers(PeerSettings settings, Attendance& attendance, Tell tell);

  [[nodiscard]] bool are_possible() const { return static_cast<bool>(settings_.publish); }
  [[nodiscard]] std::size_t count() const { return peers_.size(); }

  // What happens here. Each returns at once.
  void came(const Attendance::Person& person);
  void left(std::string_view person);
  void typing(std::string_view person, std::string_view conversation, bool typing);
  void ended(std::string_view person);
  /// Says who is here, and asks all others to do so.
  void say_all();
  /// Asks all others who is there.
  void ask_all();
  void gone();

  /// A word of another process about its people; this process's own, and those of other kinds, are
  /// passed over.
  void take(const PeerWord& word, TimestampMicros now);
  [[nodiscard]] bool is_own(const PeerWord& word) const { return word.from == settings_.process; }
  /// Does what is due: a sign of life, and the end of those who give none.
  void tick(TimestampMicros now);

 private:
  struct Peer {
    TimestampMicros heard_at = 0;
    std::set<std::string, std::less<>> people = {};
    std::optional<std::set<std::string, std::less<>>> confirmed = {};  // while it says all of them
  };
  using ByName = std::map<std::string, Peer, std::less<>>;

  void publish(PeerWord word);
  void say_people();
  void take_people(Peer& peer, const PeerWord& word);
  void take_departure(Peer& peer, std::string_view process, const std::string& person);
  ByName::iterator forget(ByName::iterator peer);

  const PeerSettings settings_;
  Attendance& attendance_;
  const Tell tell_;
  ByName peers_;
  TimestampMicros alive_at_ = 0;  // when the last sign of life was given
};

}  // namespace parley::messaging
