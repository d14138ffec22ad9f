#include "client/item_page.h"

namespace parley::client {

std::string ItemPage::next() const {
  return last_key ? simdjson::minify(*last_key) : std::string();
}

Result<ItemPage> item_page_of(simdjson::dom::parser& parser, std::string_view reply) {
  ItemPage page;
  if (parser.parse(reply.data(), reply.size()).get(page.json) != simdjson::SUCCESS ||
      page.json["Items"].get(page.items) != simdjson::SUCCESS) {
    return fail(ErrorCode::kRemote, "The database's answer to Query or Scan has no Items");
  }
  simdjson::dom::element last;
  if (page.json["LastEvaluatedKey"].get(last) == simdjson::SUCCESS) {
    page.last_key = last;
  }
  return page;
}

}  // namespace parley::client
