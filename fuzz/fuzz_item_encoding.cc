// Any bytes: is_valid_item must not read outside them; and what it accepts, every view must read to
// the end, the reply writer must write, and the JSON reader must turn back into the same bytes.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "codec/item_json.h"
#include "model/value_view.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // An exact copy on the heap, so that a byte read too far is found.
  const std::vector<char> bytes(data, data + size);
  const std::string_view view(bytes.data(), bytes.size());
  if (!parley::model::is_valid_item(view)) return 0;

  const parley::model::ItemView item(view);
  PARLEY_ASSERT(item.size_bytes() <= 3 * size + 3);
  for (const auto& [name, value] : item) PARLEY_ASSERT(item.find(name) == value);
  std::string json;
  parley::codec::append_json(json, item);
  const auto again = parley::codec::parse_item(json);
  PARLEY_ASSERT(again && again->bytes() == view);
  return 0;
}
