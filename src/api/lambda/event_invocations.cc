#include "api/lambda/event_invocations.h"

#include <algorithm>
#include <mutex>
#include <utility>

namespace parley::api {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// Between attempts to find room for an event: doubling from the first to the last.
constexpr milliseconds kThrottledPauseFirst{1'000};
constexpr milliseconds kThrottledPauseLast{300'000};

/// Whether it may go better later, without the function having seen the event.
bool passes(ErrorCode code) {
  return code == ErrorCode::kThrottling || code == ErrorCode::kUnavailable ||
         code == ErrorCode::kIo;
}

}  // namespace

struct EventInvocations::State : std::enable_shared_from_this<State> {
  State(trigger::Invoker& function_invoker, DelayedTasks& delayed_tasks,
        trigger::EventStore& event_store, const Clock& wall_clock, EventInvocationsOptions given)
      : invoker(function_invoker),
        delays(delayed_tasks),
        store(event_store),
        clock(wall_clock),
        options(std::move(given)) {}

  struct Attempt {
    trigger::StoredEvent event;
    int throttles = 0;  // in a row
  };

  [[nodiscard]] EventPolicy policy_of(const Attempt& attempt) const {
    return options.policy ? options.policy(attempt.event.function_name) : EventPolicy{};
  }

  [[nodiscard]] bool is_too_old(const Attempt& attempt) const {
    return microseconds(clock.now() - attempt.event.submitted_at) >= policy_of(attempt).age_max;
  }

  /// Events of an earlier run, at the times they wait for.
  void resume() {
    for (trigger::StoredEvent& event : store.take_waiting()) {
      reserve(event.payload.size());
      const microseconds left(std::max<TimestampMicros>(event.next_attempt_at - clock.now(), 0));
      run_after(std::chrono::ceil<milliseconds>(left), {.event = std::move(event)});
    }
  }

  void run(Attempt attempt) {
    if (is_too_old(attempt)) return give_up(attempt, "The event is older than it may be");
    trigger::Invocation invocation{.function_name = attempt.event.function_name,
                                   .payload = attempt.event.payload,
                                   .client_context = attempt.event.client_context};
    invoker.invoke(std::move(invocation), [self = shared_from_this(), attempt = std::move(attempt)](
                                              Result<trigger::InvocationOutcome> outcome) mutable {
      self->conclude(std::move(attempt), std::move(outcome));
    });
  }

  void conclude(Attempt attempt, Result<trigger::InvocationOutcome> outcome) {
    if (outcome && !outcome->function_error) {
      release(attempt.event.payload.size());
      return store.erase(attempt.event);
    }
    const std::string error = outcome ? std::move(outcome->payload) : outcome.error().message;
    const bool was_run = outcome.has_value();
    if (was_run || !passes(outcome.error().code)) {
      attempt.throttles = 0;
      const int failures = ++attempt.event.failures;
      if (!was_run || failures > policy_of(attempt).retries_max) return give_up(attempt, error);
      return retry(std::move(attempt), pause_after(failures), error);
    }
    const int doublings = std::min(attempt.throttles++, 16);
    retry(std::move(attempt),
          std::min(kThrottledPauseFirst * (1 << doublings), kThrottledPauseLast), error);
  }

  [[nodiscard]] milliseconds pause_after(int failures) const {
    const auto& pauses = options.retry_pauses;
    if (pauses.empty()) return milliseconds(0);
    return pauses[std::min(static_cast<std::size_t>(failures), pauses.size()) - 1];
  }

  void retry(Attempt attempt, milliseconds pause, const std::string& error) {
    if (is_too_old(attempt)) return give_up(attempt, error);
    attempt.event.next_attempt_at = clock.now() + microseconds(pause).count();
    store.update(attempt.event);
    run_after(pause, std::move(attempt));
  }

  void run_after(milliseconds pause, Attempt attempt) {
    delays.run_after(
        pause, [self = shared_from_this(), attempt = std::move(attempt)](bool stopping) mutable {
          // The store has it, for the next run of the server.
          if (!stopping) self->run(std::move(attempt));
        });
  }

  void give_up(const Attempt& attempt, const std::string& error) {
    release(attempt.event.payload.size());
    const trigger::EventFailure failure{
        .time = clock.now(),
        .function_name = attempt.event.function_name,
        .request_id = attempt.event.request_id,
        .attempts = attempt.event.failures,
        .error = error,
        .payload = attempt.event.payload.substr(0, trigger::kFailurePayloadBytesMax)};
    store.give_up(attempt.event, failure);
    if (options.on_give_up) options.on_give_up(failure);
  }

  /// Counts an event of an earlier run, which was admitted then.
  void reserve(std::size_t size_bytes) {
    const std::scoped_lock lock(mutex);
    ++waiting;
    waiting_size_bytes += size_bytes;
  }

  [[nodiscard]] bool admit(std::size_t size_bytes) {
    const std::scoped_lock lock(mutex);
    if (waiting >= kWaitingEventsMax ||
        waiting_size_bytes + size_bytes > kWaitingEventsSizeBytesMax) {
      return false;
    }
    ++waiting;
    waiting_size_bytes += size_bytes;
    return true;
  }

  void release(std::size_t size_bytes) {
    const std::scoped_lock lock(mutex);
    --waiting;
    waiting_size_bytes -= size_bytes;
  }

  trigger::Invoker& invoker;
  DelayedTasks& delays;
  trigger::EventStore& store;
  const Clock& clock;
  const EventInvocationsOptions options;
  std::mutex mutex;                    // guards what follows
  std::size_t waiting = 0;             // events that are running or will
  std::size_t waiting_size_bytes = 0;  // of their payloads
};

EventInvocations::EventInvocations(trigger::Invoker& invoker, DelayedTasks& delays,
                                   trigger::EventStore& store, const Clock& clock,
                                   EventInvocationsOptions options)
    : state_(std::make_shared<State>(invoker, delays, store, clock, std::move(options))) {
  state_->resume();
}

EventInvocations::~EventInvocations() = default;

void EventInvocations::submit(Event event, std::move_only_function<void(Status)> done) {
  const std::size_t size_bytes = event.payload.size();
  if (!state_->admit(size_bytes)) {
    return done(fail(ErrorCode::kThrottling, "Too many events are waiting for their functions"));
  }
  const TimestampMicros now = state_->clock.now();
  trigger::StoredEvent stored{.function_name = std::move(event.function_name),
                              .payload = std::move(event.payload),
                              .client_context = std::move(event.client_context),
                              .request_id = std::move(event.request_id),
                              .submitted_at = now,
                              .next_attempt_at = now};
  state_->store.add(std::move(stored), [state = state_, size_bytes, done = std::move(done)](
                                           Result<trigger::StoredEvent> kept) mutable {
    if (!kept) {
      state->release(size_bytes);
      return done(std::unexpected(std::move(kept).error()));
    }
    done({});
    // Not on this thread, the committer's: an attempt that ends at once submits a commit itself.
    state->run_after(milliseconds(0), {.event = *std::move(kept)});
  });
}

}  // namespace parley::api
