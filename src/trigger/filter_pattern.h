// FilterPattern: one pattern of a mapping's FilterCriteria, compiled. Lambda's syntax is
// EventBridge's (lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax):
//
//   pattern  = {"name": leaf or pattern, …}    every name must match; "$or": [pattern, …] one of
//   them leaf     = [alternative, …]                one alternative must match the event's value
//   alternative = a string, number, true, false or null (equal, of the same JSON type), or one of
//     {"prefix": s} {"suffix": s} {"equals-ignore-case": s} {"exists": bool}
//     {"numeric": ["=", n]} {"numeric": [">", n, "<=", m]}
//     {"anything-but": s, n, [s, …], [n, …], or {"prefix"|"suffix"|"equals-ignore-case": s or [s,
//     …]}}
//
// Only leaves of the event exist: objects and empty arrays do not. An array in the event matches
// when one of its elements does. DynamoDB's numbers are strings in the event ({"N": "7"}), so that
// numeric never matches them; AWS documents it so (lambda/latest/dg/with-ddb-filtering.html).
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace simdjson::dom {
class element;
}  // namespace simdjson::dom

namespace parley::trigger {

inline constexpr std::size_t kFilterPatternCharactersMax = 4096;
inline constexpr std::size_t kFilterPatternDepthMax = 32;

/// Immutable; safe for concurrent use.
class FilterPattern {
 public:
  /// Errors: kInvalidParameter "Invalid filter pattern definition." for anything but a pattern.
  [[nodiscard]] static Result<FilterPattern> compile(std::string_view json);

  FilterPattern(FilterPattern&&) noexcept;
  FilterPattern& operator=(FilterPattern&&) noexcept;
  ~FilterPattern();

  /// `event` is one element of the function event's Records.
  [[nodiscard]] bool matches(const simdjson::dom::element& event) const;

  struct Node;

 private:
  explicit FilterPattern(std::unique_ptr<const Node> root);
  std::unique_ptr<const Node> root_;
};

/// True when there are no patterns or one of them matches `event_json`. Not for the same `patterns`
/// from several threads at a time.
class RecordFilter {
 public:
  RecordFilter();
  explicit RecordFilter(std::vector<FilterPattern> patterns);
  RecordFilter(RecordFilter&&) noexcept;
  RecordFilter& operator=(RecordFilter&&) noexcept;
  ~RecordFilter();
  [[nodiscard]] bool passes(std::string_view event_json);

 private:
  struct Parser;
  std::vector<FilterPattern> patterns_;
  std::unique_ptr<Parser> parser_;
};

}  // namespace parley::trigger
