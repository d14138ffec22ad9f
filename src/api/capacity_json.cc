#include "api/capacity_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "api/input.h"
#include "codec/item_json.h"

namespace parley::api {

using simdjson::dom::object;

namespace {

/// The members of a Capacity structure: units come in halves.
void append_units(std::string& out, double units, bool write, CapacityKind kind) {
  fmt::format_to(std::back_inserter(out), "\"CapacityUnits\":{:.1f}", units);
  if (kind == CapacityKind::kPlain) return;
  fmt::format_to(std::back_inserter(out), ",\"{}CapacityUnits\":{:.1f}", write ? "Write" : "Read",
                 units);
}

void append_indexes(std::string& out, std::string_view member, const engine::Capacity& capacity,
                    model::IndexKind index_kind, CapacityKind kind) {
  bool first = true;
  for (const auto& index : capacity.indexes) {
    if (index.kind != index_kind) continue;
    if (first) {
      out += ",\"";
      out += member;
      out += "\":{";
    } else {
      out += ',';
    }
    first = false;
    codec::append_json_string(out, index.name);
    out += ":{";
    append_units(out, index.units, capacity.write, kind);
    out += '}';
  }
  if (!first) out += '}';
}

}  // namespace

ReturnConsumedCapacity read_return_consumed_capacity(const object& input) {
  const auto name = find_string(input, "ReturnConsumedCapacity");
  if (!name || *name == "NONE") return ReturnConsumedCapacity::kNone;
  return *name == "TOTAL" ? ReturnConsumedCapacity::kTotal : ReturnConsumedCapacity::kIndexes;
}

void append_consumed_capacity(std::string& out, std::string_view table,
                              const engine::Capacity& capacity, ReturnConsumedCapacity wanted,
                              CapacityKind kind) {
  out += "{\"TableName\":";
  codec::append_json_string(out, table);
  out += ',';
  append_units(out, capacity.total(), capacity.write, kind);
  if (wanted == ReturnConsumedCapacity::kIndexes) {
    out += ",\"Table\":{";
    append_units(out, capacity.table, capacity.write, kind);
    out += '}';
    append_indexes(out, "LocalSecondaryIndexes", capacity, model::IndexKind::kLocal, kind);
    append_indexes(out, "GlobalSecondaryIndexes", capacity, model::IndexKind::kGlobal, kind);
  }
  out += '}';
}

void CapacityByTable::add(std::string_view table, const engine::Capacity& capacity) {
  const auto known = std::ranges::find(entries_, table, &Entry::table);
  if (known == entries_.end()) {
    entries_.push_back({table, capacity});
  } else {
    known->capacity.add(capacity);
  }
}

void CapacityByTable::append(std::string& out, ReturnConsumedCapacity wanted,
                             CapacityKind kind) const {
  out += '[';
  for (const auto& entry : entries_) {
    if (&entry != &entries_.front()) out += ',';
    append_consumed_capacity(out, entry.table, entry.capacity, wanted, kind);
  }
  out += ']';
}

}  // namespace parley::api
