// get-conversation (pattern A), list-conversations (pattern B).
#include <fmt/format.h>
#include <simdjson.h>

#include <ostream>

#include "cli/ddb_commands.h"
#include "cli/text_table.h"
#include "cli/timestamp_text.h"

namespace parley::cli {
namespace {

constexpr unsigned kPageLimit = 20;  // the founding document's

/// A string attribute for people; empty if the item has none of that name.
std::string text_of(const simdjson::dom::element& item, std::string_view name) {
  std::string_view text;
  return item[name]["S"].get(text) == simdjson::SUCCESS ? printable(text) : std::string();
}

/// The time of an item in the reader's time zone; the key itself where it is no time.
std::string time_of(const simdjson::dom::element& item, const Console& console) {
  const std::string key = text_of(item, "sk");
  const auto time = parse_iso(key);
  if (!time) return key;
  return console.out_is_terminal ? local_time(*time) : local_iso(*time);
}

struct Page {
  simdjson::dom::parser parser;  // owns what `json` points into
  simdjson::dom::element json;
};

Status query_newest_first(const DdbContext& context, const std::string& partition, Page& page,
                          std::string& reply) {
  const unsigned limit = context.options.limit == 0 ? kPageLimit : context.options.limit;
  reply = PARLEY_TRY(context.target.database->call(
      "Query", newest_first_query(context.options.table, partition, limit)));
  simdjson::dom::array items;
  if (page.parser.parse(reply).get(page.json) != simdjson::SUCCESS ||
      page.json["Items"].get(items) != simdjson::SUCCESS) {
    return fail(ErrorCode::kRemote, "The server's answer to Query has no Items");
  }
  return {};
}

/// After the rows: what the query cost. In a pipe it is a comment line, so that rows stay rows.
void print_capacity(const Console& console, const simdjson::dom::element& page) {
  double units = 0;
  if (page["ConsumedCapacity"]["CapacityUnits"].get(units) != simdjson::SUCCESS) return;
  std::string_view table;
  if (page["ConsumedCapacity"]["TableName"].get(table) != simdjson::SUCCESS) table = "";
  console.out << (console.out_is_terminal
                      ? fmt::format("\nConsumed capacity: {} read units of {}\n", units, table)
                      : fmt::format("# consumed capacity\t{}\t{}\n", units, table));
}

}  // namespace

Result<ExitCode> get_conversation(const DdbContext& context) {
  Page page;
  std::string reply;
  PARLEY_TRY(query_newest_first(context, "MSG#" + context.options.group, page, reply));
  const Console& console = context.console;
  if (context.options.json) {
    console.out << reply << '\n';
    return ExitCode::kDone;
  }
  TextTable table({"time", "handle", "name", "message"});
  for (const auto item : page.json["Items"].get_array()) {
    table.add({time_of(item, console), text_of(item, "user_handle"),
               text_of(item, "user_display_name"), text_of(item, "message")});
  }
  if (table.empty()) {
    console.err << fmt::format("No messages in the conversation {}\n", context.options.group);
  } else {
    table.print(console);
  }
  print_capacity(console, page.json);
  return ExitCode::kDone;
}

Result<ExitCode> list_conversations(const DdbContext& context) {
  Page page;
  std::string reply;
  PARLEY_TRY(query_newest_first(context, "GRP#" + context.options.user, page, reply));
  const Console& console = context.console;
  if (context.options.json) {
    console.out << reply << '\n';
    return ExitCode::kDone;
  }
  TextTable table({"last message", "with", "name", "conversation", "message"});
  for (const auto item : page.json["Items"].get_array()) {
    table.add({time_of(item, console), text_of(item, "user_handle"),
               text_of(item, "user_display_name"), text_of(item, "message_group_uuid"),
               text_of(item, "message")});
  }
  if (table.empty()) {
    console.err << fmt::format("No conversations of the user {}\n", context.options.user);
  } else {
    table.print(console);
  }
  print_capacity(console, page.json);
  return ExitCode::kDone;
}

}  // namespace parley::cli
