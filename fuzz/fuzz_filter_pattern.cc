// Patterns of FilterCriteria: whatever they hold is refused or understood. The input is a pattern,
// a zero byte and a record's event.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "trigger/filter_pattern.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley;
  using namespace parley::trigger;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto pattern = input.substr(0, input.find('\0'));
  const auto rest = pattern.size() < input.size() ? input.substr(pattern.size() + 1) : input;
  if (auto compiled = FilterPattern::compile(pattern)) {
    std::vector<FilterPattern> patterns;
    patterns.push_back(*std::move(compiled));
    static_cast<void>(RecordFilter(std::move(patterns)).passes(rest));
  }
  return 0;
}
