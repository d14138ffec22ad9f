#include "cli/trigger_settings.h"

#include <fmt/format.h>

#include "cli/json_text.h"

namespace parley::cli {

std::string trigger_settings_members(const TriggerOptions& options) {
  std::string members;
  const auto raw = [&](std::string_view name, const std::string& value) {
    if (!members.empty()) members += ',';
    members += fmt::format(R"("{}":{})", name, value);
  };
  const auto number = [&](std::string_view name, std::optional<int> value) {
    if (value) raw(name, std::to_string(*value));
  };
  number("BatchSize", options.batch_size);
  number("MaximumBatchingWindowInSeconds", options.batching_window_s);
  number("MaximumRetryAttempts", options.retries_max);
  number("MaximumRecordAgeInSeconds", options.record_age_max_s);
  number("ParallelizationFactor", options.parallel);
  number("TumblingWindowInSeconds", options.tumbling_window_s);
  if (options.bisect) raw("BisectBatchOnFunctionError", *options.bisect ? "true" : "false");
  if (options.report_item_failures) {
    raw("FunctionResponseTypes",
        *options.report_item_failures ? R"(["ReportBatchItemFailures"])" : "[]");
  }
  if (options.no_filters || !options.filters.empty()) {
    std::string filters;
    for (const std::string& pattern : options.filters) {
      if (!filters.empty()) filters += ',';
      filters += fmt::format(R"({{"Pattern":{}}})", json_string(pattern));
    }
    raw("FilterCriteria", fmt::format(R"({{"Filters":[{}]}})", filters));
  }
  if (options.on_failure) {
    raw("DestinationConfig", options.on_failure->empty()
                                 ? std::string(R"({"OnFailure":{}})")
                                 : fmt::format(R"({{"OnFailure":{{"Destination":{}}}}})",
                                               json_string(*options.on_failure)));
  }
  return members;
}

}  // namespace parley::cli
