// schema-load, list-tables, drop.
#include <fmt/format.h>
#include <simdjson.h>

#include <chrono>
#include <istream>
#include <ostream>

#include "cli/ddb_commands.h"
#include "cli/function_server.h"
#include "cli/json_text.h"
#include "client/remote_database.h"
#include "codec/item_json.h"

namespace parley::cli {
namespace {

// AWS makes a table in some ten seconds.
constexpr std::chrono::milliseconds kPollInterval{1'000};
constexpr int kPollsMax = 300;

std::string table_input(std::string_view table) {
  return fmt::format(R"({{"TableName":{}}})", json_string(table));
}

/// TableStatus of a reply that has it under `member`; empty if it does not.
std::string table_status(const std::string& reply, std::string_view member) {
  simdjson::dom::parser parser;
  simdjson::dom::element json;
  std::string_view status;
  if (parser.parse(reply).get(json) != simdjson::SUCCESS ||
      json[member]["TableStatus"].get(status) != simdjson::SUCCESS) {
    return {};
  }
  return std::string(status);
}

bool is_yes(const DdbContext& context) {
  context.console.err << fmt::format("Delete the table {} at {} with everything in it? [y/N] ",
                                     context.options.table, context.target.address);
  context.console.err.flush();
  std::string answer;
  std::getline(context.console.in, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

/// Puts the native conversation trigger on the stream of the table that `reply` describes.
Status make_trigger(const DdbContext& context, const std::string& reply) {
  const JsonDocument described = PARLEY_TRY(JsonDocument::parse(reply));
  std::string arn = json_text(described.root(), "/Table/LatestStreamArn");
  if (arn.empty()) arn = json_text(described.root(), "/TableDescription/LatestStreamArn");
  const auto no_environment = [](const char*) -> const char* { return nullptr; };
  auto server =
      PARLEY_TRY(FunctionServer::open(context.target.address, no_environment, context.clock));
  const auto made = PARLEY_TRY(
      server.send({.method = "POST",
                   .path = "/2015-03-31/event-source-mappings",
                   .body = fmt::format(R"({{"EventSourceArn":{},"FunctionName":{},)"
                                       R"("StartingPosition":"TRIM_HORIZON",)"
                                       R"("FilterCriteria":{{"Filters":[{{"Pattern":{}}}]}}}})",
                                       json_string(arn), json_string(kConversationFunction),
                                       json_string(kMessagesAlone))}));
  const JsonDocument mapping = PARLEY_TRY(JsonDocument::parse(made.body));
  if (context.options.json) {
    context.console.out << made.body << '\n';
  } else {
    context.console.out << fmt::format("Created trigger {}: {} -> {}\n",
                                       json_text(mapping.root(), "/UUID"), context.options.table,
                                       kConversationFunction);
  }
  return {};
}

void say_how_to_make_the_trigger(const DdbContext& context) {
  const std::string& address = context.target.address;
  context.console.err << fmt::format(
      "No function moves its conversation rows yet. The native one, unless you deploy your own:\n"
      "  {} trigger create --table {} --function {}{}\n",
      context.console.program, context.options.table, kConversationFunction,
      address == kLocalEndpoint ? "" : " --endpoint-url " + address);
}

}  // namespace

Result<ExitCode> schema_load(const DdbContext& context) {
  client::Database& database = *context.target.database;
  const std::string& table = context.options.table;
  if (context.options.trigger && context.target.is_aws) {
    return fail(ErrorCode::kInvalidArgument,
                "--trigger is for a Parley server; deploy/ takes the trigger to AWS");
  }
  std::string reply = PARLEY_TRY(database.call("CreateTable", table_definition(table)));
  const auto pause = client::system_pause();
  std::string status = table_status(reply, "TableDescription");
  for (int polls = 0; status == "CREATING" && polls < kPollsMax; ++polls) {
    if (polls > 0) pause(kPollInterval);
    reply = PARLEY_TRY(database.call("DescribeTable", table_input(table)));
    status = table_status(reply, "Table");
  }
  if (status != "ACTIVE") {
    return fail(ErrorCode::kUnavailable, fmt::format("The table {} is not ACTIVE yet but {}", table,
                                                     status.empty() ? "unknown" : status));
  }
  if (context.options.json) {
    context.console.out << reply << '\n';
  } else {
    context.console.out << fmt::format("{} is ACTIVE at {}\n", table, context.target.address);
  }
  if (!context.options.trigger) {
    if (!context.target.is_aws && !context.options.json) say_how_to_make_the_trigger(context);
    return ExitCode::kDone;
  }
  if (const Status made = make_trigger(context, reply); !made) {
    return fail(made.error().code, fmt::format("The table {} is there, but its trigger is not: {}",
                                               table, made.error().message));
  }
  return ExitCode::kDone;
}

Result<ExitCode> list_tables(const DdbContext& context) {
  std::vector<std::string> names;
  std::string start;
  do {
    std::string input = "{";
    if (!start.empty()) {
      input += R"("ExclusiveStartTableName":)";
      codec::append_json_string(input, start);
    }
    const std::string reply = PARLEY_TRY(context.target.database->call("ListTables", input + "}"));
    simdjson::dom::parser parser;
    simdjson::dom::element json;
    simdjson::dom::array page;
    if (parser.parse(reply).get(json) != simdjson::SUCCESS ||
        json["TableNames"].get(page) != simdjson::SUCCESS) {
      return fail(ErrorCode::kRemote, "The server's answer to ListTables has no TableNames");
    }
    for (const auto each : page) {
      std::string_view name;
      if (each.get(name) == simdjson::SUCCESS) names.emplace_back(name);
    }
    std::string_view last;
    start = json["LastEvaluatedTableName"].get(last) == simdjson::SUCCESS ? std::string(last) : "";
  } while (!start.empty());

  if (context.options.json) {
    std::string out = R"({"TableNames":[)";
    for (const std::string& name : names) {
      out += (&name == names.data() ? "" : ",") + json_string(name);
    }
    context.console.out << out << "]}\n";
    return ExitCode::kDone;
  }
  for (const std::string& name : names) context.console.out << name << '\n';
  if (names.empty() && context.console.out_is_terminal) {
    context.console.err << fmt::format("No tables at {}\n", context.target.address);
  }
  return ExitCode::kDone;
}

Result<ExitCode> drop(const DdbContext& context) {
  const std::string& table = context.options.table;
  if (context.target.is_aws && !context.options.yes) {
    if (!context.console.in_is_terminal) {
      context.console.err << fmt::format(
          "parley: {} at {} is not deleted: there is no terminal to confirm on; say --yes\n", table,
          context.target.address);
      return ExitCode::kNotConfirmed;
    }
    if (!is_yes(context)) {
      context.console.err << "Nothing is deleted.\n";
      return ExitCode::kNotConfirmed;
    }
  }
  const std::string reply =
      PARLEY_TRY(context.target.database->call("DeleteTable", table_input(table)));
  if (context.options.json) {
    context.console.out << reply << '\n';
  } else {
    context.console.out << fmt::format("{} is deleted at {}\n", table, context.target.address);
  }
  return ExitCode::kDone;
}

}  // namespace parley::cli
