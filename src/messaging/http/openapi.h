// The OpenAPI document, openapi.json beside this file, as it is in the program.
#pragma once

#include <string_view>

namespace parley::messaging {

/// JSON; static storage.
[[nodiscard]] std::string_view openapi_document();

}  // namespace parley::messaging
