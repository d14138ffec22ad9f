// EventInvocations: invocations whose caller does not wait (InvocationType Event). A function that
// fails is tried twice more, one that finds no room as long as its event is young, as AWS has it
// (lambda/latest/dg/invocation-async-error-handling.html). What is given up stays visible. Events
// live in memory: those that wait when the server ends are lost.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/lambda/delayed_tasks.h"
#include "base/clock.h"
#include "base/result.h"
#include "trigger/invoker.h"

namespace parley::api {

/// An event that was given up.
struct EventFailure {
  TimestampMicros time = 0;
  std::string function_name;
  std::string request_id;  // of the request that brought it
  int attempts = 0;
  std::string error;    // the function's last reply, or why it could not be run
  std::string payload;  // its first kFailurePayloadBytesMax bytes
};

inline constexpr std::size_t kEventFailuresMax = 100;
inline constexpr std::size_t kFailurePayloadBytesMax = 4096;
inline constexpr std::size_t kWaitingEventsMax = 1000;
inline constexpr std::size_t kWaitingEventsSizeBytesMax = 64u << 20;
inline constexpr std::chrono::hours kEventAgeMax{6};

struct Event {
  std::string function_name;
  std::string payload;
  std::string client_context = {};
  std::string request_id = {};
};

/// Thread-safe. Borrows what it is given.
class EventInvocations {
 public:
  EventInvocations(trigger::Invoker& invoker, DelayedTasks& delays, const Clock& clock,
                   std::vector<std::chrono::milliseconds> retry_pauses);
  ~EventInvocations();

  /// Starts the first attempt. Errors: kThrottling when too many events wait already.
  [[nodiscard]] Status submit(Event event);

  /// The last kEventFailuresMax of all functions; here those of one, oldest first.
  [[nodiscard]] std::vector<EventFailure> failures(std::string_view function_name) const;

 private:
  struct State;
  std::shared_ptr<State> state_;  // callbacks of invocations may outlive this
};

}  // namespace parley::api
