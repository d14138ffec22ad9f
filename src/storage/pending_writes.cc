#include "storage/pending_writes.h"

namespace parley::storage {

void PendingWrites::add(CommitTicket ticket, const WriteBatch& batch) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const WriteBatch::Operation operation = batch.at(i);
    const Place place{ticket, i};
    if (operation.kind == WriteBatch::Kind::kEraseRange) {
      ranges_.push_back({place, operation.key, operation.value});
      continue;
    }
    const Point point{place, operation.kind == WriteBatch::Kind::kErase, operation.value};
    const auto [entry, added] = points_.try_emplace(operation.key, point);
    if (added) continue;
    // The key must be a view into the newer batch: the older one goes first.
    auto node = points_.extract(entry);
    node.key() = operation.key;
    node.mapped() = point;
    points_.insert(std::move(node));
  }
}

void PendingWrites::remove(CommitTicket ticket, const WriteBatch& batch) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const WriteBatch::Operation operation = batch.at(i);
    if (operation.kind == WriteBatch::Kind::kEraseRange) continue;
    const auto entry = points_.find(operation.key);
    if (entry != points_.end() && entry->second.place.ticket <= ticket) points_.erase(entry);
  }
  while (!ranges_.empty() && ranges_.front().place.ticket <= ticket) ranges_.pop_front();
}

void PendingWrites::clear() {
  points_.clear();
  ranges_.clear();
}

std::pair<PendingWrites::Found, std::string_view> PendingWrites::find(std::string_view key) const {
  const auto entry = points_.find(key);
  const Place newest = entry == points_.end() ? Place{} : entry->second.place;
  for (auto range = ranges_.rbegin(); range != ranges_.rend() && range->place > newest; ++range) {
    if (range->begin <= key && key < range->end) return {Found::kErased, {}};
  }
  if (entry == points_.end()) return {Found::kNothing, {}};
  return {entry->second.erased ? Found::kErased : Found::kValue, entry->second.value};
}

}  // namespace parley::storage
