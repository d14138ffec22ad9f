// The commands of `parley trigger`: event source mappings, which run a function for what changes in
// a table. Each prints its outcome on console.out; an error is returned and printed by the caller.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/function_server.h"
#include "net/aws_signature.h"

namespace parley::cli {

struct TriggerOptions {
  std::string endpoint_url = {};
  bool json = false;
  /// A trigger as find_trigger takes it; empty: all, for `status`.
  std::string trigger = {};
  // create
  std::string table = {};
  std::string stream_arn = {};
  std::string function = {};  // also of update
  std::string starting_position = "TRIM_HORIZON";
  bool disabled = false;
  // create and update
  std::optional<int> batch_size = {};
  std::optional<int> batching_window_s = {};
  std::vector<std::string> filters = {};
  bool no_filters = false;
  std::optional<bool> bisect = {};
  std::optional<int> retries_max = {};
  std::optional<int> record_age_max_s = {};
  std::optional<int> parallel = {};
  std::optional<int> tumbling_window_s = {};
  std::optional<bool> report_item_failures = {};
  std::optional<std::string> on_failure = {};
  // replay
  std::string from = {};
  // dead-letters
  std::string dead_letter = {};
};

/// What a command works with. Borrowed for the call.
struct TriggerContext {
  const TriggerOptions& options;
  FunctionServer& server;
  const Console& console;
  net::Environment environment;
  Clock& clock;
  Random& random;
};

using TriggerCommand = Result<ExitCode> (*)(const TriggerContext& context);

[[nodiscard]] Result<ExitCode> create_trigger(const TriggerContext& context);
[[nodiscard]] Result<ExitCode> list_triggers(const TriggerContext& context);
/// How far each shard is: what waits, what is in flight, the last error.
[[nodiscard]] Result<ExitCode> trigger_status(const TriggerContext& context);
[[nodiscard]] Result<ExitCode> update_trigger(const TriggerContext& context);
[[nodiscard]] Result<ExitCode> enable_trigger(const TriggerContext& context);
[[nodiscard]] Result<ExitCode> disable_trigger(const TriggerContext& context);
/// Delivers again what came at or after a time or a sequence number.
[[nodiscard]] Result<ExitCode> replay_trigger(const TriggerContext& context);
[[nodiscard]] Result<ExitCode> delete_trigger(const TriggerContext& context);
/// Of one trigger, or of all.
[[nodiscard]] Result<ExitCode> list_dead_letters(const TriggerContext& context);
[[nodiscard]] Result<ExitCode> show_dead_letter(const TriggerContext& context);
[[nodiscard]] Result<ExitCode> replay_dead_letter(const TriggerContext& context);
[[nodiscard]] Result<ExitCode> delete_dead_letter(const TriggerContext& context);

/// The UUID of the one trigger that `text` means: its function's or its table's name, or else a
/// UUID or the beginning of one. Errors: kInvalidArgument when it means none or several.
[[nodiscard]] Result<std::string> find_trigger(const TriggerContext& context,
                                               const std::string& text);

/// "90s", "15m", "2h", "1d" ago, or an ISO-8601 time, as microseconds since 1970; nullopt for
/// anything else.
[[nodiscard]] std::optional<TimestampMicros> parse_replay_time(std::string_view text,
                                                               TimestampMicros now);

}  // namespace parley::cli
