// Any bytes, once as text and once as an encoded number.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "model/number.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using parley::model::Number;
  const std::string bytes(data, data + size);
  if (Number::is_valid_encoding(bytes)) {
    const Number number = Number::decode(bytes);
    std::string again;
    number.append_encoded(again);
    PARLEY_ASSERT(again == bytes);
  }
  const auto number = Number::parse(bytes);
  if (!number) return 0;
  PARLEY_ASSERT(Number::parse(number->to_text()).value() == *number);
  std::string encoded;
  number->append_encoded(encoded);
  PARLEY_ASSERT(Number::is_valid_encoding(encoded) && Number::decode(encoded) == *number);
  return 0;
}
