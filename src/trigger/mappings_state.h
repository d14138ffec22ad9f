// The inside of Mappings: what its files share (mappings.cc: the API; mappings_scheduler.cc: the
// thread that drives everything; mappings_status.cc: looking and replaying).
//
// One mutex guards all of it. The scheduler's thread holds it for one round at a time, in which it
// reads what has come, decides and submits checkpoints; functions are invoked after the round,
// without it. Other threads only put messages into the inbox.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "trigger/dead_letters.h"
#include "trigger/inbox.h"
#include "trigger/letter_poster.h"
#include "trigger/mapping_store.h"
#include "trigger/mappings.h"
#include "trigger/shard_reader.h"
#include "trigger/stream_source.h"

namespace parley::trigger {

/// Of Reader::stored_windows: a write that touched them has failed, or was another's.
inline constexpr std::size_t kWindowsUnknown = SIZE_MAX;

/// One mapping's reader of one shard, with what connects it to the store and the stream.
struct Reader {
  Reader(ShardReader machine_, std::size_t shard_, std::string shard_id_)
      : machine(std::move(machine_)), shard(shard_), shard_id(std::move(shard_id_)) {}

  ShardReader machine;
  std::size_t shard;
  std::string shard_id;

  bool may_have_more = true;        // something may have been written since the last read
  std::optional<Pause> pause = {};  // after a read or a write of ours that failed

  // What takes effect when nothing is in flight any more.
  std::optional<LaneRules> next_rules = {};
  std::optional<stream::SequenceNumber> next_position = {};
  // Submitted and not known to be durable yet: an update takes effect only then, and nothing is
  // stored over a replay.
  int updates_begun = 0;
  int moves_begun = 0;

  bool is_storing = false;
  bool store_failed = false;         // nothing is started until a write succeeds
  std::uint64_t stored_version = 0;  // of the machine, submitted
  std::size_t stored_windows = 0;    // how many lanes' windows may be in the store
  storage::WriteBatch letters = {};  // dead letters to go with the next checkpoint
  storage::WriteBatch letters_storing =
      {};  // those that went with the last one, until it is stored

  [[nodiscard]] bool is_changing() const { return next_rules || next_position; }
  /// False while what is done would be stored over the place where a change begins.
  [[nodiscard]] bool may_store() const {
    return !next_position && moves_begun == 0 &&
           (!next_rules || have_same_lanes(next_rules->settings, machine.rules().settings));
  }
};

struct ActiveMapping {
  std::uint64_t number = 0;  // for messages
  Mapping mapping;
  bool is_ready = false;  // durable, and not being removed
  bool is_removing = false;
  bool has_stream = false;
  bool is_result_stored = true;
  std::vector<std::unique_ptr<Reader>> readers = {};  // by shard
};

struct Mappings::State {
  State(storage::KeyValueStore& store_, storage::CommitPipeline& commits_,
        std::unique_ptr<StreamSource> source_, Invoker& invoker_, const model::Realm& realm_,
        const MappingsOptions& options_, const Clock& clock_, Random& random_);
  ~State();

  [[nodiscard]] Status load();
  void start();
  void stop(std::chrono::milliseconds grace);

  // mappings.cc, with the mutex held.
  [[nodiscard]] ActiveMapping* find(std::string_view uuid);
  [[nodiscard]] LaneRules rules_for(const Mapping& mapping, const std::string& shard_id) const;
  void add_readers(ActiveMapping& active, const stream::Stream& stream,
                   const StoredMapping& stored);
  void change(ActiveMapping& active, Mapping to, storage::WriteBatch& batch);
  [[nodiscard]] Mapping shown(const ActiveMapping& active) const;

  // mappings_scheduler.cc.
  struct Start {
    ReaderAddress reader;
    std::size_t lane;
    Invocation invocation;
  };
  void run();
  void deliver(Messages messages);
  void round(std::vector<Start>& starts);
  void work(ActiveMapping& active, const stream::Stream& stream, Reader& reader,
            std::vector<Start>& starts);
  void read(ActiveMapping& active, const stream::Stream& stream, Reader& reader);
  void lose_trimmed(ActiveMapping& active, Reader& reader, stream::SequenceNumber horizon);
  void take_letters(ActiveMapping& active, Reader& reader);
  void apply_change(Reader& reader);
  void store_progress(ActiveMapping& active, Reader& reader);
  void set_result(ActiveMapping& active, std::string text);
  [[nodiscard]] TimestampMicros next_round() const;
  [[nodiscard]] bool is_quiet() const;
  [[nodiscard]] Reader* find_reader(const ReaderAddress& address, ActiveMapping** active);

  // The server's.
  storage::KeyValueStore& store;
  storage::CommitPipeline& commits;
  Invoker& invoker;
  const model::Realm realm;
  const MappingsOptions options;
  const Clock& clock;
  Random& random;

  std::unique_ptr<StreamSource> source;
  std::shared_ptr<Inbox> inbox = std::make_shared<Inbox>();
  DeadLetters letters;

  std::mutex update_mutex;  // of an update from its reading to its commit; taken before `mutex`
  std::mutex mutex;
  std::condition_variable round_ended;
  std::map<std::string, std::unique_ptr<ActiveMapping>, std::less<>> mappings;
  std::uint64_t last_number = 0;
  bool starts_nothing = false;  // stopping: what is in flight ends
  bool quits = false;

  std::optional<LetterPoster> poster;
  std::shared_ptr<void> subscription;
  std::thread thread;
};

}  // namespace parley::trigger
