// Requests: the whole HTTP requests that a load is made of, as they stand in a file: each its size
// in bytes in decimal, a line feed, and then the bytes themselves.
//
// Where a request holds the ten digits "0123456789" they are replaced, each time it is sent, by a
// number that no other request of the run has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace parley::bench {

struct RequestTemplate {
  std::string bytes;
  std::size_t serial_at = std::string::npos;  // where the ten digits stand
};

/// The requests in the file, at least one. Errors: kIo, kValidation for a file of another form.
Result<std::vector<RequestTemplate>> read_requests(const std::string& path);

/// The request with `serial` (its last ten digits) in its place. The view is of `scratch` or of the
/// template, and valid until either changes.
std::string_view numbered(const RequestTemplate& request, std::uint64_t serial,
                          std::string& scratch);

}  // namespace parley::bench
