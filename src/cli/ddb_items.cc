// seed, scan.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <ostream>

#include "cli/ddb_commands.h"
#include "cli/json_text.h"
#include "cli/seed.h"
#include "cli/text_table.h"
#include "client/item_page.h"

namespace parley::cli {
namespace {

constexpr std::size_t kBarWidth = 30;

void draw_bar(std::ostream& out, std::size_t done, std::size_t total) {
  const std::size_t filled = total == 0 ? kBarWidth : kBarWidth * done / total;
  out << fmt::format("\r[{}{}] {}/{}", std::string(filled, '#'),
                     std::string(kBarWidth - filled, '.'), done, total);
  if (done == total) out << '\n';
  out.flush();
}

/// An attribute value for people: the bare text of S, N and B, JSON for the rest.
std::string plain_value(const simdjson::dom::element& value) {
  for (const char* type : {"S", "N", "B"}) {
    std::string_view text;
    if (value[type].get(text) == simdjson::SUCCESS) return printable(text);
  }
  return simdjson::minify(value);
}

/// The names of the table's key attributes, partition key first.
Result<std::vector<std::string>> key_names(const DdbContext& context) {
  const std::string reply = PARLEY_TRY(context.target.database->call(
      "DescribeTable", fmt::format(R"({{"TableName":{}}})", json_string(context.options.table))));
  simdjson::dom::parser parser;
  simdjson::dom::element json;
  simdjson::dom::array schema;
  std::vector<std::string> names;
  if (parser.parse(reply).get(json) != simdjson::SUCCESS ||
      json["Table"]["KeySchema"].get(schema) != simdjson::SUCCESS) {
    return fail(ErrorCode::kRemote, "The server's answer to DescribeTable has no KeySchema");
  }
  for (const auto key : schema) {
    std::string_view name;
    if (key["AttributeName"].get(name) == simdjson::SUCCESS) names.emplace_back(name);
  }
  return names;
}

/// The item's keys, then its other attributes as one JSON object.
std::vector<std::string> scan_row(const simdjson::dom::object& item,
                                  const std::vector<std::string>& keys) {
  std::vector<std::string> row;
  for (const std::string& key : keys) {
    simdjson::dom::element value;
    row.push_back(item[key].get(value) == simdjson::SUCCESS ? plain_value(value) : "");
  }
  std::string rest = "{";
  for (const auto field : item) {
    if (std::ranges::find(keys, field.key) != keys.end()) continue;
    rest += fmt::format("{}{}:{}", rest.size() > 1 ? "," : "", json_string(field.key),
                        simdjson::minify(field.value));
  }
  row.push_back(rest + "}");
  return row;
}

}  // namespace

Result<ExitCode> seed(const DdbContext& context) {
  const bool draws = context.console.err_is_terminal;
  const auto outcome = PARLEY_TRY(seed_conversation(
      *context.target.database, context.options.table, context.clock, context.random,
      client::system_pause(), [&](std::size_t done, std::size_t total) {
        if (draws) draw_bar(context.console.err, done, total);
      }));
  if (context.options.json) {
    context.console.out << fmt::format(
        R"({{"TableName":{},"MessageGroupUuid":"{}","UserUuids":["{}","{}"],"Messages":{},)"
        R"("ReplacedItems":{}}})"
        "\n",
        json_string(context.options.table), kSeedGroupUuid, kSeedPeople[0].uuid,
        kSeedPeople[1].uuid, outcome.messages, outcome.replaced);
    return ExitCode::kDone;
  }
  context.console.out << fmt::format(
      "{} messages between {} and {} in {} at {}\n", outcome.messages, kSeedPeople[0].display_name,
      kSeedPeople[1].display_name, context.options.table, context.target.address);
  return ExitCode::kDone;
}

Result<ExitCode> scan(const DdbContext& context) {
  const DdbOptions& options = context.options;
  const auto keys = PARLEY_TRY(key_names(context));
  std::vector<std::string> headings = keys;
  headings.emplace_back("other attributes");
  TextTable table(headings);
  std::ostream& out = context.console.out;
  std::size_t count = 0;
  std::string start_key;
  if (options.json) out << R"({"Items":[)";
  do {
    std::string input = fmt::format(R"({{"TableName":{})", json_string(options.table));
    if (options.limit > 0) input += fmt::format(R"(,"Limit":{})", options.limit - count);
    if (!start_key.empty()) input += R"(,"ExclusiveStartKey":)" + start_key;
    const std::string reply = PARLEY_TRY(context.target.database->call("Scan", input + "}"));
    simdjson::dom::parser parser;
    const client::ItemPage page = PARLEY_TRY(client::item_page_of(parser, reply));
    for (const auto item : page.items) {
      simdjson::dom::object attributes;
      if (item.get(attributes) != simdjson::SUCCESS) continue;
      if (options.json) {
        out << (count > 0 ? "," : "") << simdjson::minify(attributes);
      } else {
        table.add(scan_row(attributes, keys));
      }
      ++count;
    }
    start_key = page.next();
    // A pipe gets each page at once; a terminal's columns are as wide as the widest of all.
    if (!context.console.out_is_terminal) {
      table.print(context.console);
      table = TextTable(headings);
    }
  } while (!start_key.empty() && (options.limit == 0 || count < options.limit));
  if (options.json) {
    out << fmt::format("],\"Count\":{}}}\n", count);
  } else if (context.console.out_is_terminal) {
    table.print(context.console);
    out << fmt::format("\n{} items\n", count);
  }
  return ExitCode::kDone;
}

}  // namespace parley::cli
