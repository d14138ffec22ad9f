#include "messaging/domain/table_scan.h"

#include <fmt/format.h>

#include <string>

#include "messaging/domain/table_calls.h"

namespace parley::messaging {

Status scan_table(Domain& domain,
                  const std::function<Status(const simdjson::dom::element&)>& visit) {
  TableCalls table(domain);
  std::string start_key;
  do {
    const std::string reply = PARLEY_TRY(table.call(
        "Scan", fmt::format(R"({{{},"ConsistentRead":true{}}})", table.table(),
                            start_key.empty() ? "" : ",\"ExclusiveStartKey\":" + start_key)));
    simdjson::dom::parser parser;
    simdjson::dom::element page;
    simdjson::dom::array items;
    if (parser.parse(reply).get(page) != simdjson::SUCCESS ||
        page["Items"].get(items) != simdjson::SUCCESS) {
      return fail(ErrorCode::kRemote, "The database's answer to Scan has no Items");
    }
    for (const simdjson::dom::element item : items) PARLEY_TRY(visit(item));
    simdjson::dom::element last;
    start_key =
        page["LastEvaluatedKey"].get(last) == simdjson::SUCCESS ? simdjson::minify(last) : "";
  } while (!start_key.empty());
  return {};
}

}  // namespace parley::messaging
