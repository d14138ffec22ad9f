// Query: one item collection of a table or an index, or a range of it.
#include <compare>
#include <utility>

#include "codec/key_encoding.h"
#include "engine/database_state.h"
#include "engine/read_page.h"

namespace parley::engine {
namespace {

using expr::RangeOperator;

/// The bytes that a range attribute's value takes in the stored keys of the target: an index
/// escapes its values since more follows; a table's sort key ends the key as it is.
class KeyPart {
 public:
  explicit KeyPart(bool is_index) : is_index_(is_index) {}

  /// `base` and a whole value: begins all keys with exactly this value.
  [[nodiscard]] std::string whole(std::string base, model::ValueView value) const {
    if (is_index_) {
      codec::append_escaped(base, value.scalar_bytes());
    } else {
      base.append(value.scalar_bytes());
    }
    return base;
  }
  /// `base` and the beginning of a value: begins all keys whose value begins so.
  [[nodiscard]] std::string beginning(std::string base, model::ValueView value) const {
    base = whole(std::move(base), value);
    if (is_index_) base.resize(base.size() - kTerminatorSize);
    return base;
  }
  /// The smallest key after those that `whole` begins.
  [[nodiscard]] std::string after(std::string whole_key) const {
    if (is_index_) return codec::prefix_end(whole_key);
    whole_key.push_back('\0');
    return whole_key;
  }

 private:
  static constexpr std::size_t kTerminatorSize = 2;  // of append_escaped
  bool is_index_;
};

/// Where the keys lie that fulfil `conditions`.
storage::KeyRange range_of(const ReadTarget& target, const expr::KeyConditions& conditions) {
  const KeyPart part(target.index != nullptr);
  std::string base = codec::collection_prefix(target.storage_id(), conditions.hash);
  const auto& terms = conditions.range;
  for (std::size_t i = 0; i + 1 < terms.size(); ++i) base = part.whole(base, terms[i].first);
  storage::KeyRange all{base, codec::prefix_end(base)};
  if (terms.empty()) return all;

  const auto& last = terms.back();
  std::string first = part.whole(base, last.first);
  switch (last.op) {
    case RangeOperator::kEqual: {
      std::string end = part.after(first);
      return {std::move(first), std::move(end)};
    }
    case RangeOperator::kLess:
      return {std::move(all.begin), std::move(first)};
    case RangeOperator::kLessOrEqual:
      return {std::move(all.begin), part.after(std::move(first))};
    case RangeOperator::kGreater:
      return {part.after(std::move(first)), std::move(all.end)};
    case RangeOperator::kGreaterOrEqual:
      return {std::move(first), std::move(all.end)};
    case RangeOperator::kBetween:
      return {std::move(first), part.after(part.whole(base, last.second))};
    case RangeOperator::kBeginsWith: {
      std::string begin = part.beginning(std::move(base), last.first);
      std::string end = codec::prefix_end(begin);
      return {std::move(begin), std::move(end)};
    }
  }
  return all;
}

bool fulfils(const expr::RangeCondition& condition, model::ValueView value) {
  const auto order = model::compare_scalars(value, condition.first);
  switch (condition.op) {
    case RangeOperator::kEqual:
      return order == 0;
    case RangeOperator::kLess:
      return order < 0;
    case RangeOperator::kLessOrEqual:
      return order <= 0;
    case RangeOperator::kGreater:
      return order > 0;
    case RangeOperator::kGreaterOrEqual:
      return order >= 0;
    case RangeOperator::kBetween:
      return order >= 0 && model::compare_scalars(value, condition.second) <= 0;
    case RangeOperator::kBeginsWith:
      return value.scalar_bytes().starts_with(condition.first.scalar_bytes());
  }
  return false;
}

/// A checked start key must lie in the range that is read.
Status check_bounds(const ReadTarget& target, const model::MapView& start_key,
                    const expr::KeyConditions& conditions) {
  const auto& schema = target.key();
  for (std::size_t i = 0; i < conditions.range.size(); ++i) {
    if (!fulfils(conditions.range[i], *start_key.find(schema.range[i].name))) {
      return invalid("The provided starting key does not match the range key predicate");
    }
  }
  for (std::size_t i = 0; i < schema.hash.size(); ++i) {
    if (*start_key.find(schema.hash[i].name) == conditions.hash[i]) continue;
    return invalid(
        conditions.range.empty()
            ? "The provided starting key is outside query boundaries based on provided conditions"
            : "The query can return at most one row and cannot be restarted");
  }
  return {};
}

}  // namespace

Result<PageOutcome> Database::query(const Query& request, ItemSink& sink) const {
  const auto& page = request.page;
  auto target = PARLEY_TRY(find_target(*state_, page));
  if (page.exclusive_start_key) {
    PARLEY_TRY(check_start_key(target, page.exclusive_start_key->view(), ReadOperation::kQuery));
  }
  const auto conditions = PARLEY_TRY(request.key_condition.resolve(target.key()));
  if (page.exclusive_start_key) {
    PARLEY_TRY(check_bounds(target, page.exclusive_start_key->view(), conditions));
  }
  PARLEY_TRY(bind_attributes(target, page, ReadOperation::kQuery));

  auto range = range_of(target, conditions);
  const auto direction =
      request.forward ? storage::Direction::kForward : storage::Direction::kBackward;
  if (page.exclusive_start_key) {
    start_after(range, direction, stored_start_key(target, page.exclusive_start_key->view()));
  }
  return read_page(*state_, target, page, range, direction, sink);
}

}  // namespace parley::engine
