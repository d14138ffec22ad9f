// MessagingService: the parts of the messaging service, made and joined in their order.
#pragma once

#include <memory>
#include <optional>

#include "base/result.h"
#include "cache/cache.h"
#include "cache/redis_channel.h"
#include "cli/messaging_server.h"
#include "client/immediate_database.h"
#include "messaging/cache_invalidation.h"
#include "messaging/http/app.h"
#include "messaging/live/live_hub.h"
#include "messaging/message_times_feed.h"
#include "messaging/sign_in/built_in_issuer.h"
#include "messaging/stream_fan_out.h"
#include "messaging/trigger_reader.h"

namespace parley::cli {

class MessagingService {
 public:
  /// Prepares the table, and starts to follow its stream. All are borrowed. Errors: what is wrong
  /// with the table or the options, or the database's.
  [[nodiscard]] static Result<std::unique_ptr<MessagingService>> open(
      const MessagingOptions& options, const MessagingPlaces& places,
      const messaging::AppSettings& settings, const messaging::HttpMetrics& metrics);
  /// Stops.
  ~MessagingService();
  MessagingService(const MessagingService&) = delete;
  MessagingService& operator=(const MessagingService&) = delete;

  [[nodiscard]] messaging::App& app() { return *app_; }
  /// The same for threads that must not wait (messaging/http/app_handler.h).
  [[nodiscard]] messaging::App& immediate_app() { return *immediate_app_; }
  /// Ends live streams and whatever runs by itself. Idempotent.
  void stop();

 private:
  MessagingService(const MessagingOptions& options, const MessagingPlaces& places);

  [[nodiscard]] Status open_cache(const MessagingOptions& options);
  [[nodiscard]] Status open_sign_in(const MessagingOptions& options, const std::string& key);
  [[nodiscard]] Status add_demo_people();
  void open_immediate();
  void open_live(const MessagingOptions& options);
  void start(const MessagingOptions& options);

  const MessagingPlaces& places_;
  std::unique_ptr<cache::CacheStore> cache_store_;  // null: no cache
  std::unique_ptr<cache::CollectionCache> cache_;   // the same
  std::unique_ptr<messaging::Reads> reads_;
  messaging::MessageTimes times_;
  std::unique_ptr<messaging::Domain> domain_;
  std::unique_ptr<messaging::Cursors> cursors_;
  std::unique_ptr<messaging::RateLimits> limits_;
  std::unique_ptr<messaging::BuiltInIssuer> built_in_issuer_;  // null: an OIDC issuer is in charge
  std::unique_ptr<messaging::TokenVerifier> oidc_verifier_;    // null: the built-in one is
  std::unique_ptr<messaging::LiveHub> hub_;
  std::optional<cache::RedisAddress> redis_;      // where the cache is, if it is there
  std::unique_ptr<cache::RedisChannel> channel_;  // null: no Redis, this process talks to no other
  std::unique_ptr<messaging::CacheInvalidation> invalidation_;  // null: no cache
  messaging::MessageTimesFeed times_feed_{times_};
  std::unique_ptr<messaging::StreamFanOut> fan_out_;
  std::unique_ptr<client::StreamFollower> follower_;
  std::unique_ptr<messaging::TriggerReader> trigger_reader_;  // null: not this process's affair
  std::unique_ptr<messaging::App> app_;
  client::ImmediateDatabase immediate_database_;
  std::unique_ptr<messaging::Reads> immediate_reads_;
  std::unique_ptr<messaging::Domain> immediate_domain_;
  std::unique_ptr<messaging::App> immediate_app_;
};

}  // namespace parley::cli
