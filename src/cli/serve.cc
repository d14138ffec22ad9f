#include "cli/serve.h"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <limits>
#include <ostream>
#include <utility>

#include "api/api.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/thread_pool.h"
#include "cli/founding_table.h"
#include "cli/function_host.h"
#include "cli/http_api_handler.h"
#include "cli/seed.h"
#include "client/local_database.h"
#include "engine/engine.h"
#include "messaging/conversation_trigger.h"
#include "net/http_server.h"
#include "storage/storage.h"

namespace parley::cli {
namespace {

constexpr std::chrono::seconds kStopGrace{5};
// Table operations are the only tasks; more threads than this would wait for each other.
constexpr std::size_t kBlockingThreadsMax = 4;
// The bound is that of connections: each has at most one request in the queue.
constexpr std::size_t kBlockingQueueMax = std::numeric_limits<std::size_t>::max();

/// Keeps the signals that end the server for wait().
class EndSignals {
 public:
  EndSignals() {
    sigemptyset(&signals_);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals_, signal);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
  }
  /// Blocks until one comes; the next one ends the process.
  void wait() const {
    int signal = 0;
    sigwait(&signals_, &signal);
    pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
  }

 private:
  sigset_t signals_{};
};

storage::Sync sync_of(const std::string& durability) {
  return durability == "os"     ? storage::Sync::kOs
         : durability == "none" ? storage::Sync::kNone
                                : storage::Sync::kFsync;
}

std::string durability_text(const ServeOptions& options) {
  if (options.in_memory) return "nothing is kept after the server ends";
  switch (sync_of(options.durability)) {
    case storage::Sync::kFsync:
      return "every write is on disk before its reply";
    case storage::Sync::kOs:
      return "writes survive a crash of the server, not of the machine";
    case storage::Sync::kNone:
      return "writes survive a clean stop only";
  }
  return {};
}

/// Makes the messaging table, its conversation and the trigger on its stream, unless the table is
/// there already.
Status load_demo(client::Database& database, const engine::Database& tables,
                 trigger::Mappings& mappings, const Clock& clock, Random& random) {
  const auto created = database.call("CreateTable", table_definition(kDefaultTable));
  if (!created && client::is_service_error(created.error(), "ResourceInUseException")) return {};
  if (!created) return std::unexpected(created.error());
  PARLEY_TRY(seed_conversation(database, kDefaultTable, clock, random, client::system_pause(),
                               [](std::size_t, std::size_t) {}));
  const auto table = PARLEY_TRY(tables.find_table(kDefaultTable));
  trigger::MappingSettings settings;
  settings.filter_patterns = {std::string(kMessagesAlone)};
  PARLEY_TRY(mappings.create(
      model::stream_arn(tables.realm(), table->name, table->latest_stream_label.value_or("")),
      std::string(kConversationFunction), trigger::StartingPosition::kLatest, std::move(settings)));
  return {};
}

/// Where this machine's own processes reach a server bound to `bind`.
std::string local_url(const std::string& bind, std::uint16_t port) {
  const bool any_v4 = bind == "localhost" || bind == "0.0.0.0";
  const std::string host = any_v4                                ? "127.0.0.1"
                           : bind == "::"                        ? "[::1]"
                           : bind.find(':') != std::string::npos ? "[" + bind + "]"
                                                                 : bind;
  return fmt::format("http://{}:{}", host, port);
}

void print_banner(const ServeOptions& options, const std::string& directory, std::uint16_t port,
                  const Console& console) {
  const bool is_v6 = options.bind.find(':') != std::string::npos;
  const std::string host = options.bind == "127.0.0.1" || options.bind == "0.0.0.0" ? "localhost"
                           : is_v6 ? "[" + options.bind + "]"
                                   : options.bind;
  const std::string url = fmt::format("http://{}:{}", host, port);
  const std::string endpoint = port == 8000 && host == "localhost" ? "" : " --endpoint-url " + url;
  console.out << fmt::format(
      "Parley {}\n\n"
      "  DynamoDB  {}  (any credentials, any region)\n"
      "  Lambda    {}  (functions and triggers on tables' streams)\n"
      "  data      {}  ({})\n\n"
      "Try, in another terminal:\n"
      "  export AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any AWS_DEFAULT_REGION={}\n"
      "  aws dynamodb list-tables --endpoint-url {}\n",
      PARLEY_VERSION, url, url, options.in_memory ? "in memory" : directory,
      durability_text(options), options.region, url);
  if (!options.demo) {
    console.out << fmt::format("  {1} ddb schema-load --trigger{0} && {1} ddb seed{0}\n", endpoint,
                               console.program);
  }
  console.out << fmt::format(
      "  {1} ddb list-conversations{0}\n"
      "  {1} ddb get-conversation{0}\n"
      "  {1} trigger status{0}\n\n"
      "Ctrl-C stops the server.\n",
      endpoint, console.program);
  if (!is_loopback(options.bind)) {
    console.err << fmt::format(
        "parley: warning: whoever reaches {} can read and write everything, and run functions: "
        "signatures are not verified\n",
        options.bind);
  }
  console.out.flush();
}

}  // namespace

bool is_loopback(std::string_view bind) {
  return bind == "localhost" || bind == "::1" || bind.starts_with("127.");
}

Result<std::string> default_data_directory(net::Environment environment) {
  const char* data_home = environment("XDG_DATA_HOME");
  // The specification ignores relative paths.
  if (data_home != nullptr && data_home[0] == '/') return fmt::format("{}/parley", data_home);
  const char* home = environment("HOME");
  if (home != nullptr && home[0] != '\0') return fmt::format("{}/.local/share/parley", home);
  return fail(ErrorCode::kInvalidArgument,
              "Where should the data be? Neither HOME nor XDG_DATA_HOME is set; say --data DIR or "
              "--in-memory");
}

Result<ExitCode> serve(const ServeOptions& options, const Console& console,
                       net::Environment environment) {
  std::string directory = options.data;
  if (directory.empty() && !options.in_memory) {
    directory = PARLEY_TRY(default_data_directory(environment));
  }
  // Before any thread starts, so that all of them leave the signals to wait().
  const EndSignals signals;
  SystemClock clock;
  SystemRandom random;
  HttpApiHandler handler;
  net::HttpServerOptions http;
  http.bind_address = options.bind;
  http.port = options.port;
  http.threads = options.threads;
  http.large_bodies = {.path_prefixes = api::kLambdaLargeBodyPaths,
                       .size_bytes_max = api::kLambdaBodySizeBytesMax};
  auto server = net::HttpServer::listen(http, handler);
  if (!server && server.error().code == ErrorCode::kLocked) {
    console.err << fmt::format("parley: {} with --port\n", server.error().message);
    return ExitCode::kPortInUse;
  }
  if (!server) return std::unexpected(server.error());

  auto store = PARLEY_TRY(storage::open_store({.directory = directory}));
  storage::KeyValueStore& stored = *store;  // the database's from now on
  engine::DatabaseOptions database_options;
  database_options.commit.sync = sync_of(options.durability);
  database_options.realm.region = options.region;
  database_options.ttl_interval =
      std::chrono::milliseconds(static_cast<std::int64_t>(options.ttl_interval_s * 1000));
  database_options.streams.shard_count = options.stream_shards;
  const auto database =
      PARLEY_TRY(engine::Database::open(std::move(store), database_options, clock, random));
  ThreadPool pool(kBlockingThreadsMax, kBlockingQueueMax);
  // The pool refuses only after stop(), when nobody waits for the reply any more.
  api::Service service(*database,
                       [&pool](ThreadPool::Task task) { (void)pool.run(std::move(task)); });
  client::LocalDatabase in_process(service);
  messaging::ConversationTrigger conversations(
      in_process, {.log = [&console](const std::string& line) {
        console.err << fmt::format("parley: {}: {}\n", kConversationFunction, line);
      }});
  const auto host = PARLEY_TRY(FunctionHost::open(
      {.directory = options.in_memory ? "" : directory + "/functions",
       .endpoint_url = local_url(options.bind, (*server)->port()),
       .natives = {{std::string(kConversationFunction),
                    "Moves every member's conversation row to the newest message",
                    [&](std::string_view event) { return conversations.handle(event); }}}},
      *database, stored, clock, random));
  handler.attach(service, host->service());
  (*server)->start();
  if (options.demo) {
    const Status loaded = load_demo(in_process, *database, host->mappings(), clock, random);
    if (!loaded) {
      (*server)->stop(std::chrono::milliseconds(0));
      host->stop(std::chrono::steady_clock::now());
      pool.stop();
      return std::unexpected(loaded.error());
    }
  }
  print_banner(options, directory, (*server)->port(), console);
  signals.wait();
  const auto deadline = std::chrono::steady_clock::now() + kStopGrace;
  host->drain(deadline);
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline - std::chrono::steady_clock::now());
  (*server)->stop(std::max(left, std::chrono::milliseconds(0)));
  host->stop(deadline);
  pool.stop();
  console.out << "Stopped.\n";
  console.out.flush();
  return ExitCode::kDone;
}

}  // namespace parley::cli
