// RecentMap: a bounded map of texts that forgets what was used longest ago.
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace parley::messaging {

/// Not thread-safe. Pointers and references are valid until the next put() or erase().
template <class Value>
class RecentMap {
 public:
  explicit RecentMap(std::size_t size_max) : size_max_(size_max) {}

  /// Counts as a use. Null if it is not there.
  [[nodiscard]] Value* find(std::string_view key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return nullptr;
    recent_.splice(recent_.begin(), recent_, found->second);
    return &found->second->second;
  }
  Value& put(std::string_view key, Value value) {
    erase(key);
    recent_.emplace_front(std::string(key), std::move(value));
    by_key_.emplace(recent_.front().first, recent_.begin());
    if (recent_.size() > size_max_) erase_oldest();
    return recent_.front().second;
  }
  void erase(std::string_view key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return;
    const auto entry = found->second;
    by_key_.erase(found);
    recent_.erase(entry);
  }
  /// Precondition: not empty.
  void erase_oldest() {
    by_key_.erase(recent_.back().first);
    recent_.pop_back();
  }
  [[nodiscard]] const Value& oldest() const { return recent_.back().second; }
  [[nodiscard]] std::size_t size() const { return recent_.size(); }
  void clear() {
    by_key_.clear();
    recent_.clear();
  }

 private:
  using Entries = std::list<std::pair<const std::string, Value>>;
  const std::size_t size_max_;
  Entries recent_;  // the most recently used first
  std::unordered_map<std::string_view, typename Entries::iterator> by_key_;  // keys lie in recent_
};

}  // namespace parley::messaging
