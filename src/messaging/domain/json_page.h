// JsonPage: a page as it is told to clients, in JSON, in a form that is kept in the cache.
//
// The text is a sequence of fields, each its size in decimal, a colon, its bytes.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace parley::messaging {

/// Of conversations: `older` is where the next page begins. Of messages: as HistoryPage. Views are
/// valid as long as `text`.
struct JsonPage {
  std::shared_ptr<const std::string> text = nullptr;
  std::string_view items = {};  // "[…]"
  std::string own_items = {};   // if not empty, instead of `items`: what is told this reader alone
  std::string_view older = {};
  std::string_view newer = {};
};

void append_field(std::string& out, std::string_view field);

/// Takes the first field off `text`. Errors: kCorruption, for what append_field() did not write.
[[nodiscard]] Result<std::string_view> take_field(std::string_view& text);

}  // namespace parley::messaging
