// A function as the API shows it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "trigger/functions.h"

namespace parley::api {

/// What a reply says a function is in the middle of. Everything is done when the reply is sent; the
/// words are AWS's, whose clients then wait until GetFunction says otherwise.
enum class FunctionProgress : std::uint8_t { kCreating, kUpdating, kDone };

/// Appends a FunctionConfiguration. `arn` as the caller named the function.
void append_function_configuration(std::string& out, const trigger::Function& function,
                                   std::string_view arn, FunctionProgress progress);

/// {"name":"value",…}
void append_text_map(std::string& out, const std::map<std::string, std::string>& texts);

}  // namespace parley::api
