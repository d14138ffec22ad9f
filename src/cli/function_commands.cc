// parley function list, show, invoke, logs, delete.
#include "cli/function_commands.h"

#include <fmt/format.h>

#include <istream>
#include <iterator>
#include <ostream>

#include "base/base64.h"
#include "cli/text_table.h"

namespace parley::cli {
namespace {

constexpr std::string_view kFunctions = "/2015-03-31/functions";
constexpr std::string_view kOwnFunctions = "/_parley/functions";
// How long the server holds a follower's request back.
constexpr std::string_view kFollowWait = "20000";

std::string payload_of(const FunctionContext& context) {
  if (context.options.payload != "-") return context.options.payload;
  std::istream& in = context.console.in;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

struct Pair {
  const char* label;
  const char* pointer;
  const char* unit = "";  // behind the value
};

void print_pairs(const Console& console, const simdjson::dom::element& json,
                 std::initializer_list<Pair> pairs) {
  for (const auto& [label, pointer, unit] : pairs) {
    std::string value = json_text(json, pointer);
    if (value.empty() && json.at_pointer(pointer).error() == simdjson::SUCCESS) {
      value = simdjson::minify(json.at_pointer(pointer).value_unsafe());
    }
    if (!value.empty() && value != "\"\"") {
      console.out << fmt::format("{:<14}{}{}\n", label, printable(value), unit);
    }
  }
}

/// The triggers of a function, one a line; AWS's ListEventSourceMappings.
Status print_triggers(const FunctionContext& context) {
  const auto reply =
      PARLEY_TRY(context.server.send({.path = "/2015-03-31/event-source-mappings",
                                      .query = {{"FunctionName", context.options.name}}}));
  const JsonDocument json = PARLEY_TRY(JsonDocument::parse(reply.body));
  for (const auto& mapping : json_elements(json.root(), "/EventSourceMappings")) {
    context.console.out << fmt::format("{:<14}{} {} {}\n", "trigger", json_text(mapping, "/UUID"),
                                       json_text(mapping, "/State"),
                                       json_text(mapping, "/EventSourceArn"));
  }
  return {};
}

Status print_event_failures(const FunctionContext& context) {
  const auto reply = PARLEY_TRY(context.server.send(
      {.path = lambda_path(kOwnFunctions, {context.options.name, "event-failures"})}));
  const JsonDocument json = PARLEY_TRY(JsonDocument::parse(reply.body));
  for (const auto& failure : json_elements(json.root(), "/EventFailures")) {
    context.console.out << fmt::format(
        "{:<14}{} after {} attempts: {}\n", "event failed", json_text(failure, "/Time"),
        json_integer(failure, "/Attempts"), printable(json_text(failure, "/Error")));
  }
  return {};
}

/// As printable(), but tabs stay: REPORT lines have them, and they drive no terminal.
std::string log_text(const std::string& text) {
  std::string shown;
  for (std::string_view rest = text;;) {
    const std::size_t tab = rest.find('\t');
    shown += printable(rest.substr(0, tab));
    if (tab == std::string_view::npos) return shown;
    shown += '\t';
    rest.remove_prefix(tab + 1);
  }
}

/// One page of log lines after `after`; moves it on.
Result<std::size_t> print_lines(const FunctionContext& context, std::uint64_t& after, bool wait) {
  FunctionCall call{
      .path = lambda_path(kOwnFunctions, {context.options.name, "logs"}),
      .query = {{"after", std::to_string(after)},
                {"limit", std::to_string(after == 0 ? context.options.lines : 1000)}}};
  if (wait) call.query.emplace_back("wait", kFollowWait);
  const auto reply = PARLEY_TRY(context.server.send(std::move(call)));
  const JsonDocument json = PARLEY_TRY(JsonDocument::parse(reply.body));
  const auto lines = json_elements(json.root(), "/Lines");
  for (const auto& line : lines) {
    after = static_cast<std::uint64_t>(json_integer(line, "/Number"));
    if (context.options.json) {
      context.console.out << simdjson::minify(line) << '\n';
    } else {
      context.console.out << fmt::format("{}  {}\n", json_text(line, "/Time"),
                                         log_text(json_text(line, "/Text")));
    }
  }
  context.console.out.flush();
  return lines.size();
}

}  // namespace

Result<ExitCode> list_functions(const FunctionContext& context) {
  TextTable table({"NAME", "RUNTIME", "HANDLER", "TIMEOUT", "MEMORY", "CHANGED"});
  std::string marker;
  do {
    FunctionCall call{.path = std::string(kFunctions)};
    if (!marker.empty()) call.query.emplace_back("Marker", marker);
    const auto reply = PARLEY_TRY(context.server.send(std::move(call)));
    const JsonDocument json = PARLEY_TRY(JsonDocument::parse(reply.body));
    if (context.options.json) context.console.out << reply.body << '\n';
    for (const auto& function : json_elements(json.root(), "/Functions")) {
      table.add({json_text(function, "/FunctionName"), json_text(function, "/Runtime"),
                 json_text(function, "/Handler"),
                 fmt::format("{} s", json_integer(function, "/Timeout")),
                 fmt::format("{} MB", json_integer(function, "/MemorySize")),
                 json_text(function, "/LastModified")});
    }
    marker = json_text(json.root(), "/NextMarker");
  } while (!marker.empty());
  if (context.options.json) return ExitCode::kDone;
  if (table.empty()) {
    context.console.err << fmt::format("No functions at {}; `{} function deploy DIR` makes one\n",
                                       context.server.address(), context.console.program);
  } else {
    table.print(context.console);
  }
  return ExitCode::kDone;
}

Result<ExitCode> show_function(const FunctionContext& context) {
  const auto reply =
      PARLEY_TRY(context.server.send({.path = lambda_path(kFunctions, {context.options.name})}));
  if (context.options.json) {
    context.console.out << reply.body << '\n';
    return ExitCode::kDone;
  }
  const JsonDocument json = PARLEY_TRY(JsonDocument::parse(reply.body));
  print_pairs(context.console, json.root(),
              {{"name", "/Configuration/FunctionName"},
               {"arn", "/Configuration/FunctionArn"},
               {"runtime", "/Configuration/Runtime"},
               {"handler", "/Configuration/Handler"},
               {"description", "/Configuration/Description"},
               {"timeout", "/Configuration/Timeout", " s"},
               {"memory", "/Configuration/MemorySize", " MB"},
               {"environment", "/Configuration/Environment/Variables"},
               {"concurrency", "/Concurrency/ReservedConcurrentExecutions"},
               {"code size", "/Configuration/CodeSize", " bytes"},
               {"code", "/Code/Location"},
               {"changed", "/Configuration/LastModified"}});
  PARLEY_TRY(print_triggers(context));
  PARLEY_TRY(print_event_failures(context));
  return ExitCode::kDone;
}

Result<ExitCode> invoke_function(const FunctionContext& context) {
  FunctionCall call{.method = "POST",
                    .path = lambda_path(kFunctions, {context.options.name, "invocations"}),
                    .body = payload_of(context)};
  if (context.options.event) call.headers.emplace_back("X-Amz-Invocation-Type", "Event");
  if (context.options.tail) call.headers.emplace_back("X-Amz-Log-Type", "Tail");
  const auto reply = PARLEY_TRY(context.server.send(std::move(call)));
  if (context.options.tail) {
    const auto log = decode_base64(reply.header("X-Amz-Log-Result"));
    context.console.err << log.value_or("");
  }
  if (!reply.body.empty()) context.console.out << reply.body << '\n';
  if (reply.header("X-Amz-Function-Error").empty()) return ExitCode::kDone;
  context.console.err << fmt::format(
      "parley: the function failed; `{} function logs {}` says more\n", context.console.program,
      context.options.name);
  return ExitCode::kFailed;
}

Result<ExitCode> function_logs(const FunctionContext& context) {
  std::uint64_t after = 0;
  static_cast<void>(PARLEY_TRY(print_lines(context, after, false)));
  while (context.options.follow && context.console.out) {
    static_cast<void>(PARLEY_TRY(print_lines(context, after, true)));
  }
  return ExitCode::kDone;
}

Result<ExitCode> delete_function(const FunctionContext& context) {
  PARLEY_TRY(context.server.send(
      {.method = "DELETE", .path = lambda_path(kFunctions, {context.options.name})}));
  if (!context.options.json) {
    context.console.out << fmt::format("Deleted {}\n", context.options.name);
  }
  return ExitCode::kDone;
}

}  // namespace parley::cli
