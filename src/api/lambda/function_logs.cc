// GET /_parley/functions/NAME/logs?after=N&limit=N&wait=MILLISECONDS: a function's log lines. With
// `wait` the reply is held back until there is a line to show or the time is over.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <memory>

#include "api/lambda/function_name.h"
#include "api/lambda/json_members.h"
#include "api/lambda/routes.h"
#include "base/utf8.h"

namespace parley::api {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::uint64_t kLinesMax = 1000;
constexpr std::uint64_t kWaitMillisecondsMax = 20'000;
constexpr std::chrono::milliseconds kLookAgain{50};

/// A follower of a log, from look to look.
struct LogPoll {
  LambdaContext& context;
  std::string function_name;
  std::uint64_t after = 0;
  std::size_t limit = 100;
  Steady::time_point deadline;
  LambdaCallback done;
};

Result<std::uint64_t> read_number(const LambdaCall& call, std::string_view name,
                                  std::uint64_t fallback, std::uint64_t max) {
  const auto text = call.query_parameter(name);
  if (!text) return fallback;
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(text->data(), text->data() + text->size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text->data() + text->size()) {
    return fail(ErrorCode::kInvalidParameter,
                fmt::format("{} must be a number, not \"{}\"", name, *text));
  }
  return std::min(number, max);
}

LambdaReply lines_reply(const std::vector<trigger::LogLine>& lines) {
  LambdaReply reply;
  JsonMembers members(reply.body);
  members.name("Lines");
  reply.body += '[';
  std::string_view separator;
  for (const trigger::LogLine& line : lines) {
    reply.body += separator;
    JsonMembers entry(reply.body);
    entry.number("Number", static_cast<std::int64_t>(line.number));
    entry.text("Time", lambda_time(line.time));
    entry.text("Text", to_utf8(line.text));  // whatever bytes the function printed
    entry.finish();
    separator = ",";
  }
  reply.body += ']';
  members.finish();
  return reply;
}

void look(std::unique_ptr<LogPoll> poll, bool stopping) {
  auto lines = poll->context.parts.functions.logs(poll->function_name, poll->after, poll->limit);
  if (!lines) return poll->done(std::unexpected(std::move(lines).error()));
  if (!lines->empty() || stopping || Steady::now() >= poll->deadline) {
    return poll->done(lines_reply(*lines));
  }
  DelayedTasks& delays = poll->context.delays;
  delays.run_after(kLookAgain,
                   [poll = std::move(poll)](bool ends) mutable { look(std::move(poll), ends); });
}

}  // namespace

void function_logs(LambdaCall call, LambdaCallback done) {
  const auto found = resolve_function(call);
  const auto after = read_number(call, "after", 0, UINT64_MAX);
  const auto limit = read_number(call, "limit", 100, kLinesMax);
  const auto wait = read_number(call, "wait", 0, kWaitMillisecondsMax);
  if (!found) return done(std::unexpected(found.error()));
  for (const auto* number : {&after, &limit, &wait}) {
    if (!*number) return done(std::unexpected(number->error()));
  }
  auto poll = std::make_unique<LogPoll>(
      LogPoll{.context = call.context,
              .function_name = found->function.name,
              .after = *after,
              .limit = static_cast<std::size_t>(std::max<std::uint64_t>(*limit, 1)),
              .deadline = Steady::now() + std::chrono::milliseconds(*wait),
              .done = std::move(done)});
  // Even the first look is the delaying thread's: the log is on the disk.
  DelayedTasks& delays = call.context.delays;
  delays.run_after(std::chrono::milliseconds(0),
                   [poll = std::move(poll)](bool ends) mutable { look(std::move(poll), ends); });
}

}  // namespace parley::api
