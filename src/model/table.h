// What a table is: key schemas, indexes, settings. Plain values; the engine's catalog owns the
// current ones and hands out immutable snapshots. Every member has a default, so that designated
// initialisers may leave it out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "model/attribute_type.h"

namespace parley::model {

struct AttributeDefinition {
  std::string name = {};
  AttributeType type = AttributeType::kString;  // S, N or B
};

/// A key attribute with its type, resolved from the table's attribute definitions.
struct KeyAttribute {
  std::string name = {};
  AttributeType type = AttributeType::kString;
};

/// HASH and RANGE attributes in order. A table or LSI has one HASH and at most one RANGE; a GSI one
/// to four HASH and none to four RANGE (multi-attribute keys, November 2025).
struct KeySchema {
  std::vector<KeyAttribute> hash = {};
  std::vector<KeyAttribute> range = {};
  [[nodiscard]] bool contains(std::string_view name) const;
};

enum class ProjectionType : std::uint8_t { kAll, kKeysOnly, kInclude };

struct IndexProjection {
  ProjectionType type = ProjectionType::kAll;
  std::vector<std::string> non_key_attributes = {};  // INCLUDE only, as given
};

enum class BillingMode : std::uint8_t { kProvisioned, kPayPerRequest };

struct Throughput {
  std::int64_t read_units = 0;
  std::int64_t write_units = 0;
  std::optional<TimestampMicros> last_increase = {};
  std::optional<TimestampMicros> last_decrease = {};
  std::int64_t decreases_today = 0;
};

/// Ceilings of an on-demand table; -1 is none.
struct OnDemandThroughput {
  std::optional<std::int64_t> max_read_units = {};
  std::optional<std::int64_t> max_write_units = {};
};

struct WarmThroughput {
  std::optional<std::int64_t> read_units_per_second = {};
  std::optional<std::int64_t> write_units_per_second = {};
};

enum class IndexStatus : std::uint8_t { kCreating, kActive, kDeleting };
enum class IndexKind : std::uint8_t { kGlobal, kLocal };

struct SecondaryIndex {
  std::string name = {};
  IndexKind kind = IndexKind::kGlobal;
  KeySchema key = {};
  IndexProjection projection = {};
  IndexStatus status = IndexStatus::kActive;
  bool backfilling = false;
  Throughput throughput = {};                        // GSI
  std::optional<OnDemandThroughput> on_demand = {};  // GSI
  std::optional<WarmThroughput> warm = {};           // GSI
  std::uint32_t storage_id = 0;                      // of its key range; never reused
};

enum class StreamViewType : std::uint8_t { kKeysOnly, kNewImage, kOldImage, kNewAndOldImages };

struct StreamSetting {
  StreamViewType view_type = StreamViewType::kNewAndOldImages;
  std::string label = {};         // the time it was switched on, part of its ARN
  std::uint32_t shard_count = 1;  // never changes
  std::uint32_t storage_id = 0;   // of its records' key range; never reused
};

/// Which attribute says from when an item may be deleted, in seconds since 1970.
struct TimeToLive {
  std::string attribute = {};
  bool backfilling = false;      // items from before it was switched on are still being entered
  std::uint32_t storage_id = 0;  // of the entries in order of expiry; never reused
};

enum class TableStatus : std::uint8_t { kCreating, kUpdating, kDeleting, kActive };

struct Tag {
  std::string key = {};
  std::string value = {};
};

struct Table {
  std::string name = {};
  std::string id = {};  // a UUID
  TimestampMicros created_at = 0;
  TableStatus status = TableStatus::kActive;
  std::vector<AttributeDefinition> attributes = {};  // as given
  KeySchema key = {};
  std::vector<SecondaryIndex> local_indexes = {};
  std::vector<SecondaryIndex> global_indexes = {};
  BillingMode billing_mode = BillingMode::kProvisioned;
  std::optional<TimestampMicros> billing_mode_changed_at = {};  // last switch to PAY_PER_REQUEST
  Throughput throughput = {};
  std::optional<OnDemandThroughput> on_demand = {};
  std::optional<WarmThroughput> warm = {};
  std::optional<StreamSetting> stream = {};
  std::optional<std::string> latest_stream_label = {};  // also after the stream was switched off
  std::optional<TimeToLive> time_to_live = {};
  bool deletion_protected = false;
  std::optional<std::string> table_class = {};  // STANDARD or STANDARD_INFREQUENT_ACCESS, once set
  std::optional<std::string> kms_key = {};      // SSE of type KMS is on
  std::vector<Tag> tags = {};
  std::uint32_t storage_id = 0;  // of its key range; never reused

  /// The index called `name` (local or global), or nullptr.
  [[nodiscard]] const SecondaryIndex* find_index(std::string_view index_name) const;
};

/// Region and account as ARNs show them.
struct Realm {
  std::string region = "us-east-1";
  std::string account = "000000000001";  // twelve digits, not all zeros
};

[[nodiscard]] std::string table_arn(const Realm& realm, std::string_view table_name);
[[nodiscard]] std::string index_arn(const Realm& realm, std::string_view table_name,
                                    std::string_view index_name);
[[nodiscard]] std::string stream_arn(const Realm& realm, std::string_view table_name,
                                     std::string_view label);

}  // namespace parley::model
