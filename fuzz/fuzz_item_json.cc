// Any text: the JSON reader ends with an item or an error of the two kinds it has; an item is
// valid, and its own JSON is read as the same item.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "codec/item_json.h"
#include "model/value_view.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const auto item = parley::codec::parse_item(text);
  if (!item) {
    const auto code = item.error().code;
    PARLEY_ASSERT(code == parley::ErrorCode::kSerialization ||
                  code == parley::ErrorCode::kValidation);
    return 0;
  }
  PARLEY_ASSERT(parley::model::is_valid_item(item->bytes()));
  std::string json;
  parley::codec::append_json(json, item->view());
  const auto again = parley::codec::parse_item(json);
  PARLEY_ASSERT(again && *again == *item);
  return 0;
}
