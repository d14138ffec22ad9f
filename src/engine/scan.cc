// Scan: a whole table or index, or one segment of it.
#include <fmt/format.h>

#include <limits>
#include <utility>

#include "base/bytes.h"
#include "codec/key_encoding.h"
#include "engine/database_state.h"
#include "engine/read_page.h"
#include "engine/store_keys.h"

namespace parley::engine {
namespace {

storage::KeyRange segment_range(std::uint32_t storage_id, const codec::HashRange& hashes) {
  auto range = storage_range(storage_id);
  append_u64_be(range.begin, hashes.first);
  if (hashes.last != std::numeric_limits<std::uint64_t>::max()) {
    range.end.clear();
    append_u32_be(range.end, storage_id);
    append_u64_be(range.end, hashes.last + 1);
  }
  return range;
}

}  // namespace

Result<PageOutcome> Database::scan(const Scan& request, ItemSink& sink) const {
  const auto& page = request.page;
  auto target = PARLEY_TRY(find_target(*state_, page));
  if (page.exclusive_start_key) {
    PARLEY_TRY(check_start_key(target, page.exclusive_start_key->view(), ReadOperation::kScan));
  }
  PARLEY_TRY(bind_attributes(target, page, ReadOperation::kScan));

  const auto hashes = codec::segment_hash_range(request.segment, request.total_segments);
  auto range = segment_range(target.storage_id(), hashes);
  if (page.exclusive_start_key) {
    auto start = stored_start_key(target, page.exclusive_start_key->view());
    const auto hash = codec::hash_of_key(start);
    if (hash < hashes.first || hash > hashes.last) {
      return invalid(
          fmt::format("The provided starting key is invalid: Invalid ExclusiveStartKey. Please use "
                      "ExclusiveStartKey with correct Segment. TotalSegments: {} Segment: {}",
                      request.total_segments, request.segment));
    }
    start_after(range, storage::Direction::kForward, std::move(start));
  }
  return read_page(*state_, target, page, range, storage::Direction::kForward, sink);
}

}  // namespace parley::engine
