// The parts of an item at given paths, inside their hierarchy.
#pragma once

#include <string>
#include <vector>

#include "expr/sorted_paths.h"
#include "model/value_view.h"

namespace parley::expr {

/// Appends a whole encoded item of what `leaves` name of `item`; list elements close up, maps and
/// lists without any named part are left out. Returns whether anything was found.
bool project_paths(const model::MapView& item, PathLeaves leaves,
                   const std::vector<PathElement>& elements, std::string& out);

}  // namespace parley::expr
