#include "api/item_size.h"

#include "model/limits.h"

namespace parley::api {

Status check_item_size(const model::Item& item) {
  // The encoding is never shorter than half of what DynamoDB counts (a NULL in a list: one byte for
  // two), so most items need not be measured.
  if (item.bytes().size() <= model::kItemSizeBytesMax / 2) return {};
  if (item.view().size_bytes() <= model::kItemSizeBytesMax) return {};
  return invalid("Item size has exceeded the maximum allowed size");
}

}  // namespace parley::api
