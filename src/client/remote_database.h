// RemoteDatabase: DynamoDB over HTTP, signed with SigV4, with the retries that AWS's own SDKs do.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "client/database.h"
#include "net/aws_signature.h"
#include "net/http_client.h"

namespace parley::client {

struct RemoteDatabaseOptions {
  net::Url endpoint = {};
  std::string region = "us-east-1";
  net::AwsCredentials credentials = {};
  std::string user_agent = "parley";
  net::HttpClientOptions http = {};
  int attempts_max = 10;  // of throttled calls and server faults together, the SDKs' figure
};

/// Waits; in tests it only takes notes.
using Pause = std::function<void(std::chrono::milliseconds)>;

/// Blocks the thread.
[[nodiscard]] Pause system_pause();

/// The pause before attempt `attempt` (the first retry is 1): a random share of 50 ms doubled each
/// time, at most 5 s. Source: "Exponential Backoff And Jitter", AWS Architecture Blog.
[[nodiscard]] std::chrono::milliseconds backoff(int attempt, Random& random);

/// DynamoDB's own address in a region.
/// Source: https://docs.aws.amazon.com/general/latest/gr/ddb.html
[[nodiscard]] std::string aws_endpoint(std::string_view region);

/// Where the streams of the database at `endpoint` are: on AWS a host of their own, elsewhere (and
/// behind a VPC endpoint) the same. Source: as above.
[[nodiscard]] net::Url streams_endpoint(const net::Url& endpoint);

class RemoteDatabase final : public Database {
 public:
  /// `clock` and `random` are borrowed and must outlive this.
  RemoteDatabase(RemoteDatabaseOptions options, Clock& clock, Random& random,
                 Pause pause = system_pause());

  [[nodiscard]] Result<std::string> call(std::string_view operation,
                                         std::string_view input) override;

 private:
  struct Place {
    Place(net::Url url, const net::HttpClientOptions& options)
        : endpoint(std::move(url)), http(endpoint, options) {}
    const net::Url endpoint;
    net::HttpClient http;
  };

  const RemoteDatabaseOptions options_;
  Clock& clock_;
  Random& random_;
  Pause pause_;
  Place database_;
  Place streams_;
};

}  // namespace parley::client
