// LambdaService: AWS Lambda's API (2015-03-31 and its younger paths) beside DynamoDB's on the same
// port, and under /_parley/ what AWS has no API for: logs, the progress of triggers, dead letters.
//
// REST with JSON: method and path say what is wanted (lambda/routes.cc is the one table, one file
// an operation), the error's type is in the header x-amzn-ErrorType (lambda/lambda_error.cc). A
// request goes through: route, signature's form, JSON, shape, handler. What AWS offers and Parley
// has not is refused by name, or answered truthfully as empty (lambda/absent_features.cc).
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "api/api.h"
#include "base/clock.h"
#include "base/random.h"
#include "model/table.h"
#include "trigger/event_store.h"
#include "trigger/functions.h"
#include "trigger/mappings.h"

namespace parley::api {

/// What a request body may weigh here: a zip archive of 50 MB in base64 (AWS's own limit).
inline constexpr std::size_t kLambdaBodySizeBytesMax = 70'167'211;
/// Of other requests than those of kLambdaLargeBodyPaths.
inline constexpr std::size_t kLambdaSmallBodySizeBytesMax = std::size_t{16} << 20;
/// The paths of such bodies.
inline constexpr std::string_view kLambdaLargeBodyPaths[] = {"/2015-03-31/functions"};

/// What the service works with. Borrowed; all of it must outlive the service.
struct LambdaParts {
  trigger::Functions& functions;
  trigger::Mappings& mappings;
  trigger::EventStore& events;
  const model::Realm& realm;
  const Clock& clock;
  Random& random;
};

struct LambdaOptions {
  /// Before the second and third attempt of an Event invocation whose function failed; AWS's own.
  /// Source: lambda/latest/dg/invocation-async-error-handling.html
  std::vector<std::chrono::milliseconds> event_retry_pauses = {std::chrono::minutes(1),
                                                               std::chrono::minutes(2)};
  int concurrency_max = 16;  // of all functions together, as GetAccountSettings shows it
};

struct LambdaContext;

/// Thread-safe.
class LambdaService {
 public:
  /// `run_blocking` takes all but Invoke: deployments and archives touch the disk.
  LambdaService(const LambdaParts& parts, const LambdaOptions& options,
                BlockingExecutor run_blocking);
  /// The functions must have stopped before: their callbacks come here. Goes on with the events
  /// that wait in `parts.events`.
  ~LambdaService();

  /// Whether a request of this path is for here, and not for DynamoDB.
  [[nodiscard]] static bool owns(std::string_view path);

  /// The reply to what never became a request (net/http_server.h); of `request` only method and
  /// path are looked at. A body that is too large is refused in Lambda's words.
  [[nodiscard]] Reply unreadable_request(const Request& request, int status,
                                         std::string_view reason);

  /// Replies exactly once; an invocation's reply may take as long as the function.
  void handle(const Request& request, ReplyCallback reply);

  /// Ends what waits: log followers get their reply now, retries of Event invocations wait
  /// for the next run of the server.
  /// To be called before the HTTP server stops.
  void stop();

 private:
  std::unique_ptr<LambdaContext> context_;
  BlockingExecutor run_blocking_;
};

}  // namespace parley::api
