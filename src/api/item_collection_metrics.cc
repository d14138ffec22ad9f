#include "api/item_collection_metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "api/input.h"
#include "codec/item_json.h"

namespace parley::api {

namespace {

constexpr std::uint64_t kGigabyte = 1u << 30;
constexpr std::uint64_t kItemCollectionGigabytesMax = 10;

/// No collection of the table is larger, in whole gigabytes and at least one.
std::uint64_t collection_gigabytes_max(const engine::Database& database,
                                       const model::Table& table) {
  const auto description = database.describe_table(table.name);
  if (!description) return kItemCollectionGigabytesMax;  // deleted meanwhile
  auto size_bytes = description->figures.size_bytes;
  for (const auto& index : description->figures.local_indexes) size_bytes += index.size_bytes;
  return std::clamp<std::uint64_t>((size_bytes + kGigabyte - 1) / kGigabyte, 1,
                                   kItemCollectionGigabytesMax);
}

}  // namespace

bool read_return_item_collection_metrics(const simdjson::dom::object& input) {
  const auto name = find_string(input, "ReturnItemCollectionMetrics");
  return name && *name == "SIZE";
}

bool has_item_collections(const model::Table& table) {
  return !table.local_indexes.empty();
}

void append_item_collection_metrics(std::string& out, const engine::Database& database,
                                    const model::Table& table, const model::MapView& item) {
  out += "{\"ItemCollectionKey\":{";
  const auto& attribute = table.key.hash.front();
  if (const auto value = item.find(attribute.name)) {
    codec::append_json_string(out, attribute.name);
    out += ':';
    codec::append_json(out, *value);
  }
  fmt::format_to(std::back_inserter(out), "}},\"SizeEstimateRangeGB\":[0.0,{}.0]}}",
                 collection_gigabytes_max(database, table));
}

void CollectionsByTable::add(std::string_view table_name, const model::Table& table,
                             const model::MapView& item) {
  if (!has_item_collections(table)) return;
  auto entry = std::ranges::find(entries_, table_name, &Entry::table_name);
  if (entry == entries_.end()) {
    entry = entries_.insert(entry, {.table_name = table_name, .table = &table, .items = {}});
  }
  const auto& hash = table.key.hash.front().name;
  const bool known = std::ranges::any_of(entry->items, [&](const model::MapView& other) {
    return other.find(hash) == item.find(hash);
  });
  if (!known) entry->items.push_back(item);
}

void CollectionsByTable::append(std::string& out, const engine::Database& database) const {
  out += '{';
  for (const auto& entry : entries_) {
    if (&entry != &entries_.front()) out += ',';
    codec::append_json_string(out, entry.table_name);
    out += ":[";
    for (const auto& item : entry.items) {
      if (&item != &entry.items.front()) out += ',';
      append_item_collection_metrics(out, database, *entry.table, item);
    }
    out += ']';
  }
  out += '}';
}

}  // namespace parley::api
