// What the engine is asked and what it answers: bound operations, free of JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "expr/expr.h"
#include "model/item.h"
#include "model/table.h"
#include "storage/commit_pipeline.h"

namespace parley::engine {

/// Capacity units an operation consumed, by DynamoDB's rules.
/// Source: …/developerguide/read-write-operations.html
struct Capacity {
  struct IndexUnits {
    std::string name;
    model::IndexKind kind = model::IndexKind::kGlobal;
    double units = 0;
  };
  bool write = false;  // write units, else read units
  double table = 0;
  std::vector<IndexUnits> indexes;  // only those that were touched
  [[nodiscard]] double total() const;
  /// Adds up units of the same table, index by index.
  void add(const Capacity& other);
};

using TableSnapshot = std::shared_ptr<const model::Table>;

/// The old item of a failed condition, when the request asked for it.
struct ConditionFailureDetail final : ErrorDetail {
  std::optional<model::Item> item;
};

// --- writes ------------------------------------------------------------------------------------

struct PutItem {
  std::string table;  // name or ARN, as in the request
  model::Item item;
  std::optional<expr::Condition> condition = {};
  bool return_item_on_condition_failure = false;
};

struct UpdateItem {
  std::string table;
  model::Item key;
  std::optional<expr::Update> update = {};  // none: creates a key-only item if it is missing
  std::optional<expr::Condition> condition = {};
  bool return_item_on_condition_failure = false;
};

struct DeleteItem {
  std::string table;
  model::Item key;
  std::optional<expr::Condition> condition = {};
  bool return_item_on_condition_failure = false;
};

struct ConditionCheck {  // in transactions only
  std::string table;
  model::Item key;
  std::optional<expr::Condition> condition = {};
  bool return_item_on_condition_failure = false;
};

/// What became of one item. `ticket` is to be awaited (CommitPipeline::when_committed) before the
/// client is told, also when nothing was written: what the outcome says may rest on an earlier
/// write that is not durable yet.
struct WriteOutcome {
  TableSnapshot table;
  std::optional<model::Item> old_item;
  std::optional<model::Item> new_item;  // of updates only; none if the update created nothing
  Capacity capacity;
  /// Bytes of the item's collection with its entries in local indexes, this write included; only
  /// for tables with a local index. SizeEstimateRangeGB is [floor, floor + 1] of it in GiB.
  std::optional<std::uint64_t> item_collection_size_bytes;
  storage::CommitTicket ticket = 0;
};

// --- reads -------------------------------------------------------------------------------------

struct GetItem {
  std::string table;
  model::Item key;
  bool consistent_read = false;
};

struct GetOutcome {
  TableSnapshot table;
  std::optional<model::Item> item;  // whole: projection is the caller's
  Capacity capacity;
};

enum class Select : std::uint8_t {
  kAllAttributes,
  kAllProjectedAttributes,
  kSpecificAttributes,
  kCount,
};

/// What Query and Scan have in common.
struct ReadPage {
  std::string table;
  std::optional<std::string> index = {};
  bool consistent_read = false;
  std::optional<Select> select = {};  // absent: the default for table or index
  std::optional<expr::Projection> projection = {};
  std::optional<expr::Condition> filter = {};
  std::optional<std::uint32_t> limit = {};  // items evaluated, at least 1
  std::optional<model::Item> exclusive_start_key = {};
};

struct Query {
  ReadPage page;
  expr::KeyCondition key_condition;
  bool forward = true;  // ScanIndexForward
};

struct Scan {
  ReadPage page;
  std::uint32_t segment = 0;
  std::uint32_t total_segments = 1;
};

/// Takes the items of a page as they are found, after the filter and before the projection (which
/// is the caller's). Views are valid only during the call.
class ItemSink {
 public:
  virtual ~ItemSink() = default;
  virtual void item(const model::ItemView& item) = 0;
};

struct PageOutcome {
  TableSnapshot table;
  std::uint64_t count = 0;          // passed the filter
  std::uint64_t scanned_count = 0;  // evaluated
  std::optional<model::Item> last_evaluated_key;
  Capacity capacity;
};

// --- transactions ------------------------------------------------------------------------------

using TransactWriteItem = std::variant<PutItem, UpdateItem, DeleteItem, ConditionCheck>;

struct TransactWrite {
  std::vector<TransactWriteItem> items;
  std::string client_request_token = {};  // empty: none
  /// A hash of the request as the token's scope compares it.
  std::uint64_t fingerprint = 0;
  /// What the expressions, with their names and values, add to the sizes of items and keys.
  std::size_t expression_size_bytes = 0;
};

struct TransactWriteOutcome {
  std::vector<WriteOutcome> items;  // in the request's order
  bool replayed = false;            // the token was known: nothing was written, reads are charged
  storage::CommitTicket ticket = 0;
};

/// Why a transaction was cancelled, one for each of its items in order.
struct CancellationReason {
  ErrorCode code = ErrorCode::kInternal;
  bool none = true;  // this item was fine: code "None", no message
  std::string message;
  std::optional<model::Item> item;
};
struct CancellationDetail final : ErrorDetail {
  std::vector<CancellationReason> reasons;
};

// --- tables ------------------------------------------------------------------------------------

/// Live figures beside the description.
struct TableFigures {
  std::uint64_t item_count = 0;
  std::uint64_t size_bytes = 0;
  struct Index {
    std::uint64_t item_count = 0;
    std::uint64_t size_bytes = 0;
  };
  std::vector<Index> local_indexes;  // in the table's order
  std::vector<Index> global_indexes;
};

struct TableDescription {
  TableSnapshot table;
  TableFigures figures;
};

struct GlobalIndexUpdate {
  enum class Kind : std::uint8_t { kCreate, kUpdate, kDelete };
  Kind kind = Kind::kCreate;
  model::SecondaryIndex index;  // kCreate: the definition; else its name (and new throughput)
};

struct TableUpdate {
  std::string table;
  std::vector<model::AttributeDefinition> attributes;
  std::optional<model::BillingMode> billing_mode;
  std::optional<model::Throughput> throughput;
  std::optional<model::OnDemandThroughput> on_demand;
  std::optional<model::WarmThroughput> warm;
  std::vector<GlobalIndexUpdate> index_updates;
  std::optional<bool> stream_enabled;
  std::optional<model::StreamViewType> stream_view_type;
  std::optional<bool> deletion_protected;
  std::optional<std::string> table_class;
  std::optional<bool> kms_enabled;
  std::optional<std::string> kms_key;
  std::vector<model::Tag> tags_to_set;          // replaces the values of keys that exist
  std::vector<std::string> tag_keys_to_remove;  // keys that do not exist are fine
};

}  // namespace parley::engine
