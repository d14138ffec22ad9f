#include "trigger/native_functions.h"

#include <chrono>
#include <utility>

#include "trigger/process/invocation_report.h"

namespace parley::trigger {
namespace {

// What a native function is given to work with is the server's own memory: nothing to report.
constexpr int kReportedMemoryMb = 128;

std::unexpected<Error> shutting_down() {
  return fail(ErrorCode::kUnavailable, "The server is shutting down");
}

}  // namespace

NativeFunctions::~NativeFunctions() {
  stop();
}

void NativeFunctions::invoke(std::shared_ptr<const NativeFunction> function,
                             std::shared_ptr<FunctionLog> log, Invocation invocation,
                             Invoker::Callback callback) {
  // Shared with the task, since the pool drops a task that it refuses.
  const auto call = std::make_shared<Call>(std::move(function), std::move(log),
                                           std::move(invocation), std::move(callback));
  if (pool_.run([this, call] { run(*call); })) return;
  call->callback(stopping_ ? shutting_down() : fail(ErrorCode::kThrottling, "Rate Exceeded."));
}

void NativeFunctions::run(Call& call) {
  if (stopping_) return call.callback(shutting_down());
  InvocationOutcome outcome;
  outcome.request_id = make_uuid(random_);
  call.log->append(clock_.now(), {start_line(outcome.request_id)});
  const auto started = std::chrono::steady_clock::now();
  auto result = (*call.function)(call.invocation.payload);
  const auto duration = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - started);
  std::vector<std::string> lines;
  if (result) {
    outcome.payload = *std::move(result);
  } else {
    outcome.function_error = true;
    outcome.payload = error_payload("Error", result.error().message);
    lines.push_back("[ERROR] " + result.error().message);
  }
  for (auto& line : end_lines({.request_id = outcome.request_id,
                               .duration = duration,
                               .memory_mb = kReportedMemoryMb,
                               .status = outcome.function_error ? "error" : ""})) {
    lines.push_back(std::move(line));
  }
  call.log->append(clock_.now(), lines);
  if (call.invocation.tail_log) {
    outcome.log_tail = start_line(outcome.request_id) + '\n';
    for (const auto& line : lines) outcome.log_tail += line + '\n';
  }
  call.callback(std::move(outcome));
}

void NativeFunctions::stop() {
  stopping_ = true;
  pool_.stop();
}

}  // namespace parley::trigger
