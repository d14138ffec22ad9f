// parley trigger status and dead-letters: what became of records.
#include <fmt/format.h>

#include <ostream>

#include "cli/text_table.h"
#include "cli/trigger_commands.h"

namespace parley::cli {
namespace {

constexpr std::string_view kTriggers = "/_parley/triggers";
constexpr std::string_view kDeadLetters = "/_parley/dead-letters";

/// "3.2 s" of a time in seconds since 1970; empty for none.
std::string age_of(const simdjson::dom::element& shard, TimestampMicros now) {
  double since = 0;
  if (shard["OldestWaitingAt"].get(since) != simdjson::SUCCESS) return "";
  return fmt::format("{:.1f} s", static_cast<double>(now) / 1e6 - since);
}

void print_status(const TriggerContext& context, const simdjson::dom::element& status) {
  const Console& console = context.console;
  const auto dropped = json_integer(status, "/DeadLettersDropped");
  console.out << fmt::format(
      "{}  {}\n  {} -> {}\n  {}; {} batches, {} records done, {} filtered out, {} batches failed, "
      "{} dead letters{}\n",
      json_text(status, "/Mapping/UUID"), json_text(status, "/Mapping/State"),
      json_text(status, "/Mapping/EventSourceArn"), json_text(status, "/Mapping/FunctionArn"),
      printable(json_text(status, "/Mapping/LastProcessingResult")),
      json_integer(status, "/BatchesDone"), json_integer(status, "/RecordsDone"),
      json_integer(status, "/RecordsFiltered"), json_integer(status, "/BatchesFailed"),
      json_integer(status, "/DeadLetters"),
      dropped > 0 ? fmt::format(" ({} more dropped)", dropped) : "");
  TextTable table({"SHARD", "POSITION", "BEHIND", "OLDEST", "IN FLIGHT", "FAILED", "LAST ERROR"});
  for (const auto& shard : json_elements(status, "/Shards")) {
    table.add({json_text(shard, "/ShardId"), json_text(shard, "/Checkpoint"),
               std::to_string(json_integer(shard, "/RecordsBehind")),
               age_of(shard, context.clock.now()),
               std::to_string(json_integer(shard, "/RecordsInFlight")),
               std::to_string(json_integer(shard, "/Attempts")),
               printable(json_text(shard, "/LastError"))});
  }
  table.print(console);
}

}  // namespace

Result<ExitCode> trigger_status(const TriggerContext& context) {
  const TriggerOptions& options = context.options;
  std::string path(kTriggers);
  if (!options.trigger.empty()) {
    path = lambda_path(kTriggers, {PARLEY_TRY(find_trigger(context, options.trigger))});
  }
  const auto reply = PARLEY_TRY(context.server.send({.path = path}));
  if (options.json) {
    context.console.out << reply.body << '\n';
    return ExitCode::kDone;
  }
  const JsonDocument json = PARLEY_TRY(JsonDocument::parse(reply.body));
  if (!options.trigger.empty()) {
    print_status(context, json.root());
    return ExitCode::kDone;
  }
  const auto triggers = json_elements(json.root(), "/Triggers");
  if (triggers.empty()) {
    context.console.err << fmt::format("No triggers at {}\n", context.server.address());
  }
  for (std::size_t i = 0; i < triggers.size(); ++i) {
    if (i > 0) context.console.out << '\n';
    print_status(context, triggers[i]);
  }
  return ExitCode::kDone;
}

Result<ExitCode> list_dead_letters(const TriggerContext& context) {
  const TriggerOptions& options = context.options;
  FunctionCall call{.path = std::string(kDeadLetters)};
  if (!options.trigger.empty()) {
    call.query.emplace_back("mapping", PARLEY_TRY(find_trigger(context, options.trigger)));
  }
  const auto reply = PARLEY_TRY(context.server.send(std::move(call)));
  if (options.json) {
    context.console.out << reply.body << '\n';
    return ExitCode::kDone;
  }
  const JsonDocument json = PARLEY_TRY(JsonDocument::parse(reply.body));
  TextTable table({"ID", "TIME", "TRIGGER", "RECORDS", "CONDITION"});
  for (const auto& letter : json_elements(json.root(), "/DeadLetters")) {
    table.add({json_text(letter, "/Id"), json_text(letter, "/Time"),
               json_text(letter, "/MappingUUID"), std::to_string(json_integer(letter, "/Records")),
               json_text(letter, "/Condition")});
  }
  if (table.empty()) {
    context.console.err << "No dead letters\n";
  } else {
    table.print(context.console);
  }
  if (const auto dropped = json_integer(json.root(), "/Dropped"); dropped > 0) {
    context.console.err << fmt::format("{} older ones were dropped: there were too many to keep\n",
                                       dropped);
  }
  return ExitCode::kDone;
}

Result<ExitCode> show_dead_letter(const TriggerContext& context) {
  const auto reply = PARLEY_TRY(
      context.server.send({.path = lambda_path(kDeadLetters, {context.options.dead_letter})}));
  context.console.out << reply.body << '\n';
  return ExitCode::kDone;
}

Result<ExitCode> replay_dead_letter(const TriggerContext& context) {
  PARLEY_TRY(context.server.send(
      {.method = "POST",
       .path = lambda_path(kDeadLetters, {context.options.dead_letter, "replay"})}));
  if (!context.options.json) {
    context.console.out << fmt::format("Replayed {}: the function took its records\n",
                                       context.options.dead_letter);
  }
  return ExitCode::kDone;
}

Result<ExitCode> delete_dead_letter(const TriggerContext& context) {
  PARLEY_TRY(context.server.send(
      {.method = "DELETE", .path = lambda_path(kDeadLetters, {context.options.dead_letter})}));
  if (!context.options.json) {
    context.console.out << fmt::format("Deleted {}\n", context.options.dead_letter);
  }
  return ExitCode::kDone;
}

}  // namespace parley::cli
