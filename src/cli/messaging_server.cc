#include "cli/messaging_server.h"

#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

#include "base/thread_pool.h"
#include "cache/redis_store.h"
#include "cli/messaging_service.h"
#include "cli/serve.h"
#include "messaging/http/app_handler.h"
#include "messaging/sign_in/oidc_verifier.h"
#include "net/http_server.h"

namespace parley::cli {
namespace {

// Calls of the API wait for the database, not for a core.
constexpr std::size_t kThreadsMax = 32;
constexpr std::size_t kQueueMax = 10'000;
constexpr std::size_t kBodySizeBytesMax = 256u << 10;
// A call that finds the service not set up tries to set it up, no more often than this.
constexpr std::chrono::microseconds kSetUpIntervalMin = std::chrono::seconds(1);

Status check(const MessagingOptions& options) {
  if (options.cache != "memory" && options.cache != "off") {
    PARLEY_TRY(cache::RedisAddress::parse(options.cache));
  }
  if (options.oidc_issuer.empty()) {
    if (is_loopback(options.bind)) return {};
    return fail(ErrorCode::kInvalidArgument,
                "The built-in sign-in lets anybody in: keep the app on localhost, or name an "
                "issuer with --oidc-issuer");
  }
  if (options.oidc_client_id.empty() && options.oidc_audience.empty()) {
    return fail(ErrorCode::kInvalidArgument,
                "Whom are the issuer's tokens for? Say --oidc-client-id or --oidc-audience");
  }
  if (!messaging::is_public_key_algorithm(options.oidc_algorithm)) {
    return fail(ErrorCode::kInvalidArgument,
                "--oidc-algorithm is one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, "
                "ES384, ES512");
  }
  return {};
}

/// "https://id.example:8443/pool" without its path.
std::string origin_of(const std::string& url) {
  const auto host = url.find("://");
  return host == std::string::npos ? url : url.substr(0, url.find('/', host + 3));
}

messaging::AppSettings app_settings(const MessagingOptions& options) {
  messaging::AppSettings settings;
  settings.cors_origins = options.cors_origins;
  settings.oidc.issuer = options.oidc_issuer;
  settings.oidc.client_id = options.oidc_client_id;
  if (options.oidc_issuer.empty()) return settings;
  settings.connect_origins.push_back(origin_of(options.oidc_issuer));
  const auto token_endpoint =
      messaging::token_endpoint(options.oidc_issuer, messaging::http_fetch());
  if (token_endpoint && origin_of(*token_endpoint) != settings.connect_origins.front()) {
    settings.connect_origins.push_back(origin_of(*token_endpoint));
  }
  return settings;
}

}  // namespace

struct MessagingServer::State {
  State(MessagingOptions given, MessagingPlaces stood_on)
      : options(std::move(given)),
        places(std::move(stood_on)),
        settings(app_settings(options)),
        handler({.settings = settings,
                 .spawn =
                     [this](messaging::AppHandler::Task task) {
                       // Dropped, the call is answered with an error.
                       (void)pool.run(std::move(task));
                     },
                 .app = [this] { return app(); },
                 .immediate_app = [this] { return immediate_app_.load(); }}) {}

  /// The app, set up if it is not yet. Errors: why it could not be.
  Result<messaging::App*> app() {
    if (messaging::App* ready = app_.load(); ready != nullptr) return ready;
    const std::scoped_lock lock(mutex);
    if (messaging::App* ready = app_.load(); ready != nullptr) return ready;
    const TimestampMicros now = places.clock.now();
    const bool is_early =
        last_failure && std::chrono::microseconds(now - tried_at) < kSetUpIntervalMin;
    if (is_early) return std::unexpected(*last_failure);
    tried_at = now;
    auto opened = MessagingService::open(options, places, settings, handler.metrics());
    if (!opened) {
      last_failure = opened.error();
      return std::unexpected(opened.error());
    }
    service = *std::move(opened);
    app_ = &service->app();
    immediate_app_ = &service->immediate_app();
    // What earlier processes left of erasures, and of groups that they were making.
    (void)pool.run([this] {
      report(service->app().account.complete_erasures());
      report(service->app().conversations.remove_unfinished());
    });
    return app_.load();
  }
  void report(const Status& status) const {
    if (!status && places.log) places.log(status.error().message);
  }

  const MessagingOptions options;
  const MessagingPlaces places;
  const messaging::AppSettings settings;
  ThreadPool pool{kThreadsMax, kQueueMax};
  messaging::AppHandler handler;
  std::unique_ptr<net::HttpServer> server;

  std::atomic<messaging::App*> app_ = nullptr;  // the service's, once it is set up
  std::atomic<messaging::App*> immediate_app_ = nullptr;
  std::mutex mutex;  // guards what follows; held while setting up
  std::unique_ptr<MessagingService> service;
  std::optional<Error> last_failure;
  TimestampMicros tried_at = 0;
};

MessagingServer::MessagingServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

MessagingServer::~MessagingServer() {
  stop(std::chrono::milliseconds(0));
}

Result<std::unique_ptr<MessagingServer>> MessagingServer::listen(MessagingOptions options,
                                                                 MessagingPlaces places) {
  PARLEY_TRY(check(options));
  net::HttpServerOptions http;
  http.bind_address = options.bind;
  http.port = options.port;
  http.body_size_bytes_max = kBodySizeBytesMax;
  auto state = std::make_unique<State>(std::move(options), std::move(places));
  state->server = PARLEY_TRY(net::HttpServer::listen(http, state->handler));
  return std::unique_ptr<MessagingServer>(new MessagingServer(std::move(state)));
}

std::uint16_t MessagingServer::port() const {
  return state_->server->port();
}

void MessagingServer::start() {
  state_->server->start();
}

Status MessagingServer::set_up() {
  static_cast<void>(PARLEY_TRY(state_->app()));
  return {};
}

void MessagingServer::stop(std::chrono::milliseconds grace) {
  {
    const std::scoped_lock lock(state_->mutex);
    if (state_->service != nullptr) state_->service->stop();
  }
  state_->server->stop(grace);
  state_->pool.stop();
}

}  // namespace parley::cli
