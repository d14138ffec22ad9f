// Setting the service up: the table as it must be, its time to live, and the keys that all
// processes on it share.
#pragma once

#include <string>

#include "base/result.h"
#include "messaging/domain/domain.h"

namespace parley::messaging {

struct TableSetupOptions {
  bool create = false;  // the table, if there is none: on demand, with stream and index
};

/// Of the CFG item.
struct ServiceKeys {
  std::string cursor_key = {};  // 32 random bytes
  std::string issuer_key = {};  // the built-in issuer's: a P-256 private key, DER (RFC 5915)
};

/// Checks the table (keys, index, stream; docs/formats/messaging.md), waits while the table is
/// being made, switches its time to live on for `ttl`, and makes the keys unless another process
/// has made them. May be done by every process at every start. Errors: kInvalidArgument for a table
/// that is missing or not as it must be, naming everything that is wrong, before anything is
/// changed; kTimeout if it is not ready within a minute; the database's own.
[[nodiscard]] Result<ServiceKeys> prepare_table(Domain& domain,
                                                const TableSetupOptions& options = {});

}  // namespace parley::messaging
