#include "messaging/domain/table_scan.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "client/item_page.h"
#include "messaging/domain/table_calls.h"
#include "messaging/json_parser.h"

namespace parley::messaging {

Status scan_table(Domain& domain,
                  const std::function<Status(const simdjson::dom::element&)>& visit) {
  TableCalls table(domain);
  std::string start_key;
  do {
    const std::string reply = PARLEY_TRY(table.call(
        "Scan", fmt::format(R"({{{},"ConsistentRead":true{}}})", table.table(),
                            start_key.empty() ? "" : ",\"ExclusiveStartKey\":" + start_key)));
    const JsonParser parser;
    const client::ItemPage page = PARLEY_TRY(client::item_page_of(*parser, reply));
    for (const simdjson::dom::element item : page.items) PARLEY_TRY(visit(item));
    start_key = page.next();
  } while (!start_key.empty());
  return {};
}

}  // namespace parley::messaging
