// The messaging API: lines of "PERSON METHOD TARGET BODY" on an empty table, where a PERSON is a
// digit and "$" in the rest stands for an id (of a conversation, message or cursor) that an earlier
// reply gave, the newest first. Every reply is JSON or has no body, and none says that the server
// failed.
#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/api.h"
#include "api/local_call.h"
#include "base/assert.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/utf8.h"
#include "client/local_database.h"
#include "engine/engine.h"
#include "messaging/http/http.h"
#include "net/reply_stream.h"
#include "storage/memory/memory_store.h"

namespace {

using namespace parley;
using namespace parley::messaging;

// As docs/formats/messaging.md has it.
constexpr std::string_view kTable = R"({"TableName":"cruddur-messages",
  "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},
    {"AttributeName":"sk","AttributeType":"S"},
    {"AttributeName":"message_group_uuid","AttributeType":"S"}],
  "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],
  "BillingMode":"PAY_PER_REQUEST",
  "GlobalSecondaryIndexes":[{"IndexName":"message-group-sk-index","KeySchema":[
      {"AttributeName":"message_group_uuid","KeyType":"HASH"},
      {"AttributeName":"sk","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}]})";
constexpr int kLinesMax = 16;

/// A token is a digit, and says who it is.
class DigitVerifier final : public TokenVerifier {
 public:
  [[nodiscard]] Result<Identity> verify(std::string_view token) override {
    const std::string digit(token);
    return Identity{.person_id = "0000000" + digit + "-0000-4000-8000-000000000000",
                    .wished_handle = "person" + digit,
                    .display_name = "Person " + digit};
  }
  [[nodiscard]] std::optional<Identity> known(std::string_view) override { return std::nullopt; }
};

class NoHub final : public Hub {
 public:
  [[nodiscard]] Status connect(std::string_view, std::string_view,
                               std::shared_ptr<net::ReplyStream>) override {
    return {};
  }
  void typing(std::string_view, std::string_view, bool) override {}
  [[nodiscard]] bool is_online(std::string_view) const override { return false; }
  [[nodiscard]] HubMetrics metrics() const override { return {}; }
};

struct OneService {
  OneService() {
    auto opened = engine::Database::open(storage::make_memory_store(), {}, clock, random);
    PARLEY_ASSERT(opened.has_value());
    engine = *std::move(opened);
    service = std::make_unique<api::Service>(*engine,
                                             [](std::move_only_function<void()> task) { task(); });
    PARLEY_ASSERT(api::call(*service, "CreateTable", kTable).get().status == 200);
    database = std::make_unique<client::LocalDatabase>(*service);
    reads = std::make_unique<UncachedReads>(*database);
    domain.reset(new Domain{.database = *database,
                            .reads = *reads,
                            .clock = clock,
                            .random = random,
                            .times = times,
                            .pause = [](std::chrono::milliseconds) {}});
    app.reset(new App{.domain = *domain,
                      .verifier = verifier,
                      .local_sign_in = nullptr,
                      .cursors = cursors,
                      .limits = limits,
                      .hub = hub,
                      .cache = nullptr,
                      .metrics = handler.metrics()});
  }

  [[nodiscard]] net::HttpReply call(char person, std::string_view method, std::string_view target,
                                    std::string_view body) {
    const std::string authorization = std::string("Bearer ") + person;
    net::HttpRequest request;
    request.method = method;
    request.path = target.substr(0, target.find('?'));
    if (request.path.size() < target.size()) {
      request.query = target.substr(request.path.size() + 1);
    }
    request.headers = {{"Authorization", authorization}, {"Origin", "https://chat.example"}};
    request.body = body;
    net::HttpReply answer;
    handler.handle(request, [&answer](net::HttpReply reply) { answer = std::move(reply); });
    return answer;
  }

  ManualClock clock{1'767'323'045'678'000};
  SeededRandom random{42};
  std::unique_ptr<engine::Database> engine;
  std::unique_ptr<api::Service> service;
  std::unique_ptr<client::LocalDatabase> database;
  std::unique_ptr<UncachedReads> reads;
  MessageTimes times{clock};
  std::unique_ptr<Domain> domain;
  DigitVerifier verifier;
  NoHub hub;
  Cursors cursors{std::string(32, 'k')};
  RateLimits limits{clock, {.rates = {}}};
  AppHandler handler{{.settings = {.cors_origins = {"*"}},
                      .spawn = [](AppHandler::Task task) { task(); },
                      .app = [this]() -> Result<App*> { return app.get(); },
                      .immediate_app = nullptr}};
  std::unique_ptr<App> app;
};

/// Adds the ids and cursors in a reply to `ids`.
void note_ids(const simdjson::dom::element& json, std::vector<std::string>& ids) {
  if (json.is_array()) {
    for (const auto each : json.get_array().value_unsafe()) note_ids(each, ids);
  }
  if (!json.is_object()) return;
  for (const auto& [name, value] : json.get_object().value_unsafe()) {
    const bool is_id = name == "id" || name == "next" || name == "message_group_uuid";
    if (is_id && value.is_string()) {
      ids.emplace_back(value.get_string().value_unsafe());
    }
    note_ids(value, ids);
  }
}

void check(const net::HttpReply& reply, std::vector<std::string>& ids) {
  PARLEY_ASSERT(reply.status >= 200 && reply.status < 500);
  if (!reply.content_type.ends_with("json")) return;
  PARLEY_ASSERT(is_utf8(reply.body));
  simdjson::dom::parser parser;
  simdjson::dom::element json;
  PARLEY_ASSERT(parser.parse(reply.body).get(json) == simdjson::SUCCESS);
  note_ids(json, ids);
}

std::string with_ids(std::string_view text, const std::vector<std::string>& ids) {
  std::string out;
  std::size_t back = 0;
  for (const char c : text) {
    if (c != '$' || back == ids.size()) {
      out += c;
    } else {
      out += ids[ids.size() - ++back];
    }
  }
  return out;
}

/// The text up to the next space, taken off `line`.
std::string_view take_word(std::string_view& line) {
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(word.size() + 1, line.size()));
  return word;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  OneService one;
  std::vector<std::string> ids = {"00000002-0000-4000-8000-000000000000"};
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  for (int lines = 0; !rest.empty() && lines < kLinesMax; ++lines) {
    const std::string_view whole = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(whole.size() + 1, rest.size()));
    const std::string replaced = with_ids(whole, ids);
    std::string_view line = replaced;
    const std::string_view person = take_word(line);
    const std::string_view method = take_word(line);
    const std::string_view target = take_word(line);
    if (person.empty() || person[0] < '0' || person[0] > '9') continue;
    check(one.call(person[0], method, target, line), ids);
    one.clock.advance(std::chrono::milliseconds(1));
  }
  return 0;
}
