// Time to live: when an item expires, and the entries that keep a table's items in the order of
// their expiry (docs/formats/catalog.md). Entries are maintained by WriteSet in the commit that
// changes the item, so the sweep (engine/expiry_sweep.h) looks at nothing but what has expired.
//
//   entry = u32be(time to live's storage id) u64be(seconds since 1970) item key without storage id
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/table.h"
#include "model/value_view.h"
#include "storage/key_value_store.h"

namespace parley::engine {

/// The second from which `item` may be deleted: what its attribute says, rounded up. Nothing for an
/// item that never expires: no such attribute, no number, not positive, or past all calendars.
[[nodiscard]] std::optional<std::int64_t> expiry_of(const model::TimeToLive& time_to_live,
                                                    const model::MapView& item);

/// `item_key` as codec::item_key made it.
[[nodiscard]] std::string expiry_key(const model::TimeToLive& time_to_live, std::int64_t expiry,
                                     std::string_view item_key);

/// Entries with first <= expiry <= last.
[[nodiscard]] storage::KeyRange expiring(const model::TimeToLive& time_to_live, std::int64_t first,
                                         std::int64_t last);

// The parts of a key that expiry_key made.
[[nodiscard]] std::int64_t expiry_in(std::string_view expiry_key);
[[nodiscard]] std::string item_key_in(std::uint32_t table_storage_id, std::string_view expiry_key);

}  // namespace parley::engine
