#include "cli/seed.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <map>
#include <set>

#include "cli/founding_table.h"
#include "codec/item_json.h"
#include "messaging/timestamp.h"

namespace parley::cli {
namespace {

/// Keeps what BatchWriteItem puts, by its keys; may leave the end of each batch unprocessed.
class FakeDatabase final : public client::Database {
 public:
  Result<std::string> call(std::string_view operation, std::string_view input) override {
    simdjson::dom::parser parser;
    const simdjson::dom::element json = parser.parse(input.data(), input.size());
    if (operation == "Query") return query(json);
    EXPECT_EQ(operation, "BatchWriteItem");
    const simdjson::dom::array requests = json["RequestItems"]["Music"];
    EXPECT_LE(requests.size(), 25U);
    EXPECT_GT(requests.size(), 0U);
    std::size_t accepted = accepted_of_each_batch;
    std::vector<std::string> unprocessed;
    for (const auto request : requests) {
      if (accepted == 0) {
        unprocessed.push_back(simdjson::minify(request));
      } else {
        apply(request);
        --accepted;
      }
    }
    ++batches;
    if (unprocessed.empty()) return R"({"UnprocessedItems":{}})";
    return fmt::format(R"({{"UnprocessedItems":{{"Music":[{}]}}}})", fmt::join(unprocessed, ","));
  }

  std::map<std::string, std::string> items;
  std::size_t accepted_of_each_batch = 25;
  int batches = 0;

 private:
  static std::string key_of(const simdjson::dom::element& item) {
    return std::string(std::string_view(item["pk"]["S"])) + " " +
           std::string(std::string_view(item["sk"]["S"]));
  }

  void apply(const simdjson::dom::element& request) {
    simdjson::dom::element item;
    if (request["PutRequest"]["Item"].get(item) == simdjson::SUCCESS) {
      items[key_of(item)] = simdjson::minify(item);
    } else {
      EXPECT_EQ(items.erase(key_of(request["DeleteRequest"]["Key"])), 1U);
    }
  }

  /// Two keys a page, to be asked for by ExclusiveStartKey.
  Result<std::string> query(const simdjson::dom::element& input) {
    const std::string partition =
        std::string(std::string_view(input["ExpressionAttributeValues"][":pk"]["S"])) + " ";
    simdjson::dom::element start;
    auto at = input["ExclusiveStartKey"].get(start) == simdjson::SUCCESS
                  ? items.upper_bound(key_of(start))
                  : items.lower_bound(partition);
    std::vector<std::string> page;
    for (; at != items.end() && at->first.starts_with(partition) && page.size() < 2; ++at) {
      page.push_back(fmt::format(R"({{"pk":{{"S":"{}"}},"sk":{{"S":"{}"}}}})",
                                 partition.substr(0, partition.size() - 1),
                                 at->first.substr(partition.size())));
    }
    const bool more = at != items.end() && at->first.starts_with(partition);
    return fmt::format(R"({{"Items":[{}]{}{}}})", fmt::join(page, ","),
                       more ? R"(,"LastEvaluatedKey":)" : "", more ? page.back() : "");
  }
};

struct Seeding {
  Result<SeedOutcome> run() {
    return seed_conversation(
        database, "Music", clock, random,
        [this](std::chrono::milliseconds time) { pauses.push_back(time); },
        [this](std::size_t done, std::size_t total) {
          EXPECT_LE(done, total);
          last_progress = {done, total};
        });
  }
  FakeDatabase database;
  ManualClock clock{1'795'371'633'000'000};
  SeededRandom random{1};
  std::vector<std::chrono::milliseconds> pauses;
  std::pair<std::size_t, std::size_t> last_progress;
};

TEST(Seed, WritesTheConversationAndARowForEachPerson) {
  Seeding seeding;
  const auto outcome = seeding.run();
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(outcome->replaced, 0U);
  EXPECT_EQ(outcome->messages, demo_conversation().size());
  EXPECT_EQ(seeding.database.items.size(), outcome->messages + 2);
  EXPECT_EQ(seeding.last_progress, std::pair(outcome->messages + 2, outcome->messages + 2));
  EXPECT_TRUE(seeding.pauses.empty());
}

TEST(Seed, SeedingAgainLeavesOneConversation) {
  Seeding seeding;
  ASSERT_TRUE(seeding.run().has_value());
  seeding.clock.advance(std::chrono::hours(1));
  const auto outcome = seeding.run();
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(outcome->replaced, outcome->messages + 2);
  EXPECT_EQ(seeding.database.items.size(), outcome->messages + 2);
}

TEST(Seed, UnprocessedItemsAreSentAgainAfterAPause) {
  Seeding seeding;
  seeding.database.accepted_of_each_batch = 10;
  ASSERT_TRUE(seeding.run().has_value());
  EXPECT_EQ(seeding.database.items.size(), demo_conversation().size() + 2);
  EXPECT_GT(seeding.pauses.size(), 5U);
}

TEST(Seed, GivesUpOnATableThatTakesNothing) {
  Seeding seeding;
  seeding.database.accepted_of_each_batch = 0;
  const auto outcome = seeding.run();
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(seeding.database.batches, 10);
}

TEST(FoundingTable, TheConversationIsOfTwoPeopleAndAboutAHundredLines) {
  const auto lines = demo_conversation();
  EXPECT_GE(lines.size(), 90U);
  EXPECT_LE(lines.size(), 110U);
  std::set<int> speakers;
  for (const DemoLine& line : lines) {
    speakers.insert(line.speaker);
    EXPECT_FALSE(line.text.empty());
  }
  EXPECT_EQ(speakers, (std::set<int>{0, 1}));
}

TEST(FoundingTable, MessagesAreAMinuteApartAndRowsCarryTheLast) {
  SeededRandom random(1);
  const TimestampMicros last = 1'795'371'633'000'000;
  const auto items = seed_items(last, random);
  simdjson::dom::parser parser;
  std::set<std::string> uuids;
  TimestampMicros expected = last - static_cast<TimestampMicros>(items.size() - 3) * 60'000'000;
  for (std::size_t i = 0; i < items.size(); ++i) {
    ASSERT_TRUE(codec::parse_item(items[i]).has_value()) << items[i];
    const simdjson::dom::element item = parser.parse(items[i]);
    const auto text = [&](const char* name) {
      return std::string(std::string_view(item[name]["S"]));
    };
    if (i < 2) {
      EXPECT_EQ(text("pk"), "GRP#" + std::string(kSeedPeople[i].uuid));
      EXPECT_EQ(text("user_uuid"), kSeedPeople[1 - i].uuid) << "the other person";
      EXPECT_EQ(text("sk"), messaging::iso_utc(last));
      EXPECT_EQ(text("message"), demo_conversation().back().text);
    } else {
      EXPECT_EQ(text("pk"), "MSG#" + std::string(kSeedGroupUuid));
      EXPECT_EQ(text("sk"), messaging::iso_utc(expected));
      uuids.insert(text("message_uuid"));
      expected += 60'000'000;
    }
  }
  EXPECT_EQ(uuids.size(), items.size() - 2);
}

TEST(FoundingTable, InputsQuoteTheNamesTheyAreGiven) {
  simdjson::dom::parser parser;
  const std::string table = "a\"b";
  EXPECT_EQ(std::string_view(parser.parse(table_definition(table))["TableName"]), table);
  const std::string query = newest_first_query(table, "MSG#\"", 7, "sk\"");
  const simdjson::dom::element json = parser.parse(query);
  EXPECT_EQ(std::string_view(json["ExpressionAttributeValues"][":pk"]["S"]), "MSG#\"");
  EXPECT_EQ(std::string_view(json["ExclusiveStartKey"]["pk"]["S"]), "MSG#\"");
  EXPECT_EQ(std::string_view(json["ExclusiveStartKey"]["sk"]["S"]), "sk\"");
  EXPECT_EQ(json["Limit"].get_uint64().value(), 7U);
  EXPECT_FALSE(json["ScanIndexForward"].get_bool().value());
}

}  // namespace
}  // namespace parley::cli
