// The conversation trigger as a custom runtime for AWS Lambda: deployed as `bootstrap`.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "base/clock.h"
#include "base/random.h"
#include "bootstrap/runtime_loop.h"
#include "bootstrap/settings.h"

namespace {

using namespace parley;

/// The next invocation may be long in coming; the sandbox sleeps meanwhile.
constexpr std::chrono::hours kPatience{24 * 365};

const char* variable(const char* name) {
  return std::getenv(name);
}

Status run() {
  const char* address = variable("AWS_LAMBDA_RUNTIME_API");
  if (address == nullptr) {
    return fail(ErrorCode::kInvalidArgument,
                "AWS_LAMBDA_RUNTIME_API is not set: this program is started by AWS Lambda, or by "
                "Parley as a function of the runtime `provided`");
  }
  net::HttpClient runtime_api(PARLEY_TRY(net::Url::parse(fmt::format("http://{}", address))),
                              {.request_timeout = kPatience});
  auto settings = bootstrap::settings_of(variable);
  if (!settings) {
    PARLEY_TRY(bootstrap::report_init_error(runtime_api, settings.error()));
    return std::unexpected(settings.error());
  }
  settings->trigger.log = [](const std::string& line) { fmt::print(stderr, "{}\n", line); };
  SystemClock clock;
  SystemRandom random;
  client::RemoteDatabase database(settings->database, clock, random);
  messaging::ConversationTrigger trigger(database, settings->trigger);
  return bootstrap::serve_invocations(
      runtime_api, [&](std::string_view event) { return trigger.handle(event); });
}

}  // namespace

int main() {
  const Status status = run();
  if (status) return EXIT_SUCCESS;
  fmt::print(stderr, "{}\n", status.error().message);
  return EXIT_FAILURE;
}
