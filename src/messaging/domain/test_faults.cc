#include "messaging/domain/test_faults.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <optional>
#include <string_view>

namespace parley::messaging {
namespace {

using When = FaultyDatabase::When;

int with_every_fault(FaultyDatabase& faults, const KillTest& test, bool kill) {
  int runs = 0;
  for (const When when : {When::kBefore, When::kAfter}) {
    bool struck = true;
    for (int call = 1; struck && !testing::Test::HasFatalFailure(); ++call, ++runs) {
      const std::string run = fmt::format("{}{}", call, when == When::kBefore ? "before" : "after");
      const testing::ScopedTrace trace(__FILE__, __LINE__, run);
      if (test.prepare) test.prepare(run);
      kill ? faults.kill_at(call, when) : faults.lose_at(call, when);
      test.act(run);
      struck = faults.mend();
      test.check(run);
    }
  }
  return runs;
}

}  // namespace

int with_every_kill(FaultyDatabase& faults, const KillTest& test) {
  return with_every_fault(faults, test, true);
}

int with_every_loss(FaultyDatabase& faults, const KillTest& test) {
  return with_every_fault(faults, test, false);
}

void write_twice(FaultyDatabase& faults) {
  faults.instead = [&faults](std::string_view operation,
                             std::string_view input) -> std::optional<Result<std::string>> {
    if (operation != "PutItem" && operation != "UpdateItem" && operation != "DeleteItem") {
      return std::nullopt;
    }
    const auto first = faults.real().call(operation, input);
    if (!first) return first;
    return faults.real().call(operation, input);
  };
}

}  // namespace parley::messaging
