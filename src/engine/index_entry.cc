#include "engine/index_entry.h"

#include <algorithm>
#include <utility>

#include "codec/key_encoding.h"
#include "engine/key_validation.h"

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

}  // namespace parley::engine
