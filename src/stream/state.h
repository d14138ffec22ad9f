// What Streams is made of; for this folder's own files.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "stream/stream.h"

namespace parley::stream {

/// One shard as its writers and readers share it.
struct ShardState {
  /// Held from taking a number until its batch is submitted. Of several, the lower (storage id,
  /// shard) first.
  std::mutex numbering;
  /// The highest number given out, or trimmed; raised under `numbering`. No record beyond it can be
  /// committed, so whoever has read up to it need not look into the store.
  std::atomic<SequenceNumber> last = 0;
  /// Raised before the records up to it are erased.
  std::atomic<SequenceNumber> horizon = 0;
};

struct StreamState {
  explicit StreamState(Stream described);

  StreamSnapshot description;  // guarded by State::mutex
  const std::uint32_t storage_id;
  std::vector<ShardState> shards;
};

/// A listener and the lock that is held while it is called.
struct ListenerSlot {
  std::mutex mutex;
  Streams::Listener call;  // empty once its token is dropped
};

struct Streams::State {
  State(const storage::KeyValueStore& borrowed_store, storage::CommitPipeline& borrowed_commits,
        const Clock& borrowed_clock, const model::Realm& borrowed_realm,
        const StreamOptions& chosen)
      : store(borrowed_store),
        commits(borrowed_commits),
        clock(borrowed_clock),
        realm(borrowed_realm),
        options(chosen) {}

  const storage::KeyValueStore& store;
  storage::CommitPipeline& commits;
  const Clock& clock;
  const model::Realm& realm;
  const StreamOptions options;

  /// Guards the two maps and the descriptions in them; no lock is taken under it.
  mutable std::shared_mutex mutex;
  /// By what an ARN says after region and account, which may change from run to run.
  std::map<std::string, std::shared_ptr<StreamState>, std::less<>> by_resource;
  std::unordered_map<std::uint32_t, std::shared_ptr<StreamState>> by_storage_id;

  /// Between open() or close() and settle(); the engine's table lock guards it.
  std::shared_ptr<StreamState> opened;
  std::optional<Stream> closed;

  std::mutex trim_mutex;  // one trim at a time
  std::mutex listeners_mutex;
  std::vector<std::weak_ptr<ListenerSlot>> listeners;
  std::atomic<bool> has_listeners = false;

  void add(Stream described);
  void remove(const StreamState& stream);
  void restore(const std::shared_ptr<StreamState>& stream);
  /// Nothing if the stream is gone.
  [[nodiscard]] std::shared_ptr<StreamState> find(std::uint32_t storage_id) const;
  [[nodiscard]] Status load_shard(StreamState& stream, std::uint32_t shard) const;
  [[nodiscard]] Result<SequenceNumber> newest_below(const StreamState& stream, std::uint32_t shard,
                                                    SequenceNumber first,
                                                    std::optional<SequenceNumber> end) const;
  void tell_listeners();
};

[[nodiscard]] std::unexpected<Error> stream_not_found(std::string_view arn);

}  // namespace parley::stream
