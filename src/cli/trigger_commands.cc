// parley trigger create, list, update, enable, disable, replay, delete.
#include "cli/trigger_commands.h"

#include <fmt/format.h>

#include <charconv>
#include <functional>
#include <ostream>

#include "cli/ddb_target.h"
#include "cli/founding_table.h"
#include "cli/json_text.h"
#include "cli/text_table.h"
#include "cli/trigger_settings.h"
#include "client/database.h"
#include "messaging/timestamp.h"

namespace parley::cli {
namespace {

constexpr std::string_view kMappings = "/2015-03-31/event-source-mappings";
constexpr std::string_view kTriggers = "/_parley/triggers";
constexpr std::size_t kSequenceNumberLength = 21;

/// The ARN of the stream that the table has on.
Result<std::string> stream_of_table(const TriggerContext& context) {
  const std::string& table = context.options.table;
  const DdbTarget target =
      PARLEY_TRY(open_ddb_target({.endpoint_url = context.server.address()}, context.environment,
                                 context.clock, context.random));
  const std::string reply = PARLEY_TRY(target.database->call(
      "DescribeTable", fmt::format(R"({{"TableName":{}}})", json_string(table))));
  const JsonDocument json = PARLEY_TRY(JsonDocument::parse(reply));
  bool enabled = false;
  const auto error =
      json.root().at_pointer("/Table/StreamSpecification/StreamEnabled").get(enabled);
  std::string arn = json_text(json.root(), "/Table/LatestStreamArn");
  if (error == simdjson::SUCCESS && enabled && !arn.empty()) return arn;
  return fail(
      ErrorCode::kInvalidArgument,
      fmt::format("The table {0} has no stream. Switch one on:\n"
                  "  aws dynamodb update-table --endpoint-url {1} --table-name {0} \\\n"
                  "    --stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES",
                  table, context.server.address()));
}

/// "Music" of arn:aws:dynamodb:us-east-1:000000000001:table/Music/stream/2026-…
std::string table_of_stream(const std::string& arn) {
  constexpr std::string_view kTable = ":table/";
  const std::size_t at = arn.find(kTable);
  if (at == std::string::npos) return arn;
  const std::string rest = arn.substr(at + kTable.size());
  return rest.substr(0, rest.find('/'));
}

std::string function_of(const simdjson::dom::element& mapping) {
  const std::string arn = json_text(mapping, "/FunctionArn");
  return arn.substr(arn.rfind(':') + 1);
}

void print_mapping(const TriggerContext& context, const std::string& reply,
                   const simdjson::dom::element& mapping, std::string_view done) {
  if (context.options.json) {
    context.console.out << reply << '\n';
    return;
  }
  context.console.out << fmt::format("{} trigger {}: {} -> {}\n", done, json_text(mapping, "/UUID"),
                                     table_of_stream(json_text(mapping, "/EventSourceArn")),
                                     function_of(mapping));
}

/// UpdateEventSourceMapping with `members`.
Result<ExitCode> change(const TriggerContext& context, const std::string& members,
                        std::string_view done) {
  const std::string uuid = PARLEY_TRY(find_trigger(context, context.options.trigger));
  const auto reply = PARLEY_TRY(context.server.send(
      {.method = "PUT", .path = lambda_path(kMappings, {uuid}), .body = "{" + members + "}"}));
  const JsonDocument json = PARLEY_TRY(JsonDocument::parse(reply.body));
  print_mapping(context, reply.body, json.root(), done);
  return ExitCode::kDone;
}

/// Calls `each` with every mapping, page by page; with --json prints the pages instead.
Status for_each_mapping(const TriggerContext& context, const QueryParameters& query,
                        const std::function<void(const simdjson::dom::element&)>& each,
                        bool print_pages) {
  std::string marker;
  do {
    QueryParameters page_query = query;
    if (!marker.empty()) page_query.emplace_back("Marker", marker);
    const auto reply = PARLEY_TRY(
        context.server.send({.path = std::string(kMappings), .query = std::move(page_query)}));
    if (print_pages) context.console.out << reply.body << '\n';
    const JsonDocument json = PARLEY_TRY(JsonDocument::parse(reply.body));
    for (const auto& mapping : json_elements(json.root(), "/EventSourceMappings")) each(mapping);
    marker = json_text(json.root(), "/NextMarker");
  } while (!marker.empty());
  return {};
}

/// A table's second trigger is seldom meant: two functions that both move conversation rows, say.
Status tell_of_others(const TriggerContext& context, const simdjson::dom::element& made) {
  std::vector<std::string> functions;
  PARLEY_TRY(for_each_mapping(
      context, {{"EventSourceArn", json_text(made, "/EventSourceArn")}},
      [&](const simdjson::dom::element& mapping) { functions.push_back(function_of(mapping)); },
      false));
  if (functions.size() > 1) {
    context.console.err << fmt::format(
        "{} has {} triggers now; what changes there goes to each of them: {}\n",
        table_of_stream(json_text(made, "/EventSourceArn")), functions.size(),
        fmt::join(functions, ", "));
  }
  return {};
}

}  // namespace

Result<std::string> find_trigger(const TriggerContext& context, const std::string& text) {
  std::vector<std::string> named;
  std::vector<std::string> begun;
  PARLEY_TRY(for_each_mapping(
      context, {},
      [&](const simdjson::dom::element& mapping) {
        std::string uuid = json_text(mapping, "/UUID");
        if (function_of(mapping) == text ||
            table_of_stream(json_text(mapping, "/EventSourceArn")) == text) {
          named.push_back(std::move(uuid));
        } else if (uuid.starts_with(text)) {
          begun.push_back(std::move(uuid));
        }
      },
      false));
  const auto& found = named.empty() ? begun : named;
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    return fail(ErrorCode::kResourceNotFound,
                fmt::format("There is no trigger \"{}\" at {}; `{} trigger list` shows them", text,
                            context.server.address(), context.console.program));
  }
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("\"{}\" means several triggers: {}", text, fmt::join(found, ", ")));
}

Result<ExitCode> create_trigger(const TriggerContext& context) {
  TriggerOptions options = context.options;
  // The native trigger's own writes would come back to it as records.
  if (options.function == kConversationFunction && options.filters.empty() && !options.no_filters) {
    options.filters = {std::string(kMessagesAlone)};
    context.console.err << fmt::format(
        "With the filter that {} is made for, messages alone: {}\n"
        "(--filter sets another, --no-filters none)\n",
        kConversationFunction, kMessagesAlone);
  }
  const std::string arn =
      options.table.empty() ? options.stream_arn : PARLEY_TRY(stream_of_table(context));
  std::string body =
      fmt::format(R"({{"EventSourceArn":{},"FunctionName":{},"StartingPosition":{},"Enabled":{})",
                  json_string(arn), json_string(options.function),
                  json_string(options.starting_position), options.disabled ? "false" : "true");
  const std::string settings = trigger_settings_members(options);
  if (!settings.empty()) body += "," + settings;
  const auto reply = PARLEY_TRY(
      context.server.send({.method = "POST", .path = std::string(kMappings), .body = body + "}"}));
  const JsonDocument json = PARLEY_TRY(JsonDocument::parse(reply.body));
  print_mapping(context, reply.body, json.root(), "Created");
  PARLEY_TRY(tell_of_others(context, json.root()));
  return ExitCode::kDone;
}

Result<ExitCode> list_triggers(const TriggerContext& context) {
  const TriggerOptions& options = context.options;
  QueryParameters query;
  if (!options.function.empty()) query.emplace_back("FunctionName", options.function);
  if (!options.stream_arn.empty()) query.emplace_back("EventSourceArn", options.stream_arn);
  TextTable table({"UUID", "TABLE", "FUNCTION", "STATE", "BATCH", "LAST RESULT"});
  PARLEY_TRY(for_each_mapping(
      context, query,
      [&](const simdjson::dom::element& mapping) {
        std::string name = table_of_stream(json_text(mapping, "/EventSourceArn"));
        if (!options.table.empty() && name != options.table) return;
        table.add({json_text(mapping, "/UUID"), std::move(name), function_of(mapping),
                   json_text(mapping, "/State"),
                   std::to_string(json_integer(mapping, "/BatchSize")),
                   json_text(mapping, "/LastProcessingResult")});
      },
      options.json));
  if (options.json) return ExitCode::kDone;
  if (table.empty()) {
    context.console.err << fmt::format(
        "No triggers at {}; `{} trigger create --table TABLE --function NAME` makes one\n",
        context.server.address(), context.console.program);
  } else {
    table.print(context.console);
  }
  return ExitCode::kDone;
}

Result<ExitCode> update_trigger(const TriggerContext& context) {
  std::string members = trigger_settings_members(context.options);
  if (!context.options.function.empty()) {
    if (!members.empty()) members += ',';
    members += fmt::format(R"("FunctionName":{})", json_string(context.options.function));
  }
  if (members.empty()) {
    return fail(ErrorCode::kInvalidArgument, "Nothing to change: say which option");
  }
  return change(context, members, "Updated");
}

Result<ExitCode> enable_trigger(const TriggerContext& context) {
  return change(context, R"("Enabled":true)", "Enabled");
}

Result<ExitCode> disable_trigger(const TriggerContext& context) {
  return change(context, R"("Enabled":false)", "Disabled");
}

std::optional<TimestampMicros> parse_replay_time(std::string_view text, TimestampMicros now) {
  if (const auto time = messaging::parse_iso(text)) return time;
  std::int64_t count = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), count);
  if (parsed.ec != std::errc() || parsed.ptr + 1 != text.data() + text.size() || count < 0) {
    return std::nullopt;
  }
  constexpr std::pair<char, std::int64_t> kUnits[] = {
      {'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86'400}};
  for (const auto& [unit, seconds] : kUnits) {
    // More than a hundred years ago is a slip, and would overflow.
    if (*parsed.ptr == unit && count <= 3'153'600'000 / seconds) {
      return now - count * seconds * 1'000'000;
    }
  }
  return std::nullopt;
}

Result<ExitCode> replay_trigger(const TriggerContext& context) {
  const std::string& from = context.options.from;
  const bool is_sequence_number = from.size() == kSequenceNumberLength &&
                                  from.find_first_not_of("0123456789") == std::string::npos;
  std::string body;
  std::string where = from;
  if (is_sequence_number) {
    body = fmt::format(R"({{"SequenceNumber":"{}"}})", from);
  } else if (const auto time = parse_replay_time(from, context.clock.now())) {
    body = fmt::format(R"({{"TimeMicros":{}}})", *time);
    where = messaging::iso_utc(*time);
  } else {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("--from wants a time (2026-11-22T18:20:00Z), an age (15m, 2h) or a "
                            "sequence number of {} digits, not \"{}\"",
                            kSequenceNumberLength, from));
  }
  const std::string uuid = PARLEY_TRY(find_trigger(context, context.options.trigger));
  PARLEY_TRY(context.server.send({.method = "POST",
                                  .path = lambda_path(kTriggers, {uuid, "replay"}),
                                  .body = std::move(body)}));
  if (!context.options.json) {
    context.console.out << fmt::format("Trigger {} goes on from {}\n", uuid, where);
  }
  return ExitCode::kDone;
}

Result<ExitCode> delete_trigger(const TriggerContext& context) {
  const std::string uuid = PARLEY_TRY(find_trigger(context, context.options.trigger));
  const auto reply =
      PARLEY_TRY(context.server.send({.method = "DELETE", .path = lambda_path(kMappings, {uuid})}));
  const JsonDocument json = PARLEY_TRY(JsonDocument::parse(reply.body));
  print_mapping(context, reply.body, json.root(), "Deleted");
  return ExitCode::kDone;
}

}  // namespace parley::cli
