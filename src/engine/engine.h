// Database: DynamoDB's tables, items, indexes, queries and transactions over a KeyValueStore.
//
// The manual, in short. Every call resolves its table in the catalog (an immutable snapshot, no
// lock), checks what can only be checked against the table, and then
//   writes  take the latches of their items (striped, in order), read the newest submitted value,
//           check the condition, build item, index entries and stream record into one batch,
//           submit it to the commit pipeline and let the latches go. The outcome carries a ticket:
//           tell the client once it is committed.
//   reads   look at committed state only; a page reads from one snapshot.
// Nothing here parses JSON or knows how an error is spelled on the wire.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "engine/requests.h"
#include "model/table.h"
#include "storage/commit_pipeline.h"
#include "storage/key_value_store.h"
#include "stream/stream.h"

namespace parley::engine {

struct DatabaseOptions {
  storage::CommitOptions commit = {};
  model::Realm realm = {};
  stream::StreamOptions streams = {};
  /// How often a thread looks for expired items (and, every minute, for stream records to trim).
  /// None: there is no such thread, and it is up to the caller; for tests.
  std::optional<std::chrono::milliseconds> ttl_interval = {};
};

struct DatabaseState;  // engine/database_state.h

/// Thread-safe. Reads and writes may block on the disk for a page that is not cached, and on a
/// latch for as long as another write of the same item computes; never on a commit, except where
/// said.
class Database {
 public:
  /// Loads the catalog from `store`, finishes or undoes what a crash left half done (an index being
  /// backfilled, a table being deleted). `clock` and `random` are borrowed and must outlive the
  /// database. Errors: kIo, kCorruption, kIncompatibleVersion.
  [[nodiscard]] static Result<std::unique_ptr<Database>> open(
      std::unique_ptr<storage::KeyValueStore> store, const DatabaseOptions& options, Clock& clock,
      Random& random);
  ~Database();

  // Tables. Each waits until its change is committed.
  /// `definition`: everything but ids, times, stream labels, statuses and storage ids. The reply
  /// says CREATING, as DynamoDB's does; the table is ACTIVE when this returns. Errors:
  /// kResourceInUse.
  [[nodiscard]] Result<TableDescription> create_table(model::Table definition);
  [[nodiscard]] Result<TableDescription> describe_table(std::string_view table) const;
  /// Names in ascending order, after `exclusive_start` (which need not exist), at most `limit`.
  [[nodiscard]] std::vector<std::string> list_tables(std::string_view exclusive_start,
                                                     std::size_t limit) const;
  /// The description with what changes UPDATING, CREATING or DELETING, as DynamoDB's reply has it.
  /// A new index of a small table is ACTIVE when this returns; a large one's is filled in the
  /// background while writes go on, also after a restart. Key attributes of a new index take their
  /// types from `update.attributes`, else from the table's. Errors: kResourceNotFound,
  /// kResourceInUse, kLimitExceeded, kValidation.
  [[nodiscard]] Result<TableDescription> update_table(const TableUpdate& update);
  /// The description as it was, with TableStatus DELETING; the table is gone when this returns.
  /// Errors: kResourceNotFound, kValidation if it is protected.
  [[nodiscard]] Result<TableDescription> delete_table(std::string_view table);

  /// Switches a table's time to live on or off; items that it has already are taken up as a new
  /// index's are. Waits until that is committed. Errors: kResourceNotFound, kValidation.
  [[nodiscard]] Status update_time_to_live(std::string_view table, bool enabled,
                                           std::string_view attribute);
  /// Deletes what has expired and waits until that is committed; how many items. Errors: kIo,
  /// kCorruption, kStorageFull.
  [[nodiscard]] Result<std::size_t> delete_expired_items();

  /// The table by name or ARN. Errors: kResourceNotFound "Requested resource not found".
  [[nodiscard]] Result<TableSnapshot> find_table(std::string_view table) const;

  // Items. The first three: kTransactionConflict if a transaction of the item is not committed yet.
  [[nodiscard]] Result<WriteOutcome> put_item(const PutItem& request);
  [[nodiscard]] Result<WriteOutcome> update_item(const UpdateItem& request);
  [[nodiscard]] Result<WriteOutcome> delete_item(const DeleteItem& request);
  [[nodiscard]] Result<GetOutcome> get_item(const GetItem& request) const;
  [[nodiscard]] Result<PageOutcome> query(const Query& request, ItemSink& sink) const;
  [[nodiscard]] Result<PageOutcome> scan(const Scan& request, ItemSink& sink) const;

  /// Checks all of `requests` against their tables before it writes any (a batch is refused whole);
  /// then writes each on its own. Outcomes in order.
  [[nodiscard]] Result<std::vector<WriteOutcome>> batch_write(
      const std::vector<std::variant<PutItem, DeleteItem>>& requests);
  [[nodiscard]] Result<std::vector<GetOutcome>> batch_get(
      const std::vector<GetItem>& requests) const;

  // Transactions. Errors: kTransactionCanceled with a CancellationDetail,
  // kIdempotentParameterMismatch, and what makes a request malformed. An item of a transaction that
  // is not committed yet is a reason to cancel both (kTransactionConflict).
  [[nodiscard]] Result<TransactWriteOutcome> transact_write(const TransactWrite& request);
  /// All items as of one snapshot.
  [[nodiscard]] Result<std::vector<GetOutcome>> transact_get(
      const std::vector<GetItem>& requests) const;

  [[nodiscard]] storage::CommitPipeline& commits();
  /// What changed in the tables that keep a stream; of tables that are gone, too.
  [[nodiscard]] stream::Streams& streams();
  [[nodiscard]] const model::Realm& realm() const;
  [[nodiscard]] Clock& clock() const;
  [[nodiscard]] Random& random() const;

 private:
  friend Status verify_indexes(Database& database);  // engine/consistency_check.h
  explicit Database(std::unique_ptr<DatabaseState> state);
  std::unique_ptr<DatabaseState> state_;
};

}  // namespace parley::engine
