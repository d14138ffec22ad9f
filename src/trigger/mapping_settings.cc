#include "trigger/mapping_settings.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace parley::trigger {
namespace {

std::unexpected<Error> refuse(std::string message) {
  return fail(ErrorCode::kInvalidParameter, std::move(message));
}

Status check_range(std::string_view name, int value, int least, int most) {
  if (value < least) {
    return refuse(
        fmt::format("1 validation error detected: Value '{}' at '{}' failed to satisfy "
                    "constraint: Member must have value greater than or equal to {}",
                    value, name, least));
  }
  if (value > most) {
    return refuse(
        fmt::format("1 validation error detected: Value '{}' at '{}' failed to satisfy "
                    "constraint: Member must have value less than or equal to {}",
                    value, name, most));
  }
  return {};
}

}  // namespace

Status check_settings(const MappingSettings& settings) {
  PARLEY_TRY(check_range("batchSize", settings.batch_size, 1, 10'000));
  PARLEY_TRY(check_range("maximumBatchingWindowInSeconds", settings.batching_window_s, 0, 300));
  PARLEY_TRY(check_range("maximumRetryAttempts", settings.retry_attempts_max, -1, 10'000));
  PARLEY_TRY(check_range("maximumRecordAgeInSeconds", settings.record_age_max_s, -1, 604'800));
  PARLEY_TRY(check_range("parallelizationFactor", settings.parallelization_factor, 1, 10));
  PARLEY_TRY(check_range("tumblingWindowInSeconds", settings.tumbling_window_s, 0, 900));
  if (settings.record_age_max_s >= 0 && settings.record_age_max_s < 60) {
    return refuse("MaximumRecordAgeInSeconds must be -1 or between 60 and 604800");
  }
  const auto& destination = settings.on_failure_destination;
  if (!destination.empty() && !is_url(destination) && !destination.starts_with("arn:")) {
    return refuse(
        fmt::format("Invalid destination {}: it must be an ARN or an http(s) URL", destination));
  }
  return {};
}

Result<RecordFilter> make_filter(const MappingSettings& settings) {
  if (settings.filter_patterns.size() > kFiltersMax) {
    return refuse(fmt::format("FilterCriteria has {} filters; at most {} are allowed",
                              settings.filter_patterns.size(), kFiltersMax));
  }
  std::vector<FilterPattern> patterns;
  patterns.reserve(settings.filter_patterns.size());
  for (const auto& text : settings.filter_patterns) {
    patterns.push_back(PARLEY_TRY(FilterPattern::compile(text)));
  }
  return RecordFilter(std::move(patterns));
}

bool is_url(std::string_view destination) {
  return destination.starts_with("http://") || destination.starts_with("https://");
}

}  // namespace parley::trigger
