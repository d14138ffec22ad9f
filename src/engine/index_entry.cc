#include "engine/index_entry.h"

#include <algorithm>
#include <utility>

#include "codec/key_encoding.h"
#include "engine/key_validation.h"
#include "model/limits.h"

namespace parley::engine {

bool projects(const model::Table& table, const model::SecondaryIndex& index,
              std::string_view attribute) {
  if (index.projection.type == model::ProjectionType::kAll || index.key.contains(attribute) ||
      table.key.contains(attribute)) {
    return true;
  }
  return index.projection.type == model::ProjectionType::kInclude &&
         std::ranges::find(index.projection.non_key_attributes, attribute) !=
             index.projection.non_key_attributes.end();
}

std::optional<IndexEntry> index_entry(const model::Table& table, const model::SecondaryIndex& index,
                                      const model::ItemView& item) {
  if (!is_indexable(index, item)) return std::nullopt;
  auto key = codec::index_key(table, index, item);
  if (!key) return std::nullopt;
  IndexEntry entry{std::move(*key), {}};
  if (index.projection.type == model::ProjectionType::kAll) return entry;
  model::MapBuilder builder(entry.projection, model::MapBuilder::Kind::kItem);
  for (const auto& [name, value] : item) {
    if (!projects(table, index, name)) continue;
    builder.begin_entry(name);
    entry.projection.append(value.bytes());
  }
  builder.finish();
  return entry;
}

bool local_entries_fit(const model::Table& table, const model::ItemView& item) {
  // The encoding is never shorter than half of the size that DynamoDB counts.
  if (table.local_indexes.empty() || item.bytes().size() <= model::kItemSizeBytesMax / 4) {
    return true;
  }
  const auto item_size_bytes = item.size_bytes();
  return std::ranges::all_of(table.local_indexes, [&](const model::SecondaryIndex& index) {
    if (!is_indexable(index, item)) return true;
    auto size_bytes = item_size_bytes;
    for (const auto& [name, value] : item) {
      if (projects(table, index, name)) size_bytes += name.size() + value.size_bytes();
    }
    return size_bytes <= model::kItemSizeBytesMax;
  });
}

}  // namespace parley::engine
