#include "cli/serve_remote.h"

#include <fmt/format.h>

#include <chrono>
#include <ostream>

#include "base/clock.h"
#include "base/random.h"
#include "cli/ddb_target.h"
#include "cli/end_signals.h"
#include "cli/serve_banner.h"

namespace parley::cli {
namespace {

constexpr std::chrono::seconds kStopGrace{5};
// Of the reader of streams, which has pauses of its own and must end soon when it is told to.
constexpr std::chrono::seconds kReaderTimeMax{3};

}  // namespace

Result<ExitCode> serve_remote(const ServeOptions& options, const Console& console,
                              net::Environment environment) {
  if (options.trigger == "lambda" && options.lease_time_s > 0) {
    return fail(ErrorCode::kInvalidArgument, "--lease-time goes with --trigger reader");
  }
  const EndSignals signals;
  SystemClock clock;
  SystemRandom random;
  DdbTargetOptions where{.prod = options.database == "prod",
                         .endpoint_url = options.database_endpoint,
                         .region = options.database_region,
                         .profile = options.database_profile};
  const DdbTarget target = PARLEY_TRY(open_ddb_target(where, environment, clock, random));
  where.attempts_max = 1;
  where.request_timeout = kReaderTimeMax;
  const DdbTarget reader = PARLEY_TRY(open_ddb_target(where, environment, clock, random));
  MessagingOptions messaging = options.messaging;
  messaging.bind = options.bind;
  messaging.runs_trigger = options.trigger != "lambda";
  if (options.lease_time_s > 0) messaging.lease_time_s = options.lease_time_s;
  auto server = MessagingServer::listen(messaging, {.database = *target.database,
                                                    .stream_reader = *reader.database,
                                                    .clock = clock,
                                                    .random = random,
                                                    .log = [&console](const std::string& line) {
                                                      console.err
                                                          << fmt::format("parley: {}\n", line);
                                                    }});
  if (!server && server.error().code == ErrorCode::kLocked) {
    console.err << fmt::format("parley: {} with --app-port\n", server.error().message);
    return ExitCode::kPortInUse;
  }
  if (!server) return std::unexpected(server.error());
  PARLEY_TRY((*server)->set_up());
  (*server)->start();
  console.out << fmt::format(
      "Parley {}\n\n"
      "  Messaging  {}  (the web app and its API)\n"
      "  database   {}  (table {}, {})\n\n"
      "Ctrl-C stops the server.\n",
      PARLEY_VERSION, shown_url(messaging.bind, (*server)->port()), target.address, messaging.table,
      messaging.runs_trigger ? "rows are moved by one of these processes"
                             : "rows are moved by the Lambda function");
  console.out.flush();
  signals.wait();
  (*server)->stop(kStopGrace);
  console.out << "Stopped.\n";
  console.out.flush();
  return ExitCode::kDone;
}

}  // namespace parley::cli
