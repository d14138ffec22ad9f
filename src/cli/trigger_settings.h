// The settings of an event source mapping as the command line gives them, in the API's JSON.
#pragma once

#include <string>

#include "cli/trigger_commands.h"

namespace parley::cli {

/// What CreateEventSourceMapping and UpdateEventSourceMapping share: members that were given, with
/// commas between them.
[[nodiscard]] std::string trigger_settings_members(const TriggerOptions& options);

}  // namespace parley::cli
