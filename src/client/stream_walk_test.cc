// A walk over a model of a stream: order, positions, and what may go wrong.
#include "client/stream_walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "client/test_stream_model.h"

namespace parley::client {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

constexpr TimestampMicros kNow = 1'000 * TimestampMicros{1'000'000};

/// Keeps what it is told.
class Notes final : public StreamHandler {
 public:
  void begins(std::string_view, const StreamPositions& start) override { begun.push_back(start); }
  bool handle(const StreamBatch& batch) override {
    if (refuse > 0) {
      --refuse;
      return false;
    }
    for (const StreamRecord& record : batch.records) {
      values.push_back(std::stoi(std::string(std::string_view(record.keys["n"]["N"]))));
    }
    positions = batch.positions;
    return true;
  }
  void gap(std::string_view why) override { gaps.emplace_back(why); }

  std::vector<int> values;
  std::vector<std::string> gaps;
  std::vector<StreamPositions> begun;
  StreamPositions positions;
  int refuse = 0;
};

struct Walking {
  explicit Walking(StreamModel& stream, std::optional<StreamPositions> from = StreamPositions{},
                   std::size_t batch = 1000)
      : walk(stream, clock, notes,
             {.table = "t", .from = std::move(from), .records_per_batch_max = batch}) {}
  /// Rounds until nothing moves and nothing is to be tried again soon.
  void settle() {
    for (int i = 0; i < 1'000; ++i) {
      const auto round = walk.advance();
      if (!round.moved && !round.failed) return;
      if (!round.moved) clock.advance(round.wait);
    }
    ADD_FAILURE() << "the walk does not come to rest";
  }
  std::vector<int> read() {
    settle();
    return std::exchange(notes.values, {});
  }
  ManualClock clock{kNow};
  Notes notes;
  StreamWalk walk;
};

TEST(StreamWalk, FromNowOnGivesOnlyWhatComesAfterTheFirstRound) {
  StreamModel stream;
  const std::string shard = stream.enable();
  stream.put(shard, 1);
  Walking walking(stream, std::nullopt);
  EXPECT_THAT(walking.read(), IsEmpty());
  stream.put(shard, 2);
  stream.put(shard, 3);
  EXPECT_THAT(walking.read(), ElementsAre(2, 3));
  EXPECT_THAT(walking.notes.gaps, IsEmpty());
  EXPECT_THAT(walking.notes.begun, ElementsAre(ElementsAre(Pair(shard, "@990.000000"))));
}

TEST(StreamWalk, GoesOnAfterItsPositions) {
  StreamModel stream;
  const std::string shard = stream.enable();
  stream.put(shard, 1);
  const std::string second = stream.put(shard, 2);
  stream.put(shard, 3);
  Walking walking(stream, StreamPositions{{shard, second}});
  EXPECT_THAT(walking.read(), ElementsAre(3));
  EXPECT_THAT(walking.notes.gaps, IsEmpty());
}

TEST(StreamWalk, APositionOfTimeSkipsWhatWasCreatedBefore) {
  StreamModel stream;
  const std::string shard = stream.enable();
  stream.put(shard, 0, 499);  // a page that is passed over is no end of the shard
  stream.put(shard, 1, 500);
  stream.put(shard, 2, 501);
  stream.put(shard, 3, 500);  // after one that counts, everything counts
  Walking walking(stream, StreamPositions{{shard, "@501.999999"}}, 1);
  EXPECT_THAT(walking.read(), ElementsAre(2, 3));
}

TEST(StreamWalk, AShardWithoutPositionIsReadFromItsBeginning) {
  StreamModel stream;
  const std::string shard = stream.enable();
  stream.put(shard, 1);
  Walking walking(stream);
  EXPECT_THAT(walking.read(), ElementsAre(1));
}

TEST(StreamWalk, ChildrenComeAfterTheirParents) {
  StreamModel stream;
  const std::string parent = stream.enable();
  stream.put(parent, 1);
  const auto children = stream.split(parent, 2);
  stream.put(children[0], 2);
  const auto grandchildren = stream.split(children[0], 1);
  stream.put(grandchildren[0], 3);
  Walking walking(stream, StreamPositions{}, 1);
  EXPECT_THAT(walking.read(), ElementsAre(1, 2, 3));
}

TEST(StreamWalk, AShardThatSplitsWhileItIsFollowedLosesNothing) {
  StreamModel stream;
  const std::string parent = stream.enable();
  Walking walking(stream, std::nullopt);
  walking.settle();
  stream.put(parent, 1);
  const auto children = stream.split(parent, 2);
  stream.put(children[1], 2);
  EXPECT_THAT(walking.read(), ElementsAre(1, 2));
  // Where it stands is said by the children; one has given nothing yet.
  EXPECT_THAT(walking.walk.positions(),
              UnorderedElementsAre(Pair(parent, "."), Pair(children[1], testing::_)));
  stream.put(children[0], 3);
  EXPECT_THAT(walking.read(), ElementsAre(3));
}

TEST(StreamWalk, AnAncestorOfAPositionIsNotReadAgain) {
  StreamModel stream;
  const std::string parent = stream.enable();
  stream.put(parent, 1);
  const auto children = stream.split(parent, 1);
  const auto grandchildren = stream.split(children[0], 1);
  const std::string number = stream.put(grandchildren[0], 2);
  stream.put(grandchildren[0], 3);
  Walking walking(stream, StreamPositions{{grandchildren[0], number}});
  EXPECT_THAT(walking.read(), ElementsAre(3));
  EXPECT_THAT(walking.notes.gaps, IsEmpty());
}

TEST(StreamWalk, ABatchThatIsNotHandledIsGivenAgainAndItsPositionStays) {
  StreamModel stream;
  const std::string shard = stream.enable();
  Walking walking(stream);
  walking.settle();
  stream.put(shard, 1);
  walking.notes.refuse = 1;
  const auto round = walking.walk.advance();
  EXPECT_TRUE(round.failed);
  EXPECT_EQ(round.wait, std::chrono::milliseconds(100));
  EXPECT_THAT(walking.walk.positions(), IsEmpty());
  EXPECT_FALSE(walking.walk.last_failure().empty());
  walking.clock.advance(round.wait);
  walking.notes.refuse = 3;
  EXPECT_THAT(walking.read(), ElementsAre(1));
}

TEST(StreamWalk, PausesAfterFailuresDoubleUpToTheirBound) {
  StreamModel stream;
  const std::string shard = stream.enable();
  Walking walking(stream);
  walking.settle();
  stream.put(shard, 1);
  walking.notes.refuse = 10;
  std::vector<long> pauses;
  for (int i = 0; i < 8; ++i) {
    const auto round = walking.walk.advance();
    pauses.push_back(round.wait.count());
    // Asked too early it does nothing.
    const std::size_t calls = stream.calls.size();
    EXPECT_FALSE(walking.walk.advance().failed);
    EXPECT_EQ(stream.calls.size(), calls);
    walking.clock.advance(round.wait);
  }
  EXPECT_THAT(pauses, ElementsAre(100, 200, 400, 800, 1'600, 3'200, 5'000, 5'000));
}

TEST(StreamWalk, AnExpiredIteratorIsReplacedWithoutAGap) {
  StreamModel stream;
  const std::string shard = stream.enable();
  Walking walking(stream, std::nullopt);
  stream.put(shard, 0, 500);
  walking.settle();
  stream.expire_iterators();
  stream.put(shard, 1);  // while no number is known
  EXPECT_THAT(walking.read(), ElementsAre(1));
  stream.expire_iterators();
  stream.put(shard, 2);
  EXPECT_THAT(walking.read(), ElementsAre(2));
  EXPECT_THAT(walking.notes.gaps, IsEmpty());
}

TEST(StreamWalk, TrimmedRecordsAreAGap) {
  StreamModel stream;
  const std::string shard = stream.enable();
  const std::string first = stream.put(shard, 1);
  stream.put(shard, 2);
  stream.trim(shard);
  stream.put(shard, 3);
  Walking walking(stream, StreamPositions{{shard, first}});
  EXPECT_THAT(walking.read(), ElementsAre(3));
  EXPECT_EQ(walking.notes.gaps.size(), 1U);
  EXPECT_THAT(walking.notes.begun.back(), IsEmpty());
}

TEST(StreamWalk, TrimmedUnderAnIteratorIsAGapToo) {
  StreamModel stream;
  const std::string shard = stream.enable();
  Walking walking(stream);
  stream.put(shard, 1);
  EXPECT_THAT(walking.read(), ElementsAre(1));
  stream.put(shard, 2);
  stream.trim(shard);
  stream.put(shard, 3);
  EXPECT_THAT(walking.read(), ElementsAre(3));
  EXPECT_EQ(walking.notes.gaps.size(), 1U);
}

TEST(StreamWalk, APositionInAShardThatIsGoneIsAGap) {
  StreamModel stream;
  const std::string shard = stream.enable();
  stream.put(shard, 1);
  Walking walking(stream, StreamPositions{{"shard-of-old", "77"}});
  EXPECT_THAT(walking.read(), ElementsAre(1));
  EXPECT_EQ(walking.notes.gaps.size(), 1U);
  Walking done(stream, StreamPositions{{"shard-of-old", "."}});
  EXPECT_THAT(done.read(), ElementsAre(1));
  EXPECT_THAT(done.notes.gaps, IsEmpty());
}

TEST(StreamWalk, AShardThatGoesBeforeItsEndIsAGap) {
  StreamModel stream;
  const std::string shard = stream.enable();
  const auto children = stream.split(shard, 2);
  stream.put(children[0], 1);
  Walking walking(stream);
  EXPECT_THAT(walking.read(), ElementsAre(1));
  stream.forget(children[0]);
  EXPECT_THAT(walking.read(), IsEmpty());
  EXPECT_EQ(walking.notes.gaps.size(), 1U);
}

TEST(StreamWalk, AStreamSwitchedOffAndOnIsFollowedFromTheNewOnesBeginning) {
  StreamModel stream;
  std::string shard = stream.enable();
  Walking walking(stream, std::nullopt);
  walking.settle();
  stream.put(shard, 1);
  stream.disable();
  EXPECT_THAT(walking.read(), ElementsAre(1));
  shard = stream.enable();
  stream.put(shard, 2);
  for (int i = 0; i < 20; ++i) walking.clock.advance(walking.walk.advance().wait);
  EXPECT_THAT(walking.read(), ElementsAre(2));
  EXPECT_EQ(walking.notes.gaps.size(), 1U);
  EXPECT_EQ(walking.walk.stream_arn(), stream.arn());
  EXPECT_EQ(walking.notes.begun.size(), 2U);
}

TEST(StreamWalk, AStreamThatComesLaterIsFollowedFromItsBeginning) {
  StreamModel stream;
  Walking walking(stream, std::nullopt);
  walking.settle();
  EXPECT_THAT(walking.notes.begun, IsEmpty());
  const std::string shard = stream.enable();
  stream.put(shard, 1);
  walking.clock.advance(std::chrono::seconds(6));
  EXPECT_THAT(walking.read(), ElementsAre(1));
  EXPECT_THAT(walking.notes.gaps, IsEmpty());
}

TEST(StreamWalk, ReadsDescriptionsOfManyPages) {
  StreamModel stream;
  stream.described_page_size = 2;
  const auto children = stream.split(stream.enable(), 7);
  for (int i = 0; i < 7; ++i) stream.put(children[static_cast<std::size_t>(i)], i);
  Walking walking(stream);
  EXPECT_THAT(walking.read(), UnorderedElementsAre(0, 1, 2, 3, 4, 5, 6));
}

TEST(StreamWalk, SurvivesEveryErrorAtEveryCall) {
  for (const std::string_view type :
       {"InternalServerError", "ThrottlingException", "LimitExceededException",
        "ExpiredIteratorException", "ResourceNotFoundException"}) {
    for (std::size_t at = 0; at < 12; ++at) {
      StreamModel stream;
      const std::string shard = stream.enable();
      stream.put(shard, 1);
      const auto children = stream.split(shard, 1);
      stream.put(children[0], 2);
      stream.failures.assign(at, "");
      stream.failures.emplace_back(type);
      Walking walking(stream);
      walking.settle();
      walking.clock.advance(std::chrono::seconds(31));
      walking.settle();
      // "Not found" of the stream itself means that it is gone; then all is read again.
      const std::set<int> values(walking.notes.values.begin(), walking.notes.values.end());
      EXPECT_THAT(values, ElementsAre(1, 2)) << type << " at call " << at;
      if (type != "ResourceNotFoundException") {
        EXPECT_THAT(walking.notes.values, ElementsAre(1, 2)) << type << " at call " << at;
        EXPECT_THAT(walking.notes.gaps, IsEmpty()) << type << " at call " << at;
      }
    }
  }
}

/// Random histories: records, splits, failures, expired iterators and restarts from what a handler
/// stored last. Every record comes, in the order of its shard and after those of its parents, and
/// never a gap.
TEST(StreamWalk, RandomHistoriesLoseNothing) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    const auto pick = [&random](std::size_t n) { return random() % n; };
    StreamModel stream;
    stream.page_size = 1 + pick(4);
    std::map<std::string, std::vector<std::string>> line;  // of a shard: it and its ancestors
    std::map<int, std::string> shard_of;
    std::vector<std::string> open{stream.enable()};
    line[open[0]] = {open[0]};
    StreamPositions stored;
    std::vector<int> handled;
    auto walking = std::make_unique<Walking>(stream, stored);
    int next = 0;
    const auto collect = [&] {
      handled.insert(handled.end(), walking->notes.values.begin(), walking->notes.values.end());
      if (!walking->notes.values.empty()) stored = walking->notes.positions;
      walking->notes.values.clear();
      EXPECT_THAT(walking->notes.gaps, IsEmpty()) << "seed " << seed;
    };
    for (int step = 0; step < 150; ++step) {
      const std::size_t what = pick(20);
      if (what < 9) {
        const std::string& shard = open[pick(open.size())];
        shard_of[next] = shard;
        stream.put(shard, next++);
      } else if (what < 15) {
        walking->clock.advance(walking->walk.advance().wait);
        collect();
      } else if (what == 15 && open.size() < 6) {
        const std::size_t at = pick(open.size());
        const std::string parent = open[at];
        open.erase(open.begin() + static_cast<std::ptrdiff_t>(at));
        for (const auto& child : stream.split(parent, 1 + static_cast<int>(pick(2)))) {
          line[child] = line[parent];
          line[child].push_back(child);
          open.push_back(child);
        }
      } else if (what == 16) {
        stream.expire_iterators();
      } else if (what == 17) {
        walking->notes.refuse = static_cast<int>(pick(3));
      } else if (what == 18) {
        stream.failures.assign(pick(4), "");
        stream.failures.emplace_back("InternalServerError");
      } else if (what == 19) {
        walking = std::make_unique<Walking>(stream, stored);
      }
    }
    stream.failures.clear();
    walking->notes.refuse = 0;
    for (int i = 0; i < 200; ++i) walking->clock.advance(walking->walk.advance().wait);
    collect();
    std::map<int, std::size_t> first;  // where a record came first
    for (std::size_t i = 0; i < handled.size(); ++i) first.emplace(handled[i], i);
    ASSERT_EQ(first.size(), static_cast<std::size_t>(next)) << "seed " << seed;
    for (int one = 0; one < next; ++one) {
      for (int other = one + 1; other < next; ++other) {
        const auto& ancestors = line[shard_of[other]];
        if (std::ranges::find(ancestors, shard_of[one]) == ancestors.end()) continue;
        EXPECT_LT(first[one], first[other]) << "seed " << seed;
      }
    }
  }
}

}  // namespace
}  // namespace parley::client
