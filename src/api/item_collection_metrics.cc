#include "api/item_collection_metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "api/input.h"
#include "codec/item_json.h"

namespace parley::api {

namespace {

constexpr std::uint64_t kGigabyte = 1u << 30;

}  // namespace

bool read_return_item_collection_metrics(const simdjson::dom::object& input) {
  const auto name = find_string(input, "ReturnItemCollectionMetrics");
  return name && *name == "SIZE";
}

void append_item_collection_metrics(std::string& out, const model::Table& table,
                                    const model::MapView& item, std::uint64_t size_bytes) {
  out += "{\"ItemCollectionKey\":{";
  const auto& attribute = table.key.hash.front();
  if (const auto value = item.find(attribute.name)) {
    codec::append_json_string(out, attribute.name);
    out += ':';
    codec::append_json(out, *value);
  }
  const auto gigabytes = size_bytes / kGigabyte;
  fmt::format_to(std::back_inserter(out), "}},\"SizeEstimateRangeGB\":[{}.0,{}.0]}}", gigabytes,
                 gigabytes + 1);
}

void CollectionsByTable::add(std::string_view table_name, const engine::WriteOutcome& outcome,
                             const model::MapView& item) {
  if (!outcome.item_collection_size_bytes) return;
  auto entry = std::ranges::find(entries_, table_name, &Entry::table_name);
  if (entry == entries_.end()) {
    entry = entries_.insert(
        entry, {.table_name = table_name, .table = outcome.table.get(), .collections = {}});
  }
  const auto& hash = entry->table->key.hash.front().name;
  const auto known = std::ranges::find_if(entry->collections, [&](const Collection& other) {
    return other.item.find(hash) == item.find(hash);
  });
  if (known == entry->collections.end()) {
    entry->collections.push_back({item, *outcome.item_collection_size_bytes});
  } else {
    known->size_bytes = *outcome.item_collection_size_bytes;  // of the latest write
  }
}

void CollectionsByTable::append(std::string& out) const {
  out += '{';
  for (const auto& entry : entries_) {
    if (&entry != &entries_.front()) out += ',';
    codec::append_json_string(out, entry.table_name);
    out += ":[";
    for (const auto& collection : entry.collections) {
      if (&collection != &entry.collections.front()) out += ',';
      append_item_collection_metrics(out, *entry.table, collection.item, collection.size_bytes);
    }
    out += ']';
  }
  out += '}';
}

}  // namespace parley::api
