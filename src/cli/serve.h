// `parley serve`: the database and the messaging service behind their ports, until a signal ends
// them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/messaging_server.h"
#include "net/aws_signature.h"

namespace parley::cli {

struct ServeOptions {
  std::uint16_t port = 8000;
  std::string bind = "localhost";
  std::string data = {};  // empty: default_data_directory()
  bool in_memory = false;
  std::string durability = "fsync";
  bool demo = false;
  unsigned threads = 0;  // 0: one a core
  std::string region = "us-east-1";
  double ttl_interval_s = 1;   // how often expired items are looked for
  unsigned stream_shards = 0;  // of a new stream; 0: as many as DynamoDB has

  bool app = true;              // the messaging service too
  bool app_port_given = false;  // a port in use is an error, not a warning
  MessagingOptions messaging = {};

  // The database elsewhere: then the messaging service alone is served.
  std::string database = {};           // "prod": AWS
  std::string database_endpoint = {};  // an address
  std::string database_region = {};    // empty: as DdbTargetOptions has it
  std::string database_profile = {};
  std::string trigger = {};  // who moves rows there: "reader" (or empty), or "lambda"
  double lease_time_s = 0;   // of the reader; 0: as MessagingOptions has it
};

/// $XDG_DATA_HOME/parley, else ~/.local/share/parley. Errors: kInvalidArgument when neither
/// variable is set. Source: XDG Base Directory Specification.
[[nodiscard]] Result<std::string> default_data_directory(net::Environment environment);

/// Whether only this machine reaches a server bound to `bind`, an address or "localhost".
[[nodiscard]] bool is_loopback(std::string_view bind);

/// Serves until SIGINT, SIGTERM or SIGHUP, then lets requests in flight finish; a second signal
/// ends the process at once. Blocks the process's signals for the calling thread and those it
/// starts.
[[nodiscard]] Result<ExitCode> serve(const ServeOptions& options, const Console& console,
                                     net::Environment environment);

}  // namespace parley::cli
