#include "cli/messaging_service.h"

#include <fmt/format.h>

#include <utility>

#include "cli/founding_table.h"
#include "messaging/cached_reads.h"
#include "messaging/domain/table_setup.h"
#include "messaging/sign_in/oidc_verifier.h"

namespace parley::cli {
namespace {

constexpr std::chrono::seconds kFollowingWaitMax{5};

messaging::DomainSettings domain_settings(const MessagingOptions& options) {
  messaging::DomainSettings settings;
  settings.table = options.table;
  settings.message_characters_max = options.message_characters_max;
  settings.message_retention = std::chrono::days(options.message_retention_days);
  return settings;
}

messaging::RateLimitSettings rate_settings(const MessagingOptions& options) {
  messaging::RateLimitSettings settings;
  if (!options.rate_limits) settings.rates = {};
  return settings;
}

}  // namespace

MessagingService::MessagingService(const MessagingOptions& options, const MessagingPlaces& places)
    : places_(places),
      times_(places.clock),
      limits_(std::make_unique<messaging::RateLimits>(places.clock, rate_settings(options))),
      immediate_database_(places.is_in_process ? &places.database : nullptr) {}

Result<std::unique_ptr<MessagingService>> MessagingService::open(
    const MessagingOptions& options, const MessagingPlaces& places,
    const messaging::AppSettings& settings, const messaging::HttpMetrics& metrics) {
  std::unique_ptr<MessagingService> service(new MessagingService(options, places));
  PARLEY_TRY(service->open_cache(options));
  service->domain_ = std::unique_ptr<messaging::Domain>(
      new messaging::Domain{.database = places.database,
                            .reads = *service->reads_,
                            .clock = places.clock,
                            .random = places.random,
                            .times = service->times_,
                            .settings = domain_settings(options)});
  messaging::ServiceKeys keys =
      PARLEY_TRY(messaging::prepare_table(*service->domain_, {.create = options.create_table}));
  service->cursors_ = std::make_unique<messaging::Cursors>(std::move(keys.cursor_key));
  PARLEY_TRY(service->open_sign_in(options, keys.issuer_key));
  service->open_live(options);
  messaging::TokenVerifier& verifier =
      service->oidc_verifier_ != nullptr
          ? *service->oidc_verifier_
          : static_cast<messaging::TokenVerifier&>(*service->built_in_issuer_);
  service->app_ = std::unique_ptr<messaging::App>(
      new messaging::App{.domain = *service->domain_,
                         .verifier = verifier,
                         .local_sign_in = service->built_in_issuer_.get(),
                         .cursors = *service->cursors_,
                         .limits = *service->limits_,
                         .hub = *service->hub_,
                         .cache = service->cache_.get(),
                         .metrics = metrics,
                         .settings = settings,
                         .log = places.log});
  service->open_immediate();
  if (options.runs_trigger) {
    service->app_->is_leading = [of = service.get()] {
      return of->trigger_reader_ != nullptr && of->trigger_reader_->is_leading();
    };
  }
  if (options.demo && service->built_in_issuer_ != nullptr) {
    PARLEY_TRY(service->add_demo_people());
  }
  if (places.ensure_trigger) PARLEY_TRY(places.ensure_trigger());
  service->start(options);
  return service;
}

MessagingService::~MessagingService() {
  stop();
}

void MessagingService::stop() {
  // The follower feeds the hub.
  if (trigger_reader_ != nullptr) trigger_reader_->stop();
  if (follower_ != nullptr) follower_->stop();
  if (hub_ != nullptr) hub_->stop();
  if (channel_ != nullptr) channel_->stop();  // after the hub's last word
}

Status MessagingService::open_cache(const MessagingOptions& options) {
  if (options.cache == "off") {
    reads_ = std::make_unique<messaging::UncachedReads>(places_.database);
    return {};
  }
  if (options.cache == "memory") {
    cache_store_ = std::make_unique<cache::MemoryStore>(
        places_.clock,
        cache::MemoryStoreOptions{.size_bytes_max = std::size_t{options.cache_mib} << 20U});
  } else {
    cache::RedisStoreOptions redis;
    redis_ = PARLEY_TRY(cache::RedisAddress::parse(options.cache));
    redis.address = *redis_;
    redis.key_prefix = fmt::format("parley:{}:", options.table);
    cache_store_ = std::make_unique<cache::RedisStore>(std::move(redis), places_.random);
  }
  cache_ = std::make_unique<cache::CollectionCache>(*cache_store_);
  reads_ = std::make_unique<messaging::CachedReads>(places_.database, *cache_);
  return {};
}

void MessagingService::open_immediate() {
  if (cache_ != nullptr) {
    immediate_reads_ = std::make_unique<messaging::CachedReads>(
        immediate_database_, *cache_, messaging::CachedReads::For::kEventLoops);
  } else {
    immediate_reads_ = std::make_unique<messaging::UncachedReads>(immediate_database_);
  }
  immediate_domain_ = std::unique_ptr<messaging::Domain>(
      new messaging::Domain{.database = immediate_database_,
                            .reads = *immediate_reads_,
                            .clock = domain_->clock,
                            .random = domain_->random,
                            .times = domain_->times,
                            .settings = domain_->settings,
                            .pause = [](std::chrono::milliseconds) {}});
  immediate_app_ =
      std::unique_ptr<messaging::App>(new messaging::App{.domain = *immediate_domain_,
                                                         .verifier = app_->verifier,
                                                         .local_sign_in = app_->local_sign_in,
                                                         .cursors = app_->cursors,
                                                         .limits = app_->limits,
                                                         .hub = app_->hub,
                                                         .cache = app_->cache,
                                                         .metrics = app_->metrics,
                                                         .settings = app_->settings,
                                                         .log = app_->log});
}

Status MessagingService::open_sign_in(const MessagingOptions& options, const std::string& key) {
  if (options.oidc_issuer.empty()) {
    built_in_issuer_ = PARLEY_TRY(messaging::BuiltInIssuer::open(*domain_, key));
    return {};
  }
  messaging::OidcSettings settings;
  settings.claims.issuer = options.oidc_issuer;
  settings.claims.audience =
      options.oidc_audience.empty() ? options.oidc_client_id : options.oidc_audience;
  settings.algorithm = options.oidc_algorithm;
  oidc_verifier_ = std::make_unique<messaging::OidcVerifier>(std::move(settings), places_.clock);
  return {};
}

Status MessagingService::add_demo_people() {
  messaging::People people(*domain_);
  for (const Person& person : kSeedPeople) {
    PARLEY_TRY(people.ensure(person.uuid, person.handle, person.display_name));
    PARLEY_TRY(built_in_issuer_->list(person.uuid));
  }
  return {};
}

void MessagingService::open_live(const MessagingOptions& options) {
  messaging::LiveHubSources sources{
      .database = places_.stream_reader, .table = options.table, .clock = places_.clock};
  sources.members_of = [this](std::string_view conversation) {
    return messaging::Conversations(*domain_).member_ids(conversation);
  };
  sources.conversations_of = [this](std::string_view person) -> Result<std::vector<std::string>> {
    const auto page = PARLEY_TRY(messaging::Conversations(*domain_).list(person, 100, ""));
    std::vector<std::string> ids;
    ids.reserve(page.items.size());
    for (const messaging::ConversationView& each : page.items) ids.push_back(each.id);
    return ids;
  };
  sources.pinned_among = [this](std::string_view conversation,
                                const std::vector<std::string>& people) {
    return messaging::Conversations(*domain_).pinned_among(conversation, people);
  };
  sources.pinned_of = [this](std::string_view person) {
    return messaging::Conversations(*domain_).pinned_of(person, messaging::kRoomsOfPersonMax);
  };
  sources.members_moved_max = static_cast<std::size_t>(domain_->settings.members_moved_max);
  if (redis_) {
    sources.process = make_uuid(places_.random);
    sources.publish = [this](std::string text) { channel_->publish(std::move(text)); };
  }
  hub_ = std::make_unique<messaging::LiveHub>(std::move(sources), messaging::HubSettings{});
  if (redis_) {
    // Channels are common to all databases of a Redis server.
    cache::RedisChannelOptions talking{
        .address = *redis_,
        .name = fmt::format("parley:{}:{}:live", options.table, redis_->database),
        .log = [this](std::string_view what) {
          if (!places_.log) return;
          places_.log(fmt::format("nobody at other processes is seen online: {}", what));
        }};
    channel_ = std::make_unique<cache::RedisChannel>(std::move(talking), *hub_);
  }
  // The cache first: whoever is told of a change may read it at once.
  std::vector<client::StreamHandler*> handlers;
  if (cache_ != nullptr) {
    invalidation_ = std::make_unique<messaging::CacheInvalidation>(*cache_);
    handlers.push_back(invalidation_.get());
  }
  handlers.push_back(&times_feed_);
  handlers.push_back(hub_.get());
  fan_out_ = std::make_unique<messaging::StreamFanOut>(std::move(handlers));
  client::StreamFollowerOptions following;
  following.walk.table = options.table;
  following.announcer = places_.announcer;
  following.report_failure = [this](std::string_view what) {
    if (places_.log) places_.log(fmt::format("the table's stream: {}", what));
  };
  follower_ = std::make_unique<client::StreamFollower>(places_.stream_reader, places_.clock,
                                                       *fan_out_, std::move(following));
}

void MessagingService::start(const MessagingOptions& options) {
  if (channel_ != nullptr) channel_->start();
  hub_->start();
  follower_->start();
  // Whoever comes back after a restart comes at once, and is to go on where they were.
  hub_->wait_until_following(kFollowingWaitMax);
  if (!options.runs_trigger) return;
  messaging::TriggerReaderOptions reading;
  reading.lease_time = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::duration<double>(options.lease_time_s));
  reading.lease_interval = reading.lease_time / 3;
  reading.announcer = places_.announcer;
  reading.log = places_.log;
  trigger_reader_ = std::make_unique<messaging::TriggerReader>(
      *domain_, places_.stream_reader, make_uuid(places_.random), std::move(reading));
  trigger_reader_->start();
}

}  // namespace parley::cli
