#include "messaging/live/stream_replay.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "messaging/live/event_ring.h"
#include "messaging/live/record_events.h"

namespace parley::messaging {
namespace {

// Of one person's replay; what is forgotten costs an event too many.
constexpr std::size_t kRememberedMax = 1'000;
constexpr TimestampMicros kMicrosPerSecond = 1'000'000;
// A shard of the stream is hardly ever further behind another one.
constexpr std::int64_t kRecentRecordsS = 60;

/// Gathers the person's events of the records it is given.
class Gathering final : public client::StreamHandler {
 public:
  /// `recent_s`: of records created since, the directory may not know the members yet.
  Gathering(MemberDirectory& directory, std::string_view person, std::uint32_t stream,
            std::int64_t recent_s)
      : directory_(directory), person_(person), stream_(stream), recent_s_(recent_s) {}

  void begins(std::string_view arn, const client::StreamPositions&) override {
    broken_ = broken_ || stream_hash(arn) != stream_;
  }
  void gap(std::string_view) override { broken_ = true; }
  bool handle(const client::StreamBatch& batch) override {
    for (const client::StreamRecord& record : batch.records) {
      const RecordMeaning meaning = events_.read(record);
      for (std::size_t index = 0; index < meaning.events.size(); ++index) {
        const std::string id =
            meaning.completes(index)
                ? place_text(stream_, batch.positions, batch.shard_id, record.sequence_number)
                : std::string();
        if (!add(meaning.events[index], id, record.created_at_s >= recent_s_)) return false;
      }
    }
    return true;
  }

  [[nodiscard]] bool broken() const { return broken_; }
  [[nodiscard]] std::string& text() { return text_; }

 private:
  bool add(const LiveEvent& event, const std::string& id, bool is_recent) {
    KeptEvent kept{.event = event, .id = id};
    if (kept.event.audience != Audience::kPerson) {
      auto members = directory_.members_of(kept.event.conversation);
      if (members && !contains(**members, person_) && is_recent) {
        members = members_now(kept.event.conversation);
      }
      if (!members) return false;
      kept.members = *std::move(members);
    }
    if (!kept.is_for(person_)) return true;
    text_ += kept.text_for(person_);
    return true;
  }

  Result<MemberList> members_now(const std::string& conversation) {
    const auto known = now_.find(conversation);
    if (known != now_.end()) return known->second;
    auto members = PARLEY_TRY(directory_.members_now(conversation));
    return now_.emplace(conversation, std::move(members)).first->second;
  }

  MemberDirectory& directory_;
  const std::string_view person_;
  const std::uint32_t stream_;
  const std::int64_t recent_s_;
  std::map<std::string, MemberList> now_;
  RecordEvents events_{kRememberedMax};
  bool broken_ = false;
  std::string text_;
};

/// Whether nothing up to `to` is missing. A target that is a time lies before the replay began: it
/// is reached once the shard has been silent, or the whole stream is (`at_rest`).
bool has_reached(const client::StreamPositions& positions, const client::StreamPositions& to,
                 const std::set<std::string, std::less<>>& been_silent, bool at_rest) {
  return std::ranges::all_of(to, [&](const auto& target) {
    const auto position = positions.find(target.first);
    const bool is_done = position != positions.end() && position->second == client::kShardDone;
    if (is_done) return true;
    if (!is_number(target.second)) return at_rest || been_silent.contains(target.first);
    return position != positions.end() && is_number(position->second) &&
           !is_before(position->second, target.second);
  });
}

}  // namespace

std::optional<Replayed> replay(client::Database& database, const Clock& clock,
                               std::string_view table, MemberDirectory& directory,
                               std::string_view person, const EventPlace& from,
                               const client::StreamPositions& to, const ReplayLimits& limits) {
  const std::int64_t recent_s = clock.now() / kMicrosPerSecond - kRecentRecordsS;
  Gathering gathering(directory, person, from.stream, recent_s);
  client::StreamWalk walk(database, clock, gathering,
                          {.table = std::string(table), .from = from.positions});
  std::set<std::string, std::less<>> been_silent;
  for (std::size_t rounds = 0; rounds < limits.rounds_max; ++rounds) {
    const auto round = walk.advance();
    been_silent.insert(round.silent.begin(), round.silent.end());
    if (gathering.broken() || round.failed || walk.stream_arn().empty() ||
        walk.records_read() > limits.records_max ||
        gathering.text().size() > limits.text_size_bytes_max) {
      return std::nullopt;
    }
    if (has_reached(walk.positions(), to, been_silent, !round.moved)) {
      return Replayed{.text = std::move(gathering.text()), .positions = walk.positions()};
    }
  }
  return std::nullopt;
}

}  // namespace parley::messaging
