#include "cli/seed.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <deque>

#include "cli/founding_table.h"
#include "cli/json_text.h"
#include "client/item_page.h"

namespace parley::cli {
namespace {

constexpr std::size_t kBatchSizeMax = 25;        // DynamoDB's
constexpr int kAttemptsWithoutProgressMax = 10;  // in a row

/// Delete requests for every item of `partition` that belongs to the seeded conversation.
Status collect_deletions(client::Database& database, std::string_view table,
                         const std::string& partition, std::vector<std::string>& requests) {
  const bool is_row = partition.starts_with("GRP#");
  std::string start_key;
  do {
    const std::string reply = PARLEY_TRY(database.call(
        "Query",
        fmt::format(R"({{"TableName":{},"KeyConditionExpression":"pk = :pk",)"
                    R"("ExpressionAttributeValues":{{":pk":{{"S":{}}}{}}}{},)"
                    R"("ProjectionExpression":"pk, sk"{}{}}})",
                    json_string(table), json_string(partition),
                    is_row ? fmt::format(R"(,":g":{{"S":{}}})", json_string(kSeedGroupUuid)) : "",
                    is_row ? R"(,"FilterExpression":"message_group_uuid = :g")" : "",
                    start_key.empty() ? "" : R"(,"ExclusiveStartKey":)", start_key)));
    simdjson::dom::parser parser;
    const client::ItemPage page = PARLEY_TRY(client::item_page_of(parser, reply));
    for (const auto item : page.items) {
      requests.push_back(
          fmt::format(R"({{"DeleteRequest":{{"Key":{}}}}})", simdjson::minify(item)));
    }
    start_key = page.next();
  } while (!start_key.empty());
  return {};
}

/// One BatchWriteItem; what the server left unprocessed.
Result<std::vector<std::string>> write_batch(client::Database& database, std::string_view table,
                                             const std::vector<std::string>& batch) {
  const std::string reply = PARLEY_TRY(database.call(
      "BatchWriteItem",
      fmt::format(R"({{"RequestItems":{{{}:[{}]}}}})", json_string(table), fmt::join(batch, ","))));
  std::vector<std::string> unprocessed;
  simdjson::dom::parser parser;
  simdjson::dom::element json;
  simdjson::dom::array left;
  if (parser.parse(reply).get(json) == simdjson::SUCCESS &&
      json["UnprocessedItems"][table].get(left) == simdjson::SUCCESS) {
    for (const auto request : left) unprocessed.push_back(simdjson::minify(request));
  }
  return unprocessed;
}

}  // namespace

Status write_in_batches(client::Database& database, std::string_view table,
                        std::vector<std::string> requests, Random& random,
                        const client::Pause& pause, const SeedProgress& progress) {
  const std::size_t total = requests.size();
  std::deque<std::string> queue(std::make_move_iterator(requests.begin()),
                                std::make_move_iterator(requests.end()));
  int attempts_without_progress = 0;
  while (!queue.empty()) {
    std::vector<std::string> batch;
    while (!queue.empty() && batch.size() < kBatchSizeMax) {
      batch.push_back(std::move(queue.front()));
      queue.pop_front();
    }
    auto unprocessed = PARLEY_TRY(write_batch(database, table, batch));
    attempts_without_progress =
        unprocessed.size() < batch.size() ? 0 : attempts_without_progress + 1;
    if (attempts_without_progress >= kAttemptsWithoutProgressMax) {
      return fail(ErrorCode::kUnavailable,
                  fmt::format("{} takes no more writes: {} are left over after {} attempts; raise "
                              "its write capacity or try again later",
                              table, queue.size() + unprocessed.size(), attempts_without_progress));
    }
    const bool throttled = !unprocessed.empty();
    queue.insert(queue.end(), std::make_move_iterator(unprocessed.begin()),
                 std::make_move_iterator(unprocessed.end()));
    progress(total - queue.size(), total);
    if (throttled) pause(client::backoff(attempts_without_progress + 1, random));
  }
  return {};
}

Result<SeedOutcome> seed_conversation(client::Database& database, std::string_view table,
                                      const Clock& clock, Random& random,
                                      const client::Pause& pause, const SeedProgress& progress) {
  std::vector<std::string> deletions;
  PARLEY_TRY(collect_deletions(database, table, fmt::format("MSG#{}", kSeedGroupUuid), deletions));
  for (const Person& person : kSeedPeople) {
    PARLEY_TRY(collect_deletions(database, table, fmt::format("GRP#{}", person.uuid), deletions));
  }
  std::vector<std::string> puts;
  for (const std::string& item : seed_items(clock.now(), random)) {
    puts.push_back(fmt::format(R"({{"PutRequest":{{"Item":{}}}}})", item));
  }
  const SeedOutcome outcome{.messages = demo_conversation().size(), .replaced = deletions.size()};
  const std::size_t total = deletions.size() + puts.size();
  // All deletions before the first put: a batch may not name one key twice.
  PARLEY_TRY(write_in_batches(database, table, std::move(deletions), random, pause,
                              [&](std::size_t done, std::size_t) { progress(done, total); }));
  PARLEY_TRY(write_in_batches(
      database, table, std::move(puts), random, pause,
      [&](std::size_t done, std::size_t) { progress(outcome.replaced + done, total); }));
  return outcome;
}

}  // namespace parley::cli
