// What a mapping's settings may be, in AWS's words
// (lambda/latest/api/API_CreateEventSourceMapping).
#pragma once

#include <vector>

#include "base/result.h"
#include "trigger/filter_pattern.h"
#include "trigger/mappings.h"

namespace parley::trigger {

inline constexpr std::size_t kFiltersMax = 10;

/// Errors: kInvalidParameter.
[[nodiscard]] Status check_settings(const MappingSettings& settings);

/// The compiled FilterCriteria of checked settings. Errors: kInvalidParameter "Invalid filter
/// pattern definition."
[[nodiscard]] Result<RecordFilter> make_filter(const MappingSettings& settings);

/// True for a destination that is posted to, false for one that is only a name (an ARN).
[[nodiscard]] bool is_url(std::string_view destination);

}  // namespace parley::trigger
