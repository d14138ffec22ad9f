// MessagingServer: the messaging service behind its port: the domain, the cache, sign-in, live
// events and the HTTP API, put together on one table.
//
// The table may come later, and whoever wants the database alone pays nothing: the service is set
// up at the first call of its API. Until then the port answers, and says what to do.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "client/database.h"
#include "client/stream_follower.h"

namespace parley::cli {

struct MessagingOptions {
  std::string bind = "localhost";
  std::uint16_t port = 8080;
  std::string table = "cruddur-messages";
  bool create_table = false;  // if it is not there
  bool demo = false;          // the two of the seeded conversation can sign in

  std::vector<std::string> cors_origins = {};
  std::string oidc_issuer = {};     // empty: the built-in sign-in
  std::string oidc_client_id = {};  // of the web app
  std::string oidc_audience = {};   // of tokens; empty: the client id
  std::string oidc_algorithm = "RS256";

  std::string cache = "memory";  // or "off", or an address that cache::RedisAddress takes
  unsigned cache_mib = 64;
  unsigned message_characters_max = 1024;
  unsigned message_retention_days = 0;  // 0: for ever
  bool rate_limits = true;

  bool runs_trigger = false;  // as a reader of the stream, where no mapping does
  double lease_time_s = 15;   // of that reader; positive
};

/// What the service stands on. Everything is borrowed and must outlive it.
struct MessagingPlaces {
  client::Database& database;
  bool is_in_process = false;       // the database: its reads are answered before the call returns
  client::Database& stream_reader;  // as client::StreamFollower wants it
  client::RecordsAnnouncer announcer = {};
  /// Called once the table is ready: puts the conversation trigger on its stream, where that is
  /// this process's affair.
  std::function<Status()> ensure_trigger = {};
  Clock& clock;
  Random& random;
  std::function<void(const std::string&)> log = {};
};

class MessagingServer {
 public:
  /// Binds the port. Errors: as net::HttpServer::listen; kInvalidArgument for options that cannot
  /// be, such as the built-in sign-in on an address that others reach.
  [[nodiscard]] static Result<std::unique_ptr<MessagingServer>> listen(MessagingOptions options,
                                                                       MessagingPlaces places);
  /// Stops without grace.
  ~MessagingServer();

  [[nodiscard]] std::uint16_t port() const;
  /// Begins to answer.
  void start();
  /// Sets the service up now instead of at the first call. Errors: what is wrong with the table or
  /// the database; the next call tries again.
  [[nodiscard]] Status set_up();
  /// Ends live streams, lets requests in flight finish. Idempotent. The database must go on until
  /// this has returned.
  void stop(std::chrono::milliseconds grace);

 private:
  struct State;
  explicit MessagingServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace parley::cli
