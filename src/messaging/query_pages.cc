#include "messaging/query_pages.h"

#include "messaging/json_parser.h"

namespace parley::messaging {

Status for_each_item(client::Database& database, const std::string& input,
                     const std::function<bool(const simdjson::dom::element&)>& visit) {
  std::string start_key;
  do {
    const std::string reply = PARLEY_TRY(database.call(
        "Query", input + (start_key.empty() ? "}" : ",\"ExclusiveStartKey\":" + start_key + "}")));
    const JsonParser parser;
    simdjson::dom::element page;
    simdjson::dom::array items;
    if (parser->parse(reply).get(page) != simdjson::SUCCESS ||
        page["Items"].get(items) != simdjson::SUCCESS) {
      return fail(ErrorCode::kRemote, "The server's answer to Query has no Items");
    }
    for (const simdjson::dom::element item : items) {
      if (!visit(item)) return {};
    }
    simdjson::dom::element last;
    start_key =
        page["LastEvaluatedKey"].get(last) == simdjson::SUCCESS ? simdjson::minify(last) : "";
  } while (!start_key.empty());
  return {};
}

}  // namespace parley::messaging
