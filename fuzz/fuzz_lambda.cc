// The Lambda API: lines of "METHOD TARGET BODY" on a new database with a stream; no function ever
// runs. Every reply is JSON, an archive or a log, and none says that the server failed, but for an
// invocation, which finds no processes here.
#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "api/lambda/lambda.h"
#include "api/local_call.h"
#include "base/assert.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/temporary_directory.h"
#include "base/utf8.h"
#include "engine/engine.h"
#include "storage/memory/memory_store.h"
#include "trigger/functions.h"
#include "trigger/mappings.h"

namespace {

using namespace parley;

constexpr std::string_view kTable = R"({"TableName":"Music",
  "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}],
  "KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST",
  "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"}})";
constexpr int kLinesMax = 8;

class NoEndpoints final : public trigger::RuntimeEndpoints {
 public:
  [[nodiscard]] Result<std::string> open(Handler) override {
    return fail(ErrorCode::kIo, "No processes here");
  }
  void close(const std::string&) override {}
};

struct OneService {
  OneService() {
    auto made = TemporaryDirectory::make();
    PARLEY_ASSERT(made.has_value());
    directory = *std::move(made);
    auto memory = storage::make_memory_store();
    storage::KeyValueStore& store = *memory;
    database = engine::Database::open(std::move(memory), {}, clock, random).value();
    api::Service tables(*database, [](std::move_only_function<void()> task) { task(); });
    PARLEY_ASSERT(api::call(tables, "CreateTable", kTable).get().status == 200);
    trigger::FunctionsOptions options;
    options.directory = directory.path();
    options.endpoint_url = "http://localhost:8000";
    functions = trigger::Functions::open(store, database->commits(), endpoints, database->realm(),
                                         options, clock, random)
                    .value();
    functions->add_native("native", "", [](std::string_view payload) -> Result<std::string> {
      return std::string(payload);
    });
    events = trigger::EventStore::open(store, database->commits()).value();
    mappings = trigger::Mappings::open(store, database->commits(), database->streams(), *functions,
                                       database->realm(), {}, clock, random)
                   .value();
    service = std::make_unique<api::LambdaService>(
        api::LambdaParts{*functions, *mappings, *events, database->realm(), clock, random},
        api::LambdaOptions{}, [](std::move_only_function<void()> task) { task(); });
  }
  ~OneService() {
    service->stop();
    mappings->stop(std::chrono::milliseconds(0));
    functions->stop(std::chrono::milliseconds(0));
  }

  ManualClock clock{1'767'323'045'678'000};
  SeededRandom random{42};
  TemporaryDirectory directory;
  std::unique_ptr<engine::Database> database;
  NoEndpoints endpoints;
  std::unique_ptr<trigger::EventStore> events;
  std::unique_ptr<trigger::Functions> functions;
  std::unique_ptr<trigger::Mappings> mappings;
  std::unique_ptr<api::LambdaService> service;
};

void check(const api::Reply& reply, std::string_view target) {
  const bool is_invocation = target.find("invo") != std::string_view::npos;
  PARLEY_ASSERT(is_invocation || reply.status < 500 || reply.status == 501);
  if (!reply.content_type.ends_with("json") || reply.body.empty()) return;
  PARLEY_ASSERT(is_utf8(reply.body));
  simdjson::dom::parser parser;
  PARLEY_ASSERT(parser.parse(reply.body).error() == simdjson::SUCCESS);
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
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  for (int lines = 0; !rest.empty() && lines < kLinesMax; ++lines) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::string_view method = take_word(line);
    const std::string_view target = take_word(line);
    const std::string_view path = target.substr(0, target.find('?'));
    // A log that is followed ends with the server.
    if (target.find("/logs") != std::string_view::npos) continue;
    api::Request request{.method = method, .path = path};
    if (path.size() < target.size()) request.query = target.substr(path.size() + 1);
    request.host = "localhost:8000";
    request.authorization = "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0";
    request.date = "20260102T030405Z";
    request.body = line;
    std::promise<api::Reply> answer;
    one.service->handle(request,
                        [&answer](api::Reply reply) { answer.set_value(std::move(reply)); });
    check(answer.get_future().get(), target);
  }
  return 0;
}
