// get-conversation (pattern A), list-conversations (pattern B).
#include <fmt/format.h>
#include <simdjson.h>

#include <ostream>
#include <vector>

#include "cli/ddb_commands.h"
#include "cli/json_text.h"
#include "cli/text_table.h"
#include "cli/timestamp_text.h"
#include "client/item_page.h"
#include "messaging/timestamp.h"

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
  std::string key = text_of(item, "sk");
  const auto time = messaging::parse_iso(key);
  if (!time) return key;
  return console.out_is_terminal ? local_time(*time) : local_iso(*time);
}

/// The newest items of a partition, gathered from as many replies as it took.
struct Found {
  std::string partition;
  std::vector<std::string> items;  // JSON
  std::string cursor;              // what comes next is after this sort key; empty: nothing
  std::string table;
  double capacity_units = 0;
};

/// Adds what one reply of Query has; `found.cursor` is where it ended.
Status add_page(std::string_view reply, Found& found) {
  simdjson::dom::parser parser;
  const client::ItemPage queried = PARLEY_TRY(client::item_page_of(parser, reply));
  const simdjson::dom::element page = queried.json;
  for (const auto item : queried.items) found.items.push_back(simdjson::minify(item));
  std::string_view text;
  found.cursor = page["LastEvaluatedKey"]["sk"]["S"].get(text) == simdjson::SUCCESS ? text : "";
  double units = 0;
  if (page["ConsumedCapacity"]["CapacityUnits"].get(units) == simdjson::SUCCESS) {
    found.capacity_units += units;
  }
  if (page["ConsumedCapacity"]["TableName"].get(text) == simdjson::SUCCESS) found.table = text;
  return {};
}

Result<Found> find_newest(const DdbContext& context, std::string partition) {
  const unsigned limit = context.options.limit == 0 ? kPageLimit : context.options.limit;
  Found found;
  found.partition = std::move(partition);
  found.cursor = context.options.cursor;
  do {  // a reply ends at 1 MB, whatever the limit
    const auto rest = static_cast<unsigned>(limit - found.items.size());
    const std::string reply = PARLEY_TRY(context.target.database->call(
        "Query", newest_first_query(context.options.table, found.partition, rest, found.cursor)));
    PARLEY_TRY(add_page(reply, found));
  } while (!found.cursor.empty() && found.items.size() < limit);
  return found;
}

/// Prints the items as one reply of Query, as the server would have given it.
void print_json(const Console& console, const Found& found) {
  console.out << fmt::format(R"({{"Items":[{}],"Count":{})", fmt::join(found.items, ","),
                             found.items.size());
  if (!found.cursor.empty()) {
    console.out << fmt::format(R"(,"LastEvaluatedKey":{{"pk":{{"S":{}}},"sk":{{"S":{}}}}})",
                               json_string(found.partition), json_string(found.cursor));
  }
  console.out << fmt::format(R"(,"ConsumedCapacity":{{"TableName":{},"CapacityUnits":{}}}}})"
                             "\n",
                             json_string(found.table), found.capacity_units);
}

/// Prints a row of an item, as a command shows it.
using RowOf = std::vector<std::string> (*)(const simdjson::dom::element& item,
                                           const Console& console);

/// The rows, then what they cost and where the next page begins. In a pipe those are comment lines,
/// so that rows stay rows.
void print_rows(const Console& console, const Found& found, TextTable table, RowOf row_of,
                const std::string& nothing) {
  for (const std::string& each : found.items) {
    simdjson::dom::parser parser;
    simdjson::dom::element item;
    if (parser.parse(each).get(item) == simdjson::SUCCESS) table.add(row_of(item, console));
  }
  if (table.empty()) {
    console.err << nothing << '\n';
  } else {
    table.print(console);
  }
  console.out << fmt::format(
      fmt::runtime(console.out_is_terminal ? "\nConsumed capacity: {} read units of {}\n"
                                           : "# consumed capacity\t{}\t{}\n"),
      found.capacity_units, found.table);
  if (found.cursor.empty()) return;
  console.out << fmt::format(
      fmt::runtime(console.out_is_terminal ? "Next page: --cursor {}\n" : "# next cursor\t{}\n"),
      printable(found.cursor));
}

std::vector<std::string> message_row(const simdjson::dom::element& item, const Console& console) {
  return {time_of(item, console), text_of(item, "user_handle"), text_of(item, "user_display_name"),
          text_of(item, "message")};
}

std::vector<std::string> conversation_row(const simdjson::dom::element& item,
                                          const Console& console) {
  return {time_of(item, console), text_of(item, "user_handle"), text_of(item, "user_display_name"),
          text_of(item, "message_group_uuid"), text_of(item, "message")};
}

}  // namespace

Result<ExitCode> get_conversation(const DdbContext& context) {
  const Found found = PARLEY_TRY(find_newest(context, "MSG#" + context.options.group));
  if (context.options.json) {
    print_json(context.console, found);
  } else {
    print_rows(context.console, found, TextTable({"time", "handle", "name", "message"}),
               message_row,
               fmt::format("No messages in the conversation {}", context.options.group));
  }
  return ExitCode::kDone;
}

Result<ExitCode> list_conversations(const DdbContext& context) {
  const Found found = PARLEY_TRY(find_newest(context, "GRP#" + context.options.user));
  if (context.options.json) {
    print_json(context.console, found);
  } else {
    print_rows(context.console, found,
               TextTable({"last message", "with", "name", "conversation", "message"}),
               conversation_row,
               fmt::format("No conversations of the user {}", context.options.user));
  }
  return ExitCode::kDone;
}

}  // namespace parley::cli
