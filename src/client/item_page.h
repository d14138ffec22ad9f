// ItemPage: what one Query or Scan answered.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace parley::client {

/// A page of items. Its elements are valid until their parser parses again or ends.
struct ItemPage {
  simdjson::dom::element json;  // the whole answer
  simdjson::dom::array items;
  std::optional<simdjson::dom::element> last_key;  // none: there is no further page

  /// LastEvaluatedKey as the next request's ExclusiveStartKey, in JSON; empty if there is none.
  [[nodiscard]] std::string next() const;
};

/// Reads the answer to a Query or a Scan that asked for items, not for their count alone. Errors:
/// kRemote, if that is not what `reply` is.
Result<ItemPage> item_page_of(simdjson::dom::parser& parser, std::string_view reply);

}  // namespace parley::client
