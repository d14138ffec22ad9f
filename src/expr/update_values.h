// The first half of applying an update: what each action makes of its target, computed from the old
// item before anything is written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "expr/bound_update.h"

namespace parley::expr {

/// The outcome of every action, in the order of the actions.
class UpdateValues {
 public:
  /// True: the target is to be absent afterwards.
  [[nodiscard]] bool removes(std::size_t action) const { return outcomes_[action].removes; }
  /// The target's new value, encoded; not for an action that removes. Valid as long as this object,
  /// the old item and the request's values.
  [[nodiscard]] std::string_view value(std::size_t action) const {
    const Outcome& outcome = outcomes_[action];
    if (!outcome.computed) return outcome.borrowed;
    return std::string_view(computed_).substr(outcome.begin, outcome.size);
  }
  [[nodiscard]] std::size_t total_size() const;

 private:
  friend class UpdateComputation;
  struct Outcome {
    bool removes = false;
    bool computed = false;      // the value is a run of computed_, else borrowed
    std::string_view borrowed;  // from the request or the old item
    std::size_t begin = 0;
    std::size_t size = 0;
  };
  std::vector<Outcome> outcomes_;
  std::string computed_;
};

/// Errors: kValidation for an attribute that does not exist, an operand of another type, a number
/// out of range.
[[nodiscard]] Result<UpdateValues> compute_update_values(const BoundUpdate& bound,
                                                         const model::MapView& old_item);

}  // namespace parley::expr
