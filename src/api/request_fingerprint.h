// A hash of a JSON value by which two requests with one ClientRequestToken are compared.
#pragma once

#include <simdjson.h>

#include <cstdint>

namespace parley::api {

/// Equal for values that differ only in white space, in escapes, in the order of an object's
/// members or in members that are null. 64 bits, the same in every process; not for use against an
/// adversary.
[[nodiscard]] std::uint64_t fingerprint(const simdjson::dom::element& json);

}  // namespace parley::api
