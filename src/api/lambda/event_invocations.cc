#include "api/lambda/event_invocations.h"

#include <algorithm>
#include <deque>
#include <mutex>
#include <utility>

namespace parley::api {
namespace {

// Between attempts to find room for an event: doubling from the first to the last.
constexpr std::chrono::milliseconds kThrottledPauseFirst{1'000};
constexpr std::chrono::milliseconds kThrottledPauseLast{300'000};

bool passes(ErrorCode code) {
  return code == ErrorCode::kThrottling || code == ErrorCode::kUnavailable ||
         code == ErrorCode::kIo;
}

}  // namespace

struct EventInvocations::State : std::enable_shared_from_this<State> {
  State(trigger::Invoker& function_invoker, DelayedTasks& delayed_tasks, const Clock& wall_clock,
        std::vector<std::chrono::milliseconds> pauses)
      : invoker(function_invoker),
        delays(delayed_tasks),
        clock(wall_clock),
        retry_pauses(std::move(pauses)) {}

  struct Attempt {
    Event event;
    TimestampMicros submitted_at = 0;
    int failures = 0;   // of the function
    int throttles = 0;  // in a row
  };

  void run(Attempt attempt) {
    trigger::Invocation invocation{.function_name = attempt.event.function_name,
                                   .payload = attempt.event.payload,
                                   .client_context = attempt.event.client_context};
    invoker.invoke(std::move(invocation), [self = shared_from_this(), attempt = std::move(attempt)](
                                              Result<trigger::InvocationOutcome> outcome) mutable {
      self->conclude(std::move(attempt), std::move(outcome));
    });
  }

  void conclude(Attempt attempt, Result<trigger::InvocationOutcome> outcome) {
    if (outcome && !outcome->function_error) return forget(attempt);
    const std::string error = outcome ? std::move(outcome->payload) : outcome.error().message;
    if (outcome || !passes(outcome.error().code)) {
      attempt.throttles = 0;
      const auto done = static_cast<std::size_t>(attempt.failures++);
      if (!outcome || done >= retry_pauses.size()) return give_up(attempt, error);
      return retry(std::move(attempt), retry_pauses[done], error);
    }
    const auto age = std::chrono::microseconds(clock.now() - attempt.submitted_at);
    if (age >= kEventAgeMax) return give_up(attempt, error);
    const int doublings = std::min(attempt.throttles++, 16);
    retry(std::move(attempt),
          std::min(kThrottledPauseFirst * (1 << doublings), kThrottledPauseLast), error);
  }

  void retry(Attempt attempt, std::chrono::milliseconds pause, const std::string& error) {
    delays.run_after(pause, [self = shared_from_this(), attempt = std::move(attempt),
                             error](bool stopping) mutable {
      if (stopping) return self->give_up(attempt, error);
      self->run(std::move(attempt));
    });
  }

  void give_up(const Attempt& attempt, const std::string& error) {
    forget(attempt);
    const std::scoped_lock lock(mutex);
    failures.push_back({.time = clock.now(),
                        .function_name = attempt.event.function_name,
                        .request_id = attempt.event.request_id,
                        .attempts = std::max(attempt.failures, 1),
                        .error = error,
                        .payload = attempt.event.payload.substr(0, kFailurePayloadBytesMax)});
    if (failures.size() > kEventFailuresMax) failures.pop_front();
  }

  void forget(const Attempt& attempt) {
    const std::scoped_lock lock(mutex);
    --waiting;
    waiting_size_bytes -= attempt.event.payload.size();
  }

  trigger::Invoker& invoker;
  DelayedTasks& delays;
  const Clock& clock;
  const std::vector<std::chrono::milliseconds> retry_pauses;
  std::mutex mutex;  // guards what follows
  std::deque<EventFailure> failures;
  std::size_t waiting = 0;  // events that are running or will
  std::size_t waiting_size_bytes = 0;
};

EventInvocations::EventInvocations(trigger::Invoker& invoker, DelayedTasks& delays,
                                   const Clock& clock,
                                   std::vector<std::chrono::milliseconds> retry_pauses)
    : state_(std::make_shared<State>(invoker, delays, clock, std::move(retry_pauses))) {}

EventInvocations::~EventInvocations() = default;

Status EventInvocations::submit(Event event) {
  {
    const std::scoped_lock lock(state_->mutex);
    if (state_->waiting >= kWaitingEventsMax ||
        state_->waiting_size_bytes + event.payload.size() > kWaitingEventsSizeBytesMax) {
      return fail(ErrorCode::kThrottling, "Too many events are waiting for their functions");
    }
    ++state_->waiting;
    state_->waiting_size_bytes += event.payload.size();
  }
  state_->run({.event = std::move(event), .submitted_at = state_->clock.now()});
  return {};
}

std::vector<EventFailure> EventInvocations::failures(std::string_view function_name) const {
  const std::scoped_lock lock(state_->mutex);
  std::vector<EventFailure> found;
  for (const EventFailure& each : state_->failures) {
    if (each.function_name == function_name) found.push_back(each);
  }
  return found;
}

}  // namespace parley::api
