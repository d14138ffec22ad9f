// The whole database behind its wire protocol: lines of "Operation JSON" on a new database with one
// table (stream, both kinds of indexes, an item). Whatever they say, every reply is JSON and none
// an internal error, and in the end indexes and counters are those of the items.
#include <simdjson.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "api/api.h"
#include "api/local_call.h"
#include "base/assert.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/utf8.h"
#include "engine/consistency_check.h"
#include "engine/engine.h"
#include "storage/memory/memory_store.h"

namespace {

using namespace parley;

constexpr std::string_view kTable = R"({"TableName":"Music",
  "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},
    {"AttributeName":"s","AttributeType":"N"},{"AttributeName":"b","AttributeType":"B"}],
  "KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"s","KeyType":"RANGE"}],
  "BillingMode":"PAY_PER_REQUEST",
  "LocalSecondaryIndexes":[{"IndexName":"local","KeySchema":[
      {"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"b","KeyType":"RANGE"}],
    "Projection":{"ProjectionType":"KEYS_ONLY"}}],
  "GlobalSecondaryIndexes":[{"IndexName":"other","KeySchema":[
      {"AttributeName":"s","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}],
  "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"}})";
constexpr std::string_view kItem =
    R"({"TableName":"Music","Item":{"p":{"S":"a"},"s":{"N":"1"},"b":{"B":"aGk="},"l":{"L":[]}}})";
constexpr int kLinesMax = 16;

struct OneDatabase {
  OneDatabase() {
    auto opened = engine::Database::open(storage::make_memory_store(), {}, clock, random);
    PARLEY_ASSERT(opened.has_value());
    database = *std::move(opened);
    service = std::make_unique<api::Service>(*database,
                                             [](std::move_only_function<void()> task) { task(); });
    PARLEY_ASSERT(api::call(*service, "CreateTable", kTable).get().status == 200);
    PARLEY_ASSERT(api::call(*service, "PutItem", kItem).get().status == 200);
  }

  ManualClock clock{1'767'323'045'678'000};
  SeededRandom random{42};
  std::unique_ptr<engine::Database> database;
  std::unique_ptr<api::Service> service;
};

void check(const api::Reply& reply) {
  PARLEY_ASSERT(reply.status == 200 || reply.status == 400);
  PARLEY_ASSERT(is_utf8(reply.body));
  if (reply.body.empty()) return;  // TagResource's
  simdjson::dom::parser parser;
  // Nesting may be deeper than the parser's own limit, never wrong.
  const auto error = parser.parse(reply.body).error();
  PARLEY_ASSERT(error == simdjson::SUCCESS || error == simdjson::DEPTH_ERROR);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  OneDatabase one;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  for (int lines = 0; !rest.empty() && lines < kLinesMax; ++lines) {
    const std::string line(rest.substr(0, rest.find('\n')));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string input = line.substr(std::min(space + 1, line.size()));
    check(api::call(*one.service, line.substr(0, space), input).get());
  }
  PARLEY_ASSERT(engine::verify_indexes(*one.database).has_value());
  return 0;
}
