// PeerWord: what processes that serve one table say to each other over a channel that keeps nothing
// (cache/redis_channel.h): who is connected to them, and who is typing. docs/formats/peer-words.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::messaging {

struct PeerPerson {
  std::string id = {};
  std::vector<std::string> conversations = {};  // the newest, at most kRoomsOfPersonMax

  bool operator==(const PeerPerson&) const = default;
};

struct PeerWord {
  enum class Kind : std::uint8_t {
    kHello,   // say who is connected to you: all, or the process `to`
    kPeople,  // who is connected to the process: one part of all of them, from `first` to `last`
    kHere,    // `people` have come to the process
    kLeft,    // `person` has left it
    kTyping,  // `person` is typing in `conversation`, or not any more
    kAlive,   // nothing new
    kGone,    // the process ends, and with it its connections
  };

  Kind kind = Kind::kAlive;
  std::string from = {};  // the process
  std::string to = {};
  bool first = false;
  bool last = false;
  std::vector<PeerPerson> people = {};
  std::string person = {};
  std::string conversation = {};
  bool typing = false;

  bool operator==(const PeerWord&) const = default;
};

/// One line of JSON.
[[nodiscard]] std::string text_of(const PeerWord& word);

/// Nothing if it is no word, or one of a kind that is not known here: of a newer program.
[[nodiscard]] std::optional<PeerWord> parse_peer_word(std::string_view text);

}  // namespace parley::messaging
