// EventInvocations: invocations whose caller does not wait (InvocationType Event). A function that
// fails is tried twice more, one that finds no room as long as its event is young, as AWS has it
// (lambda/latest/dg/invocation-async-error-handling.html). What is given up stays visible. Events
// are in the store until they end: those that wait when the server ends are run by the next one.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/lambda/delayed_tasks.h"
#include "base/clock.h"
#include "base/result.h"
#include "trigger/event_store.h"
#include "trigger/invoker.h"

namespace parley::api {

inline constexpr std::size_t kWaitingEventsMax = 1000;
inline constexpr std::size_t kWaitingEventsSizeBytesMax = 64u << 20;

/// How long and how often a function's events are tried; AWS's defaults.
struct EventPolicy {
  int retries_max = 2;
  std::chrono::seconds age_max = std::chrono::hours(6);
};

struct Event {
  std::string function_name;
  std::string payload;
  std::string client_context = {};
  std::string request_id = {};
};

struct EventInvocationsOptions {
  /// Before the first retry and before all others.
  std::vector<std::chrono::milliseconds> retry_pauses;
  /// Of a function; where empty, the defaults.
  std::function<EventPolicy(std::string_view function_name)> policy = {};
  /// Told of each event that is given up.
  std::function<void(const trigger::EventFailure&)> on_give_up = {};
};

/// Thread-safe. Borrows what it is given.
class EventInvocations {
 public:
  /// Goes on with the events that `store` has from an earlier run.
  EventInvocations(trigger::Invoker& invoker, DelayedTasks& delays, trigger::EventStore& store,
                   const Clock& clock, EventInvocationsOptions options);
  ~EventInvocations();

  /// Keeps the event and starts its first attempt. `done` is called once it is durable, or with
  /// kThrottling when too many events wait already, kStorageFull, kIo; on a thread that must not
  /// block, perhaps before this returns.
  void submit(Event event, std::move_only_function<void(Status)> done);

 private:
  struct State;
  std::shared_ptr<State> state_;  // callbacks of invocations may outlive this
};

}  // namespace parley::api
