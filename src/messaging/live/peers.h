// Peers: the other processes that serve the table, as far as they are heard of, and what this one
// says to them: who is connected where, so that people see those at other processes online.
//
// Nothing of it is kept anywhere but in the processes. One that has come, or may have missed
// something, says hello, and all say again who is connected to them: piece by piece, and however
// many ask, once a second at most. What somebody says in full replaces what was known of them. Who
// has been silent for too long is gone, with everybody there.
//
// With the people come the conversations they are in. Of who is online already these are not heard:
// memberships come by the stream, which may be further on than the one who speaks; unless records
// have been missed here (`ask_rooms`).
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
  std::string process = {};  // the name of this one; no other has it, ever
  /// Sends a text to all of them, or drops it and later lets `say_all` be called. Must not block.
  /// Empty: there are no others.
  std::function<void(std::string)> publish = {};
  std::chrono::seconds alive_interval{5};
  std::chrono::seconds silence_max{15};
  std::chrono::seconds grace{10};  // for those who come back from a process that has ended
};

/// Not thread-safe. Borrows the attendance, in which it puts those who are elsewhere.
class Peers {
 public:
  /// `company` is to be told that the person has come online or gone offline.
  using Tell = std::function<void(std::string_view person, bool online,
                                  const std::vector<Attendance::Person*>& company)>;

  Peers(PeerSettings settings, Attendance& attendance, Tell tell);

  [[nodiscard]] bool are_possible() const { return static_cast<bool>(settings_.publish); }
  [[nodiscard]] std::size_t count() const { return peers_.size(); }

  // What happens here. Each returns at once.
  void came(const Attendance::Person& person);
  void left(std::string_view person);
  void typing(std::string_view person, std::string_view conversation, bool typing);
  /// Words may have been lost: says who is here, and asks all others to do so.
  void say_all(TimestampMicros now);
  /// Records may have been missed: asks all others, and hears which conversations people are in.
  void ask_rooms();
  /// This process ends. The last word.
  void gone();

  /// A word of another process; of other matters than people, and this process's own, none is
  /// heard.
  void take(const PeerWord& word, TimestampMicros now);
  [[nodiscard]] bool is_own(const PeerWord& word) const { return word.from == settings_.process; }
  /// Does what is due: a piece of what is being said, a sign of life, the end of those who give
  /// none. To be called about twice a second.
  void tick(TimestampMicros now);

 private:
  struct Peer {
    TimestampMicros heard_at = 0;
    bool is_gone = false;     // it said so at heard_at
    bool moves_next = false;  // what it begins to say in full next moves people to other rooms
    bool moves = false;       // what it is saying in full does
    std::set<std::string, std::less<>> people = {};
    std::optional<std::set<std::string, std::less<>>> confirmed = {};  // while it says all of them
  };
  using ByName = std::map<std::string, Peer, std::less<>>;

  void publish(PeerWord word);
  void say_people(TimestampMicros now);
  void take_people(Peer& peer, const PeerWord& word, TimestampMicros now);
  void take_departure(Peer& peer, std::string_view process, const std::string& person);
  void forget_silent(TimestampMicros now);

  const PeerSettings settings_;
  Attendance& attendance_;
  const Tell tell_;
  ByName peers_;
  bool is_over_ = false;           // the last word was said
  bool is_asked_ = false;          // somebody waits for all who are here
  TimestampMicros said_at_ = 0;    // when saying them began last
  std::vector<std::string> rest_;  // of those who are being said: the last comes next
  bool is_saying_ = false;
  TimestampMicros alive_at_ = 0;  // when the last sign of life was given
  TimestampMicros ticked_at_ = 0;
};

}  // namespace parley::messaging
