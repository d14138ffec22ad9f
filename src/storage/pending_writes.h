// PendingWrites: the newest submitted operation of each key that is not committed yet.
#pragma once

#include <cstdint>
#include <deque>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "storage/commit_pipeline.h"
#include "storage/key_value_store.h"

namespace parley::storage {

/// Holds views into the submitted batches, so a batch must be removed before it is destroyed. Not
/// thread-safe.
class PendingWrites {
 public:
  enum class Found : std::uint8_t { kNothing, kValue, kErased };

  void add(CommitTicket ticket, const WriteBatch& batch);
  /// Removes what is still the newest of a batch that was added with `ticket`, the oldest there is.
  void remove(CommitTicket ticket, const WriteBatch& batch);
  void clear();

  /// What is submitted for `key`; the value is valid until its batch is removed.
  [[nodiscard]] std::pair<Found, std::string_view> find(std::string_view key) const;

 private:
  /// Orders operations: by ticket, and by place within a batch.
  struct Place {
    CommitTicket ticket = 0;
    std::size_t index = 0;
    auto operator<=>(const Place&) const = default;
  };
  struct Point {
    Place place;
    bool erased = false;
    std::string_view value;
  };
  struct Range {
    Place place;
    std::string_view begin;
    std::string_view end;
  };
  std::unordered_map<std::string_view, Point> points_;
  std::deque<Range> ranges_;  // in order of place; few: tables and indexes being deleted
};

}  // namespace parley::storage
