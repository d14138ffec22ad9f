// Where a `parley ddb` command goes: the local server, AWS, or an address of the user's.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "client/database.h"
#include "net/aws_signature.h"

namespace parley::cli {

inline constexpr std::string_view kLocalEndpoint = "http://localhost:8000";

/// What the command line says about the place.
struct DdbTargetOptions {
  bool prod = false;
  std::string endpoint_url = {};  // empty: the environment's or local; AWS with prod
  std::string region = {};        // empty: the environment's, then the profile's
  std::string profile = {};
  int attempts_max = 10;                              // as client::RemoteDatabaseOptions has it
  std::chrono::milliseconds request_timeout{60'000};  // of one attempt
};

/// A place to send calls to.
struct DdbTarget {
  std::string address = {};  // "http://localhost:8000", for people
  std::string region = {};
  bool is_aws = false;  // prod, or an address of AWS's: what is lost there is lost
  std::unique_ptr<client::Database> database = {};
};

/// With prod, credentials and a region are needed and looked up in the usual chain; otherwise any
/// will do. `clock` and `random` are borrowed by the database. Errors: kInvalidArgument that says
/// what is missing, and those of net::load_aws_profile and net::Url::parse.
[[nodiscard]] Result<DdbTarget> open_ddb_target(const DdbTargetOptions& options,
                                                net::Environment environment, Clock& clock,
                                                Random& random);

}  // namespace parley::cli
