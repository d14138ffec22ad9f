// Errors as Lambda spells them on the wire: the type in a header, {"Type":"User","message":"…"} in
// the body.
#pragma once

#include <string>
#include <string_view>

#include "api/api.h"
#include "base/error.h"
#include "base/random.h"

namespace parley::api {

/// A whole reply that says `error`.
[[nodiscard]] Reply lambda_error_reply(const Request& request, const Error& error, Random& random);

}  // namespace parley::api
