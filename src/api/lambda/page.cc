#include "api/lambda/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/base64.h"

namespace parley::api {
namespace {

constexpr std::size_t kMaxItemsMax = 10'000;

}  // namespace

Result<LambdaPage> read_page(const LambdaCall& call, std::size_t page_max) {
  LambdaPage page{.items_max = page_max};
  if (const auto text = call.query_parameter("MaxItems")) {
    std::size_t number = 0;
    const auto parsed = std::from_chars(text->data(), text->data() + text->size(), number);
    const bool whole = parsed.ec == std::errc() && parsed.ptr == text->data() + text->size();
    if (!whole || number < 1 || number > kMaxItemsMax) {
      return invalid(fmt::format(
          "1 validation error detected: Value '{}' at 'maxItems' failed to satisfy constraint: "
          "Member must have value {} than or equal to {}",
          *text, whole && number > kMaxItemsMax ? "less" : "greater",
          whole && number > kMaxItemsMax ? kMaxItemsMax : 1));
    }
    page.items_max = std::min(number, page_max);
  }
  const auto marker = call.query_parameter("Marker");
  if (!marker || marker->empty()) return page;
  auto after = decode_base64(*marker);
  if (!after) {
    return fail(ErrorCode::kInvalidParameter, "Marker is none that an earlier page gave");
  }
  page.after = *std::move(after);
  return page;
}

std::string make_marker(std::string_view last) {
  std::string marker;
  append_base64(marker, last);
  return marker;
}

}  // namespace parley::api
