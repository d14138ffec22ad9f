// JSON for the inputs of operations.
#pragma once

#include <string>
#include <string_view>

#include "codec/item_json.h"

namespace parley::cli {

/// `text` as a JSON string literal.
[[nodiscard]] inline std::string json_string(std::string_view text) {
  std::string out;
  codec::append_json_string(out, text);
  return out;
}

}  // namespace parley::cli
