#include "cli/function_host.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "net/http_client.h"

namespace parley::cli {
namespace {

// Calls of the Lambda API that may block: deployments, and replays of dead letters, which take as
// long as their functions.
constexpr std::size_t kBlockingThreadsMax = 8;
// The bound is that of connections: each has at most one request in the queue.
constexpr std::size_t kBlockingQueueMax = std::numeric_limits<std::size_t>::max();
constexpr std::chrono::milliseconds kPostTimeout{10'000};

using Steady = std::chrono::steady_clock;

std::chrono::milliseconds time_until(Steady::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Steady::now());
  return std::max(left, std::chrono::milliseconds(0));
}

/// Posts an on-failure record as JSON. Errors: kInvalidArgument, kIo, kTimeout, kRemote.
Status post_to_url(const std::string& url, const std::string& body) {
  const net::Url endpoint = PARLEY_TRY(net::Url::parse(url));
  net::HttpClientOptions options;
  options.connect_timeout = kPostTimeout;
  options.request_timeout = kPostTimeout;
  net::HttpClient client(endpoint, options);
  const auto reply = PARLEY_TRY(client.send(
      {.path = endpoint.path,
       .query = endpoint.query,
       .headers = {{"Content-Type", "application/json"}, {"User-Agent", "parley/" PARLEY_VERSION}},
       .body = body}));
  if (reply.status >= 200 && reply.status < 300) return {};
  return fail(ErrorCode::kRemote, fmt::format("{} answered with status {}", url, reply.status));
}

}  // namespace

Result<std::unique_ptr<FunctionHost>> FunctionHost::open(const FunctionHostOptions& options,
                                                         engine::Database& database,
                                                         storage::KeyValueStore& store,
                                                         const Clock& clock, Random& random) {
  std::unique_ptr<FunctionHost> host(new FunctionHost);
  if (options.directory.empty()) {
    host->temporary_directory_ = PARLEY_TRY(TemporaryDirectory::make());
  }
  host->endpoints_ = std::make_unique<RuntimeApiServer>();
  trigger::FunctionsOptions function_options;
  function_options.directory =
      options.directory.empty() ? host->temporary_directory_.path() : options.directory;
  function_options.endpoint_url = options.endpoint_url;
  host->functions_ =
      PARLEY_TRY(trigger::Functions::open(store, database.commits(), *host->endpoints_,
                                          database.realm(), function_options, clock, random));
  host->events_ = PARLEY_TRY(trigger::EventStore::open(store, database.commits()));
  // Before the mappings, which may call them at once.
  for (const NativeFunctionEntry& native : options.natives) {
    host->functions_->add_native(native.name, native.description, native.function);
  }
  trigger::MappingsOptions mapping_options;
  mapping_options.post_to_url = post_to_url;
  host->mappings_ = PARLEY_TRY(
      trigger::Mappings::open(store, database.commits(), database.streams(), *host->functions_,
                              database.realm(), mapping_options, clock, random));
  host->pool_ = std::make_unique<ThreadPool>(kBlockingThreadsMax, kBlockingQueueMax);
  api::LambdaOptions service_options;
  service_options.concurrency_max = function_options.concurrency_max;
  host->service_ = std::make_unique<api::LambdaService>(
      api::LambdaParts{.functions = *host->functions_,
                       .mappings = *host->mappings_,
                       .events = *host->events_,
                       .realm = database.realm(),
                       .clock = clock,
                       .random = random},
      service_options,
      // Refused only after stop(), when nobody waits for the reply any more.
      [pool = host->pool_.get()](ThreadPool::Task task) { (void)pool->run(std::move(task)); });
  return host;
}

FunctionHost::~FunctionHost() {
  stop(Steady::now());
}

void FunctionHost::drain(Steady::time_point deadline) {
  if (std::exchange(drained_, true)) return;
  if (service_ != nullptr) service_->stop();
  if (mappings_ != nullptr) mappings_->stop(time_until(deadline));
}

void FunctionHost::stop(Steady::time_point deadline) {
  if (std::exchange(stopped_, true)) return;
  drain(deadline);
  if (functions_ != nullptr) functions_->stop(time_until(deadline));
  if (pool_ != nullptr) pool_->stop();
}

}  // namespace parley::cli
