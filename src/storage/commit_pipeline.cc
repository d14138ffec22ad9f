// The committer. Everything submitted and not committed is in `queue`, oldest first, with its
// operations in `pending` and its counters' new values in `counters`; all three change together
// under `mutex`, which is never held across a read or a write of the store.
#include "storage/commit_pipeline.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <semaphore>
#include <thread>
#include <unordered_set>
#include <utility>

#include "base/assert.h"
#include "base/bytes.h"
#include "storage/pending_writes.h"

namespace parley::storage {
namespace {

constexpr std::size_t kSubmissionOverheadBytes = 256;  // so that empty batches are bounded too
constexpr std::size_t kIdleCountersMax = 65'536;
constexpr std::size_t kFailuresRememberedMax = 1024;

std::string encode_counter(std::int64_t value) {
  std::string bytes;
  append_u64_be(bytes, static_cast<std::uint64_t>(value));
  return bytes;
}

std::int64_t decode_counter(std::string_view bytes) {
  return bytes.size() == 8 ? static_cast<std::int64_t>(read_u64_be(bytes.data())) : 0;
}

struct CounterValue {
  std::string key;
  std::int64_t value = 0;  // with this submission's change
};

struct Submission {
  CommitTicket ticket = 0;
  WriteBatch batch;
  std::vector<CounterValue> counters;
  std::vector<CommitPipeline::Callback> callbacks;
  bool watched = false;
  std::optional<Error> doomed;  // it was computed from a value that was lost: never written

  [[nodiscard]] std::size_t size_bytes() const {
    return batch.size_bytes() + counters.size() * kSubmissionOverheadBytes +
           kSubmissionOverheadBytes;
  }
};

/// Tickets first..last ended with `error`.
struct Failure {
  CommitTicket first;
  CommitTicket last;
  Error error;
};

/// What this thread has read of submitted, uncommitted values since its last submission: if those
/// are lost before it submits, its submission must be lost too.
struct PendingRead {
  std::uint64_t pipeline = 0;
  std::uint64_t failures = 0;  // how many groups had failed at the first such read
};
thread_local PendingRead this_thread_read;

std::atomic<std::uint64_t> pipelines_made = 0;

Error dependent_error(const Error& cause) {
  return {cause.code, "A write that this one builds on failed: " + cause.message, nullptr};
}

/// All of the group's operations in order; a counter that several submissions change is written
/// once.
WriteBatch join(const std::vector<Submission*>& group) {
  WriteBatch joined;
  std::unordered_set<std::string_view> later;
  std::vector<std::vector<const CounterValue*>> counters(group.size());
  for (std::size_t i = group.size(); i-- > 0;) {
    if (group[i]->doomed) continue;
    const std::vector<CounterValue>& changed = group[i]->counters;
    for (auto counter = changed.rbegin(); counter != changed.rend(); ++counter) {
      if (later.insert(counter->key).second) counters[i].push_back(&*counter);
    }
  }
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (group[i]->doomed) continue;
    joined.append(group[i]->batch);
    for (const CounterValue* counter : counters[i]) {
      joined.put(counter->key, encode_counter(counter->value));
    }
  }
  return joined;
}

}  // namespace

struct CommitPipeline::State {
  State(KeyValueStore& borrowed, const CommitOptions& chosen) : store(borrowed), options(chosen) {}

  void run();
  void finish(std::size_t count, const Status& outcome);
  void fail_all(std::size_t group_size, const Error& error);
  void remember(CommitTicket first, CommitTicket last, const Error& error);
  [[nodiscard]] Status outcome_of(CommitTicket ticket) const;
  [[nodiscard]] Result<std::int64_t> load_counter(std::string_view key,
                                                  std::unique_lock<std::mutex>& lock);
  Status load_counters(const std::vector<CounterDelta>& changes,
                       std::unique_lock<std::mutex>& lock);
  void forget_counters(const WriteBatch& batch);
  void forget_idle_counters();

  struct Counter {
    std::int64_t value = 0;   // with every submitted change
    CommitTicket ticket = 0;  // of the last one
  };

  KeyValueStore& store;
  const CommitOptions options;
  const std::uint64_t id = ++pipelines_made;

  mutable std::mutex mutex;
  std::condition_variable work;
  std::condition_variable space;
  std::deque<Submission> queue;
  std::size_t queue_size_bytes = 0;
  CommitTicket last_submitted = 0;
  CommitTicket finished = 0;  // the last ticket whose outcome is known; queue.front() is the next
  PendingWrites pending;
  std::map<std::string, Counter, std::less<>> counters;
  std::uint64_t counters_forgotten = 0;
  std::deque<Failure> failures;
  std::uint64_t failure_count = 0;
  std::optional<Error> last_error;
  bool stopping = false;
  std::mutex watcher_mutex;  // held while the watcher runs
  std::function<void()> watcher;
  std::thread committer;
};

CommitPipeline::CommitPipeline(KeyValueStore& store, const CommitOptions& options)
    : state_(std::make_unique<State>(store, options)) {
  state_->committer = std::thread([state = state_.get()] { state->run(); });
}

CommitPipeline::~CommitPipeline() {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->stopping = true;
  }
  state_->work.notify_one();
  state_->committer.join();
}

CommitTicket CommitPipeline::submit(WriteBatch batch, std::vector<CounterDelta> counters,
                                    Watched watched) {
  State& state = *state_;
  std::unique_lock lock(state.mutex);
  state.space.wait(lock,
                   [&] { return state.queue_size_bytes < state.options.queue_size_bytes_max; });

  std::optional<Error> doomed;
  const PendingRead read = std::exchange(this_thread_read, {});
  const auto check_read = [&] {
    if (read.pipeline == state.id && read.failures != state.failure_count) {
      doomed = dependent_error(*state.last_error);
    }
  };
  check_read();
  if (!doomed) {
    if (const Status loaded = state.load_counters(counters, lock); !loaded) doomed = loaded.error();
  }
  if (!doomed) check_read();  // loading may have let the lock go

  Submission& submission = state.queue.emplace_back();
  submission.ticket = ++state.last_submitted;
  submission.doomed = std::move(doomed);
  if (!submission.doomed) {
    submission.batch = std::move(batch);
    submission.watched = watched == Watched::kYes;
    state.pending.add(submission.ticket, submission.batch);
    state.forget_counters(submission.batch);
    for (CounterDelta& change : counters) {
      // Known without a read by now; one that this very batch puts or erases starts from there.
      const Result<std::int64_t> base = state.load_counter(change.key, lock);
      State::Counter& counter = state.counters[change.key];
      counter.value = base.value_or(0) + change.delta;
      counter.ticket = submission.ticket;
      submission.counters.push_back({std::move(change.key), counter.value});
    }
  }
  state.queue_size_bytes += submission.size_bytes();
  const CommitTicket ticket = submission.ticket;
  lock.unlock();
  state.work.notify_one();
  return ticket;
}

void CommitPipeline::when_committed(CommitTicket ticket, Callback callback) {
  State& state = *state_;
  std::unique_lock lock(state.mutex);
  PARLEY_ASSERT(ticket <= state.last_submitted);
  if (ticket > state.finished) {
    state.queue[ticket - state.finished - 1].callbacks.push_back(std::move(callback));
    return;
  }
  const Status outcome = state.outcome_of(ticket);
  lock.unlock();
  callback(outcome);
}

Status CommitPipeline::wait(CommitTicket ticket) {
  std::binary_semaphore done(0);
  Status outcome;
  when_committed(ticket, [&](const Status& status) {
    outcome = status;
    done.release();
  });
  done.acquire();
  return outcome;
}

Result<bool> CommitPipeline::get_latest(std::string_view key, std::string& value) const {
  {
    const std::scoped_lock lock(state_->mutex);
    const auto [found, bytes] = state_->pending.find(key);
    if (found != PendingWrites::Found::kNothing) {
      if (this_thread_read.pipeline != state_->id) {
        this_thread_read = {state_->id, state_->failure_count};
      }
      if (found == PendingWrites::Found::kErased) return false;
      value.assign(bytes);
      return true;
    }
  }
  return state_->store.get(key, value);
}

std::int64_t CommitPipeline::counter(std::string_view key) const {
  std::unique_lock lock(state_->mutex);
  return state_->load_counter(key, lock).value_or(0);
}

void CommitPipeline::watch(std::function<void()> watcher) {
  const std::scoped_lock lock(state_->watcher_mutex);
  state_->watcher = std::move(watcher);
}

CommitTicket CommitPipeline::last_submitted() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->last_submitted;
}

CommitTicket CommitPipeline::last_finished() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->finished;
}

void CommitPipeline::State::run() {
  std::vector<Submission*> group;
  std::unique_lock lock(mutex);
  while (true) {
    work.wait(lock, [&] { return stopping || !queue.empty(); });
    if (queue.empty()) return;
    group.clear();
    std::size_t size_bytes = 0;
    for (Submission& submission : queue) {
      if (!group.empty() && size_bytes + submission.size_bytes() > options.group_size_bytes_max) {
        break;
      }
      size_bytes += submission.size_bytes();
      group.push_back(&submission);
    }
    lock.unlock();
    // Elements of the queue stay where they are while others are appended, and only we remove them.
    const bool alone = group.size() == 1 && !group[0]->doomed && group[0]->counters.empty();
    const Status outcome =
        alone ? store.write(group[0]->batch, options.sync) : store.write(join(group), options.sync);
    finish(group.size(), outcome);
    lock.lock();
  }
}

// Takes the group (the first `count` of the queue) out and tells whoever waits for it.
void CommitPipeline::State::finish(std::size_t count, const Status& outcome) {
  std::vector<std::pair<std::vector<Callback>, Status>> calls;
  std::vector<Submission> done;  // destroyed without the lock
  bool tell_watcher = false;
  {
    const std::scoped_lock lock(mutex);
    if (!outcome) {
      fail_all(count, outcome.error());
      count = queue.size();
    }
    done.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      Submission& submission = queue.front();
      if (outcome) {
        pending.remove(submission.ticket, submission.batch);
        if (submission.doomed) remember(submission.ticket, submission.ticket, *submission.doomed);
      }
      tell_watcher = tell_watcher || (outcome && submission.watched);
      finished = submission.ticket;
      queue_size_bytes -= submission.size_bytes();
      if (!submission.callbacks.empty()) {
        calls.emplace_back(std::move(submission.callbacks), outcome_of(submission.ticket));
      }
      done.push_back(std::move(submission));
      queue.pop_front();
    }
    forget_idle_counters();
  }
  space.notify_all();
  for (auto& [callbacks, status] : calls) {
    for (Callback& callback : callbacks) callback(status);
  }
  if (!tell_watcher) return;
  const std::scoped_lock lock(watcher_mutex);
  if (watcher) watcher();
}

// Nothing of the first `group_size` was applied. All that was submitted since may have been
// computed from it, so it goes too; after this the submitted state is the stored state.
void CommitPipeline::State::fail_all(std::size_t group_size, const Error& error) {
  for (std::size_t i = 0; i < queue.size(); ++i) {
    const Submission& submission = queue[i];
    if (submission.doomed) {
      remember(submission.ticket, submission.ticket, *submission.doomed);
    } else {
      remember(submission.ticket, submission.ticket,
               i < group_size ? error : dependent_error(error));
    }
  }
  pending.clear();
  counters.clear();
  ++counters_forgotten;
  ++failure_count;
  last_error = error;
}

void CommitPipeline::State::remember(CommitTicket first, CommitTicket last, const Error& error) {
  if (!failures.empty() && failures.back().last + 1 == first &&
      failures.back().error.code == error.code && failures.back().error.message == error.message) {
    failures.back().last = last;
    return;
  }
  failures.push_back({first, last, error});
  if (failures.size() > kFailuresRememberedMax) failures.pop_front();
}

Status CommitPipeline::State::outcome_of(CommitTicket ticket) const {
  const auto after = std::upper_bound(
      failures.begin(), failures.end(), ticket,
      [](CommitTicket wanted, const Failure& failure) { return wanted < failure.first; });
  if (after == failures.begin() || std::prev(after)->last < ticket) return {};
  return std::unexpected(std::prev(after)->error);
}

// The submitted value of a counter, afterwards in `counters`. Lets the lock go while it reads the
// store.
Result<std::int64_t> CommitPipeline::State::load_counter(std::string_view key,
                                                         std::unique_lock<std::mutex>& lock) {
  while (true) {
    if (const auto known = counters.find(key); known != counters.end()) return known->second.value;
    const auto [found, bytes] = pending.find(key);
    if (found == PendingWrites::Found::kErased) return 0;
    if (found == PendingWrites::Found::kValue) return decode_counter(bytes);
    const std::uint64_t forgotten = counters_forgotten;
    std::string value;
    lock.unlock();
    const Result<bool> stored = store.get(key, value);
    lock.lock();
    if (!stored) return std::unexpected(stored.error());
    // Nothing was dropped meanwhile, so a change in between would be in `counters` now.
    if (forgotten != counters_forgotten || counters.contains(key)) continue;
    if (pending.find(key).first != PendingWrites::Found::kNothing) continue;
    const std::int64_t number = *stored ? decode_counter(value) : 0;
    counters.emplace(key, Counter{number, 0});
    return number;
  }
}

// Afterwards load_counter knows all of `changes` without letting the lock go.
Status CommitPipeline::State::load_counters(const std::vector<CounterDelta>& changes,
                                            std::unique_lock<std::mutex>& lock) {
  std::uint64_t forgotten = 0;
  do {
    forgotten = counters_forgotten;
    for (const CounterDelta& change : changes) {
      if (const auto loaded = load_counter(change.key, lock); !loaded) {
        return std::unexpected(loaded.error());
      }
    }
  } while (forgotten != counters_forgotten);
  return {};
}

// Counters that a batch puts or erases are read from `pending` from now on.
void CommitPipeline::State::forget_counters(const WriteBatch& batch) {
  if (counters.empty()) return;
  const std::size_t before = counters.size();
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const WriteBatch::Operation operation = batch.at(i);
    if (operation.kind == WriteBatch::Kind::kEraseRange) {
      counters.erase(counters.lower_bound(operation.key), counters.lower_bound(operation.value));
    } else if (const auto known = counters.find(operation.key); known != counters.end()) {
      counters.erase(known);
    }
  }
  if (counters.size() != before) ++counters_forgotten;
}

void CommitPipeline::State::forget_idle_counters() {
  if (counters.size() <= kIdleCountersMax) return;
  std::erase_if(counters, [&](const auto& entry) { return entry.second.ticket <= finished; });
  ++counters_forgotten;
}

}  // namespace parley::storage
