#include "cache/memory_store.h"

#include <algorithm>
#include <functional>

namespace parley::cache {
namespace {

// Of a collection and of a reply, besides their texts: nodes, pointers, the allocator's share.
constexpr std::size_t kCollectionSizeBytes = 256;
constexpr std::size_t kReplySizeBytes = 160;

std::size_t reply_size(std::string_view variant, const std::string& value) {
  return kReplySizeBytes + variant.size() + value.size();
}

}  // namespace

MemoryStore::Shard& MemoryStore::shard_of(std::string_view collection) {
  return shards_[std::hash<std::string_view>{}(collection) % kShards];
}

Result<CacheStore::Found> MemoryStore::find(std::string_view collection, std::string_view variant) {
  Shard& shard = shard_of(collection);
  const std::scoped_lock lock(shard.mutex);
  const auto known = shard.by_name.find(collection);
  if (known == shard.by_name.end()) {
    const std::size_t size_bytes = kCollectionSizeBytes + collection.size();
    shard.recent.push_front({std::string(collection), ++last_version_, {}, size_bytes});
    shard.by_name.emplace(shard.recent.front().name, shard.recent.begin());
    shard.size_bytes += size_bytes;
    while (shard.size_bytes > options_.size_bytes_max / kShards && shard.recent.size() > 1) {
      forget_one(shard);
    }
    return Found{.version = shard.recent.front().version, .value = nullptr};
  }
  const auto place = known->second;
  shard.recent.splice(shard.recent.begin(), shard.recent, place);
  const auto reply = place->replies.find(variant);
  if (reply == place->replies.end()) return Found{.version = place->version, .value = nullptr};
  const std::chrono::microseconds age(clock_.now() - reply->second.kept_at);
  if (age > options_.age_max) return Found{.version = place->version, .value = nullptr};
  return Found{.version = place->version, .value = reply->second.value};
}

Result<bool> MemoryStore::keep(std::string_view collection, std::string_view variant,
                               Version version, const Value& value) {
  Shard& shard = shard_of(collection);
  const std::scoped_lock lock(shard.mutex);
  const auto known = shard.by_name.find(collection);
  if (known == shard.by_name.end() || known->second->version != version) return false;
  if (value->size() > options_.value_size_bytes_max) return true;
  Collection& place = *known->second;
  const auto resize = [&](std::size_t from, std::size_t to) {
    place.size_bytes += to - from;
    shard.size_bytes += to - from;
  };
  const auto erase = [&](auto reply) {
    resize(reply_size(reply->first, *reply->second.value), 0);
    place.replies.erase(reply);
  };
  const auto old = place.replies.find(variant);
  if (old != place.replies.end()) erase(old);
  if (place.replies.size() >= options_.variants_max) {
    erase(std::ranges::min_element(place.replies, {},
                                   [](const auto& each) { return each.second.kept_at; }));
  }
  place.replies.emplace(variant, Reply{value, clock_.now()});
  resize(0, reply_size(variant, *value));
  while (shard.size_bytes > options_.size_bytes_max / kShards && !shard.recent.empty()) {
    forget_one(shard);
  }
  return true;
}

Status MemoryStore::invalidate(std::string_view collection) {
  Shard& shard = shard_of(collection);
  const std::scoped_lock lock(shard.mutex);
  const auto known = shard.by_name.find(collection);
  if (known == shard.by_name.end()) return {};  // it gets a new version when it is met again
  shard.recent.splice(shard.recent.end(), shard.recent, known->second);
  forget_one(shard);
  return {};
}

Status MemoryStore::invalidate_all() {
  for (Shard& shard : shards_) {
    const std::scoped_lock lock(shard.mutex);
    while (!shard.recent.empty()) forget_one(shard);
  }
  return {};
}

/// The one at the end of the list.
void MemoryStore::forget_one(Shard& shard) {
  const Collection& last = shard.recent.back();
  shard.size_bytes -= last.size_bytes;
  shard.by_name.erase(last.name);
  shard.recent.pop_back();
}

CacheStore::Usage MemoryStore::usage() const {
  Usage usage;
  for (const Shard& shard : shards_) {
    const std::scoped_lock lock(shard.mutex);
    usage.collections += shard.recent.size();
    usage.size_bytes += shard.size_bytes;
  }
  return usage;
}

}  // namespace parley::cache
