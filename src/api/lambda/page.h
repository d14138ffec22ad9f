// Paging of lists: Marker and MaxItems in, NextMarker out. A marker is the base64 of the name after
// which the next page begins, so that it stays good whatever is created and deleted meanwhile.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "api/lambda/lambda_call.h"
#include "base/result.h"

namespace parley::api {

struct LambdaPage {
  std::string after = {};  // empty: from the beginning
  std::size_t items_max = 50;
};

/// The call's Marker and MaxItems; at most `page_max` items a page, as AWS has it. Errors:
/// kValidation, kInvalidParameter.
[[nodiscard]] Result<LambdaPage> read_page(const LambdaCall& call, std::size_t page_max);

[[nodiscard]] std::string make_marker(std::string_view last);

}  // namespace parley::api
