#include "model/item_key.h"

namespace parley::model {
namespace {

template <class Predicate>
Item extract(const MapView& item, Predicate is_wanted) {
  std::string bytes;
  MapBuilder builder(bytes, MapBuilder::Kind::kItem);
  for (const auto& [name, value] : item) {
    if (!is_wanted(name)) continue;
    builder.begin_entry(name);
    bytes.append(value.bytes());
  }
  builder.finish();
  return Item(std::move(bytes));
}

}  // namespace

Item extract_key(const KeySchema& key, const MapView& item) {
  return extract(item, [&](std::string_view name) { return key.contains(name); });
}

Item extract_keys(const KeySchema& table_key, const KeySchema& index_key, const MapView& item) {
  return extract(item, [&](std::string_view name) {
    return table_key.contains(name) || index_key.contains(name);
  });
}

}  // namespace parley::model
