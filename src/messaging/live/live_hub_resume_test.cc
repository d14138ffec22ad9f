// Coming back: from the ring, from the stream, to another process, or not at all.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "messaging/live/live_hub.h"
#include "messaging/live/test_live_hub.h"

namespace parley::messaging {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::string_view kResumed = R"(ready {"resumed":true,"online":[]})";
constexpr std::string_view kNotResumed = R"(ready {"resumed":false,"online":[]})";

/// The first words and then the texts of messages.
std::vector<std::string> words_of(TestSink& sink) {
  std::vector<std::string> words;
  for (const std::string& event : sink.take()) {
    words.push_back(event.starts_with("message ") ? text_of_message(event) : event);
  }
  return words;
}

struct Table : TestLiveTable {
  Table() {
    for (int i = 0; i < 8; ++i) members[fmt::format("g{}", i)] = {"ann", "bob"};
    members["foreign"] = {"bob", "cat"};
  }
};

TEST(LiveHubResume, TheRingGivesWhatWasMissedInItsOrder) {
  Table table;
  TestLiveHub live(table);
  const auto ann = live.connect("ann");
  ann->leave();
  std::vector<std::string> expected{std::string(kResumed)};
  for (int n = 0; n < 30; ++n) {
    table.say(fmt::format("g{}", n % 8), "bob", n);
    table.say("foreign", "bob", n);
    live.settle();
    expected.push_back(fmt::format("g{} {}", n % 8, n));
  }
  const std::size_t loads = static_cast<std::size_t>(table.loads);
  const auto back = live.connect("ann", ann->last_id);
  EXPECT_THAT(words_of(*back), testing::ElementsAreArray(expected));
  // Nothing is told twice, and the live events follow.
  table.say("g0", "bob", 100);
  live.settle();
  EXPECT_THAT(words_of(*back), ElementsAre("g0 100"));
  EXPECT_EQ(static_cast<std::size_t>(table.loads), loads);
  EXPECT_EQ(live.hub->metrics().resumed, 1U);
}

TEST(LiveHubResume, NothingMissedIsResumedToo) {
  Table table;
  TestLiveHub live(table);
  const auto ann = live.connect("ann");
  const auto back = live.connect("ann", ann->last_id);
  EXPECT_THAT(words_of(*back), ElementsAre(kResumed));
  EXPECT_EQ(back->last_id, ann->last_id);
}

TEST(LiveHubResume, AnIdInTheMiddleOfWhatWasSentResumesThere) {
  Table table;
  TestLiveHub live(table);
  const auto ann = live.connect("ann");
  std::vector<std::string> ids;
  for (int n = 0; n < 10; ++n) {
    table.say(fmt::format("g{}", n % 8), "bob", n);
    live.settle();
    ids.push_back(ann->last_id);
  }
  ann->leave();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto back = live.connect("ann", ids[i]);
    EXPECT_EQ(words_of(*back).size(), ids.size() - i);
    back->leave();
  }
}

TEST(LiveHubResume, WhereTheRingDoesNotReachTheStreamDoes) {
  Table table;
  TestLiveHub live(table, {.ring_events_max = 3});
  const auto ann = live.connect("ann");
  ann->leave();
  for (int n = 0; n < 30; ++n) table.say(fmt::format("g{}", n % 8), "bob", n);
  live.settle();
  const auto back = live.connect("ann", ann->last_id);
  const auto words = words_of(*back);
  ASSERT_EQ(words.size(), 31U);
  EXPECT_EQ(words[0], kResumed);
  const std::set<std::string> different(words.begin(), words.end());
  EXPECT_EQ(different.size(), 31U);
  table.say("g0", "bob", 100);
  live.settle();
  EXPECT_THAT(words_of(*back), ElementsAre("g0 100"));
}

/// Where a stream of ann's ended, at a process that is gone, after "g0 1".
std::string place_at_another_process(Table& table) {
  TestLiveHub one(table);
  const auto ann = one.connect("ann");
  table.say("g0", "bob", 1);
  one.settle();
  ann->leave();
  return ann->last_id;
}

TEST(LiveHubResume, AnotherProcessGoesOnWhereOneEnded) {
  Table table;
  const std::string place = place_at_another_process(table);
  table.say("g1", "bob", 2);
  table.say("g2", "bob", 3);
  table.database.clock().advance(std::chrono::milliseconds(1));
  TestLiveHub other(table);
  table.say("g3", "bob", 4);
  other.settle();
  const auto back = other.connect("ann", place);
  // Shards that were silent are known by a time, and may give again what is just before it.
  const auto words = words_of(*back);
  EXPECT_EQ(words[0], kResumed);
  for (const std::string_view expected : {"g1 2", "g2 3", "g3 4"}) {
    EXPECT_EQ(std::ranges::count(words, expected), 1) << expected;
  }
}

TEST(LiveHubResume, TrafficWithoutEndKeepsNobodyWaiting) {
  Table table;
  const std::string place = place_at_another_process(table);
  table.say("g0", "bob", 2);
  table.database.clock().advance(std::chrono::milliseconds(1));
  TestLiveHub other(table);  // knows the shards by times
  table.say("g0", "bob", 3);
  other.settle();  // but for this one
  int n = 3;
  table.database.before_call = [&](std::string_view operation,
                                   std::string_view) -> std::optional<Error> {
    if (operation == "GetRecords") table.say("g0", "bob", ++n);
    return std::nullopt;
  };
  const auto back = other.connect("ann", place);
  table.database.before_call = {};
  const auto words = words_of(*back);
  EXPECT_EQ(words[0], kResumed);
  for (const std::string_view expected : {"g0 2", "g0 3"}) {
    EXPECT_EQ(std::ranges::count(words, expected), 1) << expected;
  }
}

TEST(LiveHubResume, WhatComesWhileTheStreamIsReadAgainIsToldOnce) {
  for (int at = 1; at < 12; ++at) {
    Table table;
    TestLiveHub live(table, {.ring_events_max = 2});
    const auto ann = live.connect("ann");
    ann->leave();
    for (int n = 0; n < 12; ++n) table.say(fmt::format("g{}", n % 8), "bob", n);
    live.settle();
    int calls = 0;
    bool within = false;
    table.database.before_call = [&](std::string_view, std::string_view) -> std::optional<Error> {
      if (within || ++calls != at) return std::nullopt;
      within = true;  // the hub's own reading
      for (int n = 12; n < 20; ++n) table.say(fmt::format("g{}", n % 8), "bob", n);
      live.settle();
      within = false;
      return std::nullopt;
    };
    const auto back = live.connect("ann", ann->last_id);
    table.database.before_call = {};
    const auto words = words_of(*back);
    EXPECT_EQ(words[0], kResumed) << at;
    const std::set<std::string> different(words.begin(), words.end());
    EXPECT_EQ(words.size(), different.size()) << at;
    EXPECT_EQ(words.size(), calls >= at ? 21U : 13U) << at;
  }
}

TEST(LiveHubResume, TooMuchToReadAgainIsNotResumed) {
  Table table;
  TestLiveHub live(table, {.ring_events_max = 3, .resume_records_max = 20});
  const auto ann = live.connect("ann");
  ann->leave();
  for (int n = 0; n < 21; ++n) table.say(fmt::format("g{}", n % 8), "bob", n);
  live.settle();
  const auto back = live.connect("ann", ann->last_id);
  EXPECT_THAT(words_of(*back), ElementsAre(kNotResumed));
  table.say("g0", "bob", 100);
  live.settle();
  EXPECT_THAT(words_of(*back), ElementsAre("g0 100"));
  EXPECT_EQ(live.hub->metrics().resumed, 0U);
}

TEST(LiveHubResume, MoreTextThanAStreamTakesIsNotResumed) {
  Table table;
  TestLiveHub live(table);
  const auto ann = live.connect("ann");
  ann->leave();
  for (int n = 0; n < 600; ++n) table.say("g0", "bob", n);
  live.settle();
  const auto back = live.connect("ann", ann->last_id);
  EXPECT_THAT(words_of(*back), ElementsAre(kNotResumed));
}

TEST(LiveHubResume, AnErrorWhileTheStreamIsReadAgainIsNotResumed) {
  for (int at = 1; at < 8; ++at) {
    Table table;
    TestLiveHub live(table, {.ring_events_max = 1});
    const auto ann = live.connect("ann");
    ann->leave();
    for (int n = 0; n < 9; ++n) table.say(fmt::format("g{}", n % 8), "bob", n);
    live.settle();
    int calls = 0;
    table.database.before_call = [&](std::string_view, std::string_view) -> std::optional<Error> {
      if (++calls == at) return Error{ErrorCode::kIo, "no network"};
      return std::nullopt;
    };
    const auto back = live.connect("ann", ann->last_id);
    table.database.before_call = {};
    const auto words = words_of(*back);
    EXPECT_EQ(words[0], kNotResumed) << at;
    EXPECT_EQ(words.size(), 1U) << at;
    table.say("g0", "bob", 100);
    live.settle();
    EXPECT_THAT(words_of(*back), ElementsAre("g0 100"));
  }
}

TEST(LiveHubResume, WhatIsNoIdOfThisStreamIsNotResumed) {
  Table table;
  TestLiveHub live(table);
  const auto ann = live.connect("ann");
  std::string other_stream = ann->last_id;
  other_stream[2] = other_stream[2] == '0' ? '1' : '0';
  std::string other_shard = ann->last_id;
  other_shard.replace(other_shard.find('~') + 1, 4, "9999");
  std::string far_ahead = ann->last_id;
  far_ahead.replace(far_ahead.find('@'), std::string::npos, "999999999999999999999");
  for (const std::string& id :
       {std::string("nonsense"), std::string("1."), other_stream, other_shard, ann->last_id + "~",
        far_ahead, std::string(10'000, 'x')}) {
    const auto back = live.connect("ann", id);
    EXPECT_THAT(words_of(*back), ElementsAre(kNotResumed)) << id;
    back->leave();
  }
}

TEST(LiveHubResume, AHubThatFollowsNoStreamYetTellsToReadAgainWhenItDoes) {
  Table table;
  LiveHub hub({.database = table.database,
               .table = "cruddur-messages",
               .clock = table.database.clock(),
               .members_of = [](std::string_view) { return std::vector<std::string>{}; },
               .conversations_of = [](std::string_view) { return std::vector<std::string>{}; }},
              {});
  const auto ann = std::make_shared<TestSink>();
  ASSERT_TRUE(hub.connect("ann", "", ann));
  EXPECT_THAT(words_of(*ann), ElementsAre(kNotResumed));
  EXPECT_EQ(ann->last_id, "");
  hub.begins("arn:x", {{"shardId-1", "5"}});
  EXPECT_THAT(words_of(*ann), ElementsAre(kNotResumed));
  EXPECT_THAT(ann->last_id, StartsWith("1."));
}

/// Ann comes and goes between two processes with small rings; whatever she has seen by the end is
/// every message, unless she was told to read again.
TEST(LiveHubResume, RandomAbsencesLoseNothing) {
  for (unsigned seed = 0; seed < 30; ++seed) {
    std::mt19937 random(seed);
    Table table;
    std::vector<std::unique_ptr<TestLiveHub>> processes;
    for (int i = 0; i < 2; ++i) {
      table.database.clock().advance(std::chrono::milliseconds(1));
      processes.push_back(
          std::make_unique<TestLiveHub>(table, HubSettings{.ring_events_max = 2 + random() % 12}));
    }
    std::set<std::string> seen;
    std::set<std::string> said;
    std::string last_id;
    std::shared_ptr<TestSink> ann;
    const auto note = [&] {
      for (const std::string& word : words_of(*ann)) {
        EXPECT_NE(word, kNotResumed) << "seed " << seed;
        if (!word.starts_with("ready ")) seen.insert(word);
      }
      last_id = ann->last_id;
    };
    ann = processes[0]->connect("ann");
    words_of(*ann);
    last_id = ann->last_id;
    for (int step = 0; step < 120; ++step) {
      switch (random() % 6) {
        case 0:
        case 1:
        case 2: {
          const auto group = fmt::format("g{}", random() % 8);
          table.say(group, "bob", step);
          said.insert(fmt::format("{} {}", group, step));
          break;
        }
        case 3:
          processes[random() % 2]->settle();
          break;
        case 4:
          note();
          ann->leave();
          ann = processes[random() % 2]->connect("ann", last_id);
          break;
        default:
          table.database.clock().advance(std::chrono::seconds(random() % 40));
          for (auto& process : processes) process->hub->tick();
      }
    }
    for (auto& process : processes) process->settle();
    note();
    ann->leave();
    ann = processes[0]->connect("ann", last_id);
    note();
    EXPECT_EQ(seen, said) << "seed " << seed;
  }
}

}  // namespace
}  // namespace parley::messaging
