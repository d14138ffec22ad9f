// Cursors: where a page goes on, as a text that is of use to one person and for one thing only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace parley::messaging {

/// Bytes: a place is a sort key of the table, of 1024 at most, and perhaps a word more.
inline constexpr std::size_t kPlaceSizeMax = 2048;

/// Immutable; thread-safe. All processes on a table have the same key (the CFG item's cursor_key).
class Cursors {
 public:
  /// `key`: 32 bytes.
  explicit Cursors(std::string key) : key_(std::move(key)) {}

  /// base64url without padding. `scope` is what is paged ("conversations", "messages/UUID"),
  /// `place` a text of the domain, of at most kPlaceSizeMax. An empty place gives an empty cursor.
  [[nodiscard]] std::string seal(std::string_view person, std::string_view scope,
                                 std::string_view place) const;
  /// The place; an empty one for an empty cursor. Refuses kInvalidCursor for what seal() has not
  /// made for this person and scope.
  [[nodiscard]] Result<std::string> open(std::string_view person, std::string_view scope,
                                         std::string_view cursor) const;

 private:
  const std::string key_;
};

}  // namespace parley::messaging
