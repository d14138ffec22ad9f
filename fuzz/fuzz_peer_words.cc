// Each line is a word that another process says. A word that is read is written so that it is read
// as the same again; and whatever was said, when all have been silent nobody is online any more.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "messaging/live/attendance.h"
#include "messaging/live/peer_word.h"
#include "messaging/live/peers.h"

using namespace parley;
using namespace parley::messaging;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr TimestampMicros kTick = 500'000;
  Attendance attendance;
  std::size_t said = 0;
  Peers peers({.process = "me", .publish = [&](const std::string&) { ++said; }}, attendance,
              [](std::string_view, bool, const std::vector<Attendance::Person*>& company) {
                for (const auto* person : company) PARLEY_ASSERT(!person->id.empty());
              });
  TimestampMicros now = 1'767'225'600'000'000;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  for (std::size_t lines = 0; !text.empty() && lines < 200; ++lines) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const auto word = parse_peer_word(line);
    if (!word) continue;
    PARLEY_ASSERT(parse_peer_word(text_of(*word)) == word);
    peers.take(*word, now += 1'000);
  }
  for (int ticks = 0; ticks < 32; ++ticks) peers.tick(now += kTick);
  PARLEY_ASSERT(peers.count() == 0 && attendance.people_online() == 0);
  return 0;
}
