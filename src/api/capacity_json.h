// ConsumedCapacity in replies.
// Source: …/APIReference/API_ConsumedCapacity.html
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/requests.h"

namespace parley::api {

enum class ReturnConsumedCapacity : std::uint8_t { kNone, kTotal, kIndexes };

/// Whether the units are also shown as ReadCapacityUnits or WriteCapacityUnits, which only
/// transactions do.
enum class CapacityKind : std::uint8_t { kPlain, kTransaction };

[[nodiscard]] ReturnConsumedCapacity read_return_consumed_capacity(
    const simdjson::dom::object& input);

/// Appends one ConsumedCapacity structure. `table` as the request named it; `wanted` is not kNone.
void append_consumed_capacity(std::string& out, std::string_view table,
                              const engine::Capacity& capacity, ReturnConsumedCapacity wanted,
                              CapacityKind kind = CapacityKind::kPlain);

/// The capacity of an operation on several tables, each once, in the order they were first met.
class CapacityByTable {
 public:
  /// `table` is borrowed until the last append.
  void add(std::string_view table, const engine::Capacity& capacity);
  /// Appends the array of ConsumedCapacity structures.
  void append(std::string& out, ReturnConsumedCapacity wanted,
              CapacityKind kind = CapacityKind::kPlain) const;

 private:
  struct Entry {
    std::string_view table;
    engine::Capacity capacity;
  };
  std::vector<Entry> entries_;
};

}  // namespace parley::api
