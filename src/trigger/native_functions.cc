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
  std::unique_lock lock(mutex_);
  if (stopping_ || tasks_.size() >= queue_max_) {
    const bool stopped = stopping_;
    lock.unlock();
    return callback(stopped ? shutting_down() : fail(ErrorCode::kThrottling, "Rate Exceeded."));
  }
  tasks_.push_back(
      {std::move(function), std::move(log), std::move(invocation), std::move(callback)});
  if (tasks_.size() > idle_ && threads_.size() < threads_max_) {
    threads_.emplace_back([this] { work(); });
  }
  changed_.notify_one();
}

void NativeFunctions::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    changed_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
    --idle_;
    if (tasks_.empty()) return;
    Task task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    run(std::move(task));
    lock.lock();
  }
}

void NativeFunctions::run(Task task) {
  InvocationOutcome outcome;
  outcome.request_id = make_uuid(random_);
  task.log->append(clock_.now(), {start_line(outcome.request_id)});
  const auto started = std::chrono::steady_clock::now();
  auto result = (*task.function)(task.invocation.payload);
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
  task.log->append(clock_.now(), lines);
  if (task.invocation.tail_log) {
    outcome.log_tail = start_line(outcome.request_id) + '\n';
    for (const auto& line : lines) outcome.log_tail += line + '\n';
  }
  task.callback(std::move(outcome));
}

void NativeFunctions::stop() {
  std::deque<Task> refused;
  std::vector<std::thread> threads;
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    refused.swap(tasks_);
    threads.swap(threads_);
    changed_.notify_all();
  }
  for (Task& task : refused) task.callback(shutting_down());
  for (std::thread& thread : threads) thread.join();
}

}  // namespace parley::trigger
