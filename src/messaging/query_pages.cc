#include "messaging/query_pages.h"

#include "client/item_page.h"
#include "messaging/json_parser.h"

namespace parley::messaging {

Status for_each_item(client::Database& database, const std::string& input,
                     const std::function<bool(const simdjson::dom::element&)>& visit) {
  std::string start_key;
  do {
    const std::string reply = PARLEY_TRY(database.call(
        "Query", input + (start_key.empty() ? "}" : ",\"ExclusiveStartKey\":" + start_key + "}")));
    const JsonParser parser;
    const client::ItemPage page = PARLEY_TRY(client::item_page_of(*parser, reply));
    for (const simdjson::dom::element item : page.items) {
      if (!visit(item)) return {};
    }
    start_key = page.next();
  } while (!start_key.empty());
  return {};
}

}  // namespace parley::messaging
