// Several processes at once: triggers that are given the same records, and people who read
// meanwhile. Each record has been delivered when they end, and that is enough.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <thread>

#include "messaging/domain/conversations.h"
#include "messaging/domain/test_conversations.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

class RacingConversations : public testing::TestWithParam<std::tuple<TestDatabase, bool>> {
 protected:
  void SetUp() override {
    // Whoever meets a transaction that is under way waits for it, really.
    table_.domain().pause = client::system_pause();
    if (std::get<1>(GetParam())) table_.faults().take_transactions_away();
    for (const std::string& person : people_) table_.add_person(person);
  }
  std::string time_of(int number) { return iso_utc(table_.clock().now() + 1'000 * number); }

  TestMessagingTable table_{std::get<0>(GetParam())};
  Conversations conversations_{table_.domain()};
  const std::vector<std::string> people_{"ann", "bob", "cy"};
};
INSTANTIATE_TEST_SUITE_P(On, RacingConversations,
                         testing::Combine(testing::ValuesIn(test_databases()), testing::Bool()));

TEST_P(RacingConversations, TriggersAndReadersAtOnceCountRight) {
  constexpr int kMessages = 60;
  const std::vector<std::string> ids{conversations_.open_direct("ann", "bob")->id,
                                     conversations_.make_group("ann", "G", {"bob", "cy"})->id};
  std::map<std::pair<std::string, std::string>, std::string> newest_own;
  std::map<std::string, std::string> newest_sender;
  std::mt19937_64 random(7);
  for (int i = 1; i <= kMessages; ++i) {
    const std::string& id = ids[random() % 2];
    const std::string& sender = people_[random() % 2];
    put_message(table_, id, sender, fmt::format("text {}", i), time_of(i));
    newest_own[{id, sender}] = time_of(i);
    newest_sender[id] = sender;
  }
  const std::vector<std::string> records = table_.changes();
  const auto deliver_all = [&](std::uint64_t seed, std::size_t batch_size) {
    std::vector<std::string> shuffled = records;
    std::mt19937_64 generator(seed);
    std::ranges::shuffle(shuffled, generator);
    for (std::size_t begin = 0; begin < shuffled.size(); begin += batch_size) {
      const std::size_t end = std::min(shuffled.size(), begin + batch_size);
      const Status done = table_.deliver({shuffled.begin() + static_cast<std::ptrdiff_t>(begin),
                                          shuffled.begin() + static_cast<std::ptrdiff_t>(end)});
      EXPECT_TRUE(done) << done.error().message;
    }
  };
  {
    const std::jthread first([&] { deliver_all(1, 3); });
    const std::jthread second([&] { deliver_all(2, 5); });
    const std::jthread reader([&] {
      std::mt19937_64 generator(3);
      for (int i = 0; i < kMessages; ++i) {
        const std::string& id = ids[generator() % 2];
        // Where there is no such message in this conversation it is refused.
        (void)conversations_.mark_read(people_[generator() % 3], id,
                                       time_of(static_cast<int>(1 + generator() % kMessages)));
        (void)conversations_.list("ann", 25, "");
      }
    });
  }
  expect_invariants(table_, people_);
  for (const std::string& user : people_) {
    const auto all = whole_list(table_, user, 25);
    EXPECT_EQ(all.size(), user == "cy" ? 1U : 2U);
    for (const ConversationView& view : all) {
      const std::string& own = newest_own[std::pair(view.id, user)];
      EXPECT_GE(view.last_read_at, own) << "written, and not read";
      EXPECT_EQ(view.last_sender.value_or(Person{}).id, newest_sender[view.id]);
    }
  }
}

TEST_P(RacingConversations, APairThatBothOpenAtOnceIsOne) {
  for (int round = 0; round < 10; ++round) {
    const std::string one = fmt::format("one-{}", round);
    const std::string two = fmt::format("two-{}", round);
    table_.add_person(one);
    table_.add_person(two);
    Result<Made> by_one = Made{};
    Result<Made> by_two = Made{};
    {
      const std::jthread first([&] { by_one = conversations_.open_direct(one, two); });
      const std::jthread second([&] { by_two = conversations_.open_direct(two, one); });
    }
    ASSERT_TRUE(by_one && by_two);
    EXPECT_EQ(by_one->id, by_two->id);
    expect_invariants(table_, {one, two});
    EXPECT_EQ(whole_list(table_, one, 25).size(), 1U);
    EXPECT_EQ(whole_list(table_, two, 25).size(), 1U);
  }
}

TEST_P(RacingConversations, ACountThatIsWrittenLateIsPutRight) {
  const std::string id = conversations_.make_group("ann", "G", {"bob"})->id;
  bool has_left = false;
  table_.faults().instead = [&](std::string_view operation, std::string_view input) {
    if (operation == "UpdateItem" && input.contains("member_count = :n") && !has_left) {
      has_left = true;
      EXPECT_TRUE(conversations_.remove("cy", id, "cy"));
    }
    return std::optional<Result<std::string>>();
  };
  EXPECT_TRUE(conversations_.invite("ann", id, "cy"));
  table_.faults().instead = {};
  EXPECT_TRUE(has_left);
  EXPECT_EQ(conversations_.get("ann", id)->member_count, 2);
  expect_invariants(table_, {"ann", "bob", "cy"});
}

TEST_P(RacingConversations, MembersWhoComeAndGoAtOnceAreCounted) {
  const std::string id = conversations_.make_group("ann", "G", {"bob"})->id;
  std::vector<std::string> guests;
  for (int i = 0; i < 6; ++i) {
    guests.push_back(fmt::format("guest-{}", i));
    table_.add_person(guests.back());
  }
  {
    const std::jthread first([&] {
      for (const std::string& guest : guests) {
        const auto invited = conversations_.invite("ann", id, guest);
        EXPECT_TRUE(invited) << invited.error().message;
        if (guest.back() % 2 == 0) {
          const Status removed = conversations_.remove("ann", id, guest);
          EXPECT_TRUE(removed) << removed.error().message;
        }
      }
    });
    const std::jthread second([&] {
      for (int i = 0; i < 6; ++i) {
        EXPECT_TRUE(conversations_.invite("bob", id, "cy"));
        EXPECT_TRUE(conversations_.remove("cy", id, "cy"));
      }
    });
  }
  EXPECT_EQ(conversations_.get("ann", id)->member_count, 5);
  std::vector<std::string> all = guests;
  all.insert(all.end(), {"ann", "bob", "cy"});
  expect_invariants(table_, all);
}

}  // namespace
}  // namespace parley::messaging
