#include "engine/capacity.h"

#include <algorithm>

namespace parley::engine {
namespace {

constexpr std::size_t kReadUnitSizeBytes = 4096;
constexpr std::size_t kWriteUnitSizeBytes = 1024;

std::size_t units_begun(std::size_t size_bytes, std::size_t unit_size_bytes) {
  return std::max<std::size_t>(1, (size_bytes + unit_size_bytes - 1) / unit_size_bytes);
}

}  // namespace

double read_units(std::size_t size_bytes, bool consistent_read) {
  return static_cast<double>(units_begun(size_bytes, kReadUnitSizeBytes)) *
         (consistent_read ? 1.0 : 0.5);
}

double transactional_read_units(std::size_t size_bytes) {
  return 2.0 * static_cast<double>(units_begun(size_bytes, kReadUnitSizeBytes));
}

double write_units(std::size_t old_size_bytes, std::size_t new_size_bytes) {
  return static_cast<double>(
      units_begun(std::max(old_size_bytes, new_size_bytes), kWriteUnitSizeBytes));
}

void add_index_units(Capacity& capacity, const model::SecondaryIndex& index, double units) {
  for (auto& entry : capacity.indexes) {
    if (entry.kind == index.kind && entry.name == index.name) {
      entry.units += units;
      return;
    }
  }
  capacity.indexes.push_back({index.name, index.kind, units});
}

double Capacity::total() const {
  double sum = table;
  for (const auto& index : indexes) sum += index.units;
  return sum;
}

void Capacity::add(const Capacity& other) {
  table += other.table;
  for (const auto& added : other.indexes) {
    const auto same = std::ranges::find_if(indexes, [&](const IndexUnits& entry) {
      return entry.kind == added.kind && entry.name == added.name;
    });
    if (same == indexes.end()) {
      indexes.push_back(added);
    } else {
      same->units += added.units;
    }
  }
}

}  // namespace parley::engine
