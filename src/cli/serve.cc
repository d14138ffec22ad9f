#include "cli/serve.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <ostream>
#include <utility>

#include "api/api.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/thread_pool.h"
#include "cli/end_signals.h"
#include "cli/founding_table.h"
#include "cli/function_host.h"
#include "cli/http_api_handler.h"
#include "cli/seed.h"
#include "cli/serve_banner.h"
#include "cli/serve_remote.h"
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

storage::Sync sync_of(const std::string& durability) {
  return durability == "os"     ? storage::Sync::kOs
         : durability == "none" ? storage::Sync::kNone
                                : storage::Sync::kFsync;
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

/// The messaging service; none where it cannot be and nobody has insisted on it.
Result<std::unique_ptr<MessagingServer>> listen_app(const ServeOptions& options,
                                                    MessagingPlaces places,
                                                    const Console& console) {
  if (!options.app) return nullptr;
  MessagingOptions messaging = options.messaging;
  messaging.create_table = true;
  messaging.demo = options.demo;
  // The built-in sign-in lets anybody in.
  const bool is_open = messaging.oidc_issuer.empty() && !is_loopback(options.bind);
  messaging.bind = is_open ? "localhost" : options.bind;
  auto server = MessagingServer::listen(std::move(messaging), std::move(places));
  if (server || server.error().code != ErrorCode::kLocked || options.app_port_given) return server;
  console.err << fmt::format(
      "parley: the messaging app does not run: {} with --app-port, or say --no-app\n",
      server.error().message);
  return nullptr;
}

/// Puts the conversation trigger on the messaging table's stream, unless something is on it.
Status ensure_trigger(const engine::Database& tables, trigger::Mappings& mappings,
                      const std::string& table_name) {
  const auto table = PARLEY_TRY(tables.find_table(table_name));
  const std::string stream =
      model::stream_arn(tables.realm(), table->name, table->latest_stream_label.value_or(""));
  if (!mappings.list(stream, "").empty()) return {};
  trigger::MappingSettings settings;
  settings.filter_patterns = {std::string(kMessagesAlone)};
  PARLEY_TRY(mappings.create(stream, std::string(kConversationFunction),
                             trigger::StartingPosition::kTrimHorizon, std::move(settings)));
  return {};
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
  if (!options.database.empty() || !options.database_endpoint.empty()) {
    return serve_remote(options, console, environment);
  }
  if (!options.database_region.empty() || !options.database_profile.empty() ||
      !options.trigger.empty() || options.lease_time_s > 0 || options.messaging.create_table) {
    return fail(ErrorCode::kInvalidArgument,
                "--database-region, --database-profile, --create-table, --trigger and --lease-time "
                "go with --database or --database-endpoint");
  }
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
  const auto listening = listen_app(
      options,
      {.database = in_process,
       .is_in_process = true,
       .stream_reader = in_process,
       .announcer =
           [&](std::function<void()> wake) {
             return database->streams().subscribe(std::move(wake));
           },
       .ensure_trigger =
           [&] { return ensure_trigger(*database, host->mappings(), options.messaging.table); },
       .clock = clock,
       .random = random,
       .log = [&console](
                  const std::string& line) { console.err << fmt::format("parley: {}\n", line); }},
      console);
  if (!listening && listening.error().code == ErrorCode::kLocked) {
    console.err << fmt::format("parley: {} with --app-port\n", listening.error().message);
    return ExitCode::kPortInUse;
  }
  if (!listening) return std::unexpected(listening.error());
  const std::unique_ptr<MessagingServer>& app = *listening;
  const auto stop = [&](std::chrono::steady_clock::time_point deadline) {
    const auto left = [&] {
      const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(
          deadline - std::chrono::steady_clock::now());
      return std::max(time, std::chrono::milliseconds(0));
    };
    if (app != nullptr) app->stop(left());
    host->drain(deadline);
    (*server)->stop(left());
    host->stop(deadline);
    pool.stop();
  };
  (*server)->start();
  Status ready;
  if (options.demo) {
    ready = load_demo(in_process, *database, host->mappings(), clock, random);
    if (ready && app != nullptr) ready = app->set_up();
  }
  if (!ready) {
    stop(std::chrono::steady_clock::now());
    return std::unexpected(ready.error());
  }
  if (app != nullptr) app->start();
  ServePlaces places{.directory = directory, .port = (*server)->port()};
  if (app != nullptr) {
    places.app_url =
        shown_url(is_loopback(options.bind) || !options.messaging.oidc_issuer.empty() ? options.bind
                                                                                      : "localhost",
                  app->port());
  }
  print_banner(options, places, console);
  signals.wait();
  stop(std::chrono::steady_clock::now() + kStopGrace);
  console.out << "Stopped.\n";
  console.out.flush();
  return ExitCode::kDone;
}

}  // namespace parley::cli
