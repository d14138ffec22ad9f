#include "messaging/live/event_ring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::messaging {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const MemberList kAnn = std::make_shared<const std::vector<std::string>>(1, "ann");

KeptEventPointer event(std::string shard, std::string number) {
  return std::make_shared<KeptEvent>(KeptEvent{.event = {.name = "x", .data = shard + number},
                                               .members = kAnn,
                                               .shard = std::move(shard),
                                               .number = std::move(number)});
}

std::vector<std::string> after(const EventRing& ring, const client::StreamPositions& positions,
                               std::string_view person = "ann") {
  std::vector<std::string> found;
  for (const auto& each : ring.events_after(positions, person)) found.push_back(each->event.data);
  return found;
}

TEST(EventRing, GivesEventsAfterAPlaceInTheirOrder) {
  EventRing ring(10, 1 << 20);
  ring.restart({{"a", "5"}, {"b", "@7.1"}});
  for (const auto& each : {event("b", "1"), event("a", "9"), event("b", "2"), event("a", "10")}) {
    ring.add(each);
  }
  EXPECT_THAT(after(ring, {{"a", "5"}, {"b", "@7.1"}}), ElementsAre("b1", "a9", "b2", "a10"));
  EXPECT_THAT(after(ring, {{"a", "9"}, {"b", "1"}}), ElementsAre("b2", "a10"));
  EXPECT_THAT(after(ring, {{"a", "10"}, {"b", "2"}}), IsEmpty());
  EXPECT_THAT(after(ring, {{"a", "5"}, {"b", "@7.1"}}, "bob"), IsEmpty());
}

TEST(EventRing, KnowsAfterWhichPlacesItIsComplete) {
  EventRing ring(10, 1 << 20);
  ring.restart({{"a", "5"}, {"b", "@7.1"}});
  EXPECT_TRUE(ring.is_complete_after({{"a", "5"}, {"b", "@7.1"}}));
  EXPECT_TRUE(ring.is_complete_after({{"a", "6"}, {"b", "@7.1"}, {"old", "."}}));
  EXPECT_FALSE(ring.is_complete_after({{"a", "4"}, {"b", "@7.1"}}));
  EXPECT_FALSE(ring.is_complete_after({{"a", "5"}, {"b", "@7.2"}}));  // another process's
  EXPECT_FALSE(ring.is_complete_after({{"a", "5"}, {"b", "3"}}));     // before or after the start?
  EXPECT_FALSE(ring.is_complete_after({{"a", "5"}}));
  EXPECT_FALSE(ring.is_complete_after({{"a", "5"}, {"b", "@7.1"}, {"c", "1"}}));
  EXPECT_TRUE(ring.is_complete_after({{"a", "."}, {"b", "."}}));
}

TEST(EventRing, DropsTheOldestAndIsCompleteAfterItOnly) {
  EventRing ring(2, 1 << 20);
  ring.restart({{"a", "1"}, {"b", "1"}});
  for (const auto& each : {event("a", "2"), event("b", "2"), event("a", "3")}) ring.add(each);
  EXPECT_EQ(ring.size(), 2U);
  EXPECT_FALSE(ring.is_complete_after({{"a", "1"}, {"b", "1"}}));
  EXPECT_TRUE(ring.is_complete_after({{"a", "2"}, {"b", "1"}}));
  EXPECT_THAT(after(ring, {{"a", "2"}, {"b", "1"}}), ElementsAre("b2", "a3"));
}

TEST(EventRing, IsBoundedInBytesAsWell) {
  EventRing ring(1'000, 4'000);
  ring.restart({{"a", "0"}});
  for (int i = 1; i <= 100; ++i) ring.add(event("a", std::to_string(i)));
  EXPECT_LT(ring.size(), 20U);
  EXPECT_GT(ring.size(), 5U);
}

TEST(EventRing, FollowsShardsThatSplit) {
  EventRing ring(10, 1 << 20);
  ring.restart({{"parent", "1"}});
  ring.add(event("parent", "2"));
  // The parent is done; one child has been read from.
  ring.moved_to({{"parent", "."}, {"child", "1"}});
  ring.add(event("child", "1"));
  EXPECT_THAT(after(ring, {{"parent", "1"}}), ElementsAre("parent2", "child1"));
  EXPECT_TRUE(ring.is_complete_after({{"parent", "1"}}));
  // Its position is needed no more: places that still have it are for the stream.
  ring.moved_to({{"child", "1"}, {"other", "1"}});
  EXPECT_FALSE(ring.is_complete_after({{"parent", "1"}}));
  EXPECT_TRUE(ring.is_complete_after({{"child", "1"}, {"other", "1"}}));
  EXPECT_THAT(after(ring, {{"child", "1"}, {"other", "1"}}), IsEmpty());
  EXPECT_THAT(after(ring, {{"child", "0"}}), ElementsAre("child1"));
  for (int i = 2; i < 30; ++i) ring.add(event("child", std::to_string(i)));
  EXPECT_EQ(ring.size(), 10U);
}

TEST(EventRing, AnAudienceIsWhoItSays) {
  const auto is_for = [](Audience audience, std::string_view person, std::string_view who) {
    return KeptEvent{.event = {.audience = audience, .person = std::string(person)},
                     .members = kAnn}
        .is_for(who);
  };
  EXPECT_TRUE(is_for(Audience::kMembers, "bob", "ann"));
  EXPECT_FALSE(is_for(Audience::kMembers, "bob", "bob"));
  EXPECT_TRUE(is_for(Audience::kMembersAndPerson, "bob", "bob"));
  EXPECT_FALSE(is_for(Audience::kOtherMembers, "ann", "ann"));
  EXPECT_TRUE(is_for(Audience::kOtherMembers, "bob", "ann"));
  EXPECT_FALSE(is_for(Audience::kOtherMembers, "bob", "cat"));
  EXPECT_TRUE(is_for(Audience::kPerson, "bob", "bob"));
  EXPECT_FALSE(is_for(Audience::kPerson, "bob", "ann"));
}

}  // namespace
}  // namespace parley::messaging
