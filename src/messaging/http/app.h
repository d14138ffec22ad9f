// App: what the routes work with. Everything is borrowed.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/collection_cache.h"
#include "messaging/domain/account.h"
#include "messaging/domain/conversations.h"
#include "messaging/domain/domain.h"
#include "messaging/domain/messages.h"
#include "messaging/domain/people.h"
#include "messaging/http/metrics.h"
#include "messaging/live/hub.h"
#include "messaging/sign_in/cursors.h"
#include "messaging/sign_in/local_sign_in.h"
#include "messaging/sign_in/rate_limit.h"
#include "messaging/sign_in/sign_in.h"

namespace parley::messaging {

/// How people sign in, as the web app is told.
struct OidcClient {
  std::string issuer = {};     // empty: the built-in issuer
  std::string client_id = {};  // of the web app
  std::string scope = "openid profile email";
};

struct AppSettings {
  OidcClient oidc = {};
  /// Origins ("https://chat.example") whose pages may call the API; "*" for any.
  std::vector<std::string> cors_origins = {};
  /// Origins that the web app's pages may ask besides this server: the issuer's.
  std::vector<std::string> connect_origins = {};
};

struct App {
  Domain& domain;
  TokenVerifier& verifier;
  LocalSignIn* local_sign_in;  // null: an OIDC issuer is in charge
  const Cursors& cursors;
  RateLimits& limits;
  Hub& hub;
  cache::CollectionCache* cache;  // null: there is none
  const HttpMetrics& metrics;
  AppSettings settings = {};
  /// Gets a line for each request that failed for no fault of the client's.
  std::function<void(const std::string&)> log = {};
  /// Whether this process moves conversation rows now; empty: none of these processes does.
  std::function<bool()> is_leading = {};

  People people{domain};
  Conversations conversations{domain};
  Messages messages{domain};
  Account account{domain};
};

}  // namespace parley::messaging
