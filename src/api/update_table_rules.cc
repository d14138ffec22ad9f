#include "api/update_table_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "api/input.h"
#include "api/table_members.h"
#include "model/limits.h"

namespace parley::api {
namespace {

using engine::GlobalIndexUpdate;
using simdjson::dom::element;
using simdjson::dom::object;
using Kind = engine::GlobalIndexUpdate::Kind;

std::unexpected<Error> refuse(std::string_view why) {
  return invalid(fmt::format("{}{}", kInvalidValues, why));
}

/// Whether `input` has a structure `name` with a member: AWS takes an empty one for none.
bool has_figures(const object& input, std::string_view name) {
  const auto figures = find_object(input, name);
  return figures && !is_empty(*figures);
}

/// Which members of the request change something.
struct Changes {
  explicit Changes(const object& input)
      : throughput(find_member(input, "ProvisionedThroughput").has_value()),
        billing_mode(find_string(input, "BillingMode")),
        stream(find_member(input, "StreamSpecification").has_value()),
        encryption(find_member(input, "SSESpecification").has_value()),
        table_class(find_member(input, "TableClass").has_value()),
        deletion_protection(find_member(input, "DeletionProtectionEnabled").has_value()),
        on_demand(has_figures(input, "OnDemandThroughput")),
        warm(has_figures(input, "WarmThroughput")) {
    const auto updates = find_array(input, "GlobalSecondaryIndexUpdates");
    if (!updates) return;
    empty_index_updates = updates->begin() == updates->end();
    indexes = !empty_index_updates;
    for (const element entry : *updates) {
      const object update = as_object(entry);
      if (find_member(update, "Create")) creates_index = true;
      if (find_member(update, "Delete")) deletes_index = true;
    }
  }

  [[nodiscard]] int count() const {
    return throughput + billing_mode.has_value() + stream + encryption + table_class +
           deletion_protection + on_demand + warm + indexes;
  }

  bool throughput;
  std::optional<std::string_view> billing_mode;
  bool stream;
  bool encryption;
  bool table_class;
  bool deletion_protection;
  bool on_demand;
  bool warm;
  bool indexes = false;
  bool empty_index_updates = false;
  bool creates_index = false;
  bool deletes_index = false;
};

/// Most settings change alone. Where several are wrong, AWS names them in this order.
Status check_alone(const Changes& changes) {
  const bool alone = changes.count() == 1;
  if (changes.encryption && !alone) {
    return refuse("Server-Side Encryption modification must be the only operation in the request");
  }
  if (changes.table_class && !alone) {
    return refuse("TableClass modification must be the only operation in the request");
  }
  if (changes.deletion_protection && !alone) {
    return refuse("DeletionProtection modification must be the only operation in the request");
  }
  if (changes.warm && !alone) {
    if (changes.creates_index) {
      return refuse(
          "Create global secondary index cannot be specified when updating WarmThroughput");
    }
    return refuse("WarmThroughput must be the only operation in the request");
  }
  if (changes.on_demand && changes.count() > (changes.billing_mode ? 2 : 1)) {
    return refuse(
        "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request");
  }
  const bool online_index = changes.creates_index || changes.deletes_index;
  if (changes.stream && (changes.throughput || changes.billing_mode == "PROVISIONED")) {
    return refuse("You cannot modify stream status while updating table IOPS");
  }
  if (online_index && changes.throughput) {
    return refuse("You cannot create or delete index while updating table IOPS");
  }
  if (online_index && changes.stream) {
    return refuse("You cannot create or delete index while changing stream status");
  }
  return {};
}

Status check_stream(const object& input) {
  const auto specification = find_object(input, "StreamSpecification");
  if (!specification) return {};
  const bool enabled = find_boolean(*specification, "StreamEnabled").value_or(false);
  const bool view_type = find_string(*specification, "StreamViewType").has_value();
  if (enabled && !view_type) {
    return refuse("If stream is being enabled then UpdateViewType is required");
  }
  if (!enabled && view_type) {
    return refuse("If stream is being disabled, then UpdateViewType must not be specified");
  }
  return {};
}

Status check_index_updates(const object& input) {
  const auto updates = find_array(input, "GlobalSecondaryIndexUpdates");
  if (!updates) return {};
  std::set<std::string_view> names;
  for (const element entry : *updates) {
    const object update = as_object(entry);
    int actions = 0;
    std::string_view name;
    for (const std::string_view action : {"Update", "Create", "Delete"}) {
      const auto members = find_object(update, action);
      if (!members) continue;
      ++actions;
      name = string_member(*members, "IndexName");
      if (action == "Update" && find_object(*members, "WarmThroughput") &&
          !has_figures(*members, "WarmThroughput")) {
        return refuse(fmt::format(
            "WarmThroughput must have at least one of ReadUnitsPerSecond or WriteUnitsPerSecond "
            "specified for index: {}",
            name));
      }
    }
    if (actions == 0) {
      return refuse(
          "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
          "GlobalSecondaryIndexUpdate.Delete must not be null");
    }
    if (actions > 1) {
      return refuse(
          "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate "
          "object");
    }
    if (!names.insert(name).second) {
      return refuse(fmt::format(
          "Only one global secondary index update per index is allowed simultaneously. Index: {}",
          name));
    }
  }
  return {};
}

bool has_units(const model::Throughput& throughput) {
  return throughput.read_units != 0 || throughput.write_units != 0;
}

/// That WarmThroughput does not go down. `current` as the description shows it.
Status check_not_cooler(const model::WarmThroughput& wanted, const model::WarmThroughput& current,
                        std::string_view subject) {
  const auto lower = [&](std::string_view name) {
    return refuse(
        fmt::format("Requested {} for WarmThroughput for {} is lower than current WarmThroughput, "
                    "decreasing WarmThroughput is not supported",
                    name, subject));
  };
  if (wanted.read_units_per_second &&
      *wanted.read_units_per_second < *current.read_units_per_second) {
    return lower("ReadUnitsPerSecond");
  }
  if (wanted.write_units_per_second &&
      *wanted.write_units_per_second < *current.write_units_per_second) {
    return lower("WriteUnitsPerSecond");
  }
  return {};
}

std::unexpected<Error> limit_exceeded(std::string_view what) {
  return fail(ErrorCode::kLimitExceeded, fmt::format("Subscriber limit exceeded: {}", what));
}

Status check_create(const model::SecondaryIndex& index, const model::Table& table,
                    model::BillingMode billing_mode) {
  if (table.find_index(index.name) != nullptr) {
    return invalid("Attempting to create an index which already exists");
  }
  if (table.global_indexes.size() >= model::kGlobalSecondaryIndexesMax) {
    return limit_exceeded(
        fmt::format("Number of global secondary indexes exceeds per-table limit of {}",
                    model::kGlobalSecondaryIndexesMax));
  }
  if (billing_mode == model::BillingMode::kProvisioned && !has_units(index.throughput)) {
    return refuse(
        fmt::format("Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: {}",
                    index.name));
  }
  if (billing_mode == model::BillingMode::kPayPerRequest && has_units(index.throughput)) {
    return refuse(fmt::format(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: {} when "
        "BillingMode is PAY_PER_REQUEST",
        index.name));
  }
  if (index.warm) {
    PARLEY_TRY(check_initial_warm(*index.warm, index.name, billing_mode, index.throughput));
  }
  model::Table after = table;
  after.global_indexes.push_back(index);
  return check_projected_attributes(after);
}

Status check_update(const model::SecondaryIndex& change, const model::SecondaryIndex& index,
                    model::BillingMode billing_mode) {
  const bool changes_ceiling =
      change.on_demand && (change.on_demand->max_read_units || change.on_demand->max_write_units);
  if (billing_mode == model::BillingMode::kPayPerRequest &&
      (has_units(change.throughput) || (!changes_ceiling && !change.warm))) {
    return refuse(fmt::format(
        "The only Updates for index: {} when TableThroughputMode is PAY_PER_REQUEST can "
        "be to OnDemandThroughput, WarmThroughput",
        change.name));
  }
  if (!change.warm) return {};
  return check_not_cooler(*change.warm,
                          effective_warm_throughput(billing_mode, index.throughput, index.warm),
                          fmt::format("index {}", change.name));
}

Status check_index_change(const GlobalIndexUpdate& change, const model::Table& table,
                          model::BillingMode billing_mode) {
  if (change.kind == Kind::kCreate) return check_create(change.index, table, billing_mode);
  const model::SecondaryIndex* index = table.find_index(change.index.name);
  if (index == nullptr) {
    return fail(ErrorCode::kResourceNotFound,
                fmt::format("Requested resource not found: Index {} for table {}",
                            change.index.name, table.name));
  }
  if (index->kind == model::IndexKind::kLocal) {
    return invalid(fmt::format("Cannot {} an index that is not a GlobalSecondaryIndex: {}",
                               change.kind == Kind::kDelete ? "delete" : "update", index->name));
  }
  return change.kind == Kind::kDelete ? Status{} : check_update(change.index, *index, billing_mode);
}

}  // namespace

Status check_changes(const object& input) {
  const Changes changes(input);
  if (changes.count() == 0) {
    return invalid(
        "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
        "GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, "
        "ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, "
        "OnDemandThroughput, WarmThroughput or TableClass is required");
  }
  if (changes.empty_index_updates) return refuse("List of GlobalSecondaryIndexUpdates is empty");
  if (changes.billing_mode == "PROVISIONED" && !changes.throughput) {
    return refuse("ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
  }
  if (changes.billing_mode == "PAY_PER_REQUEST" && changes.throughput) {
    return refuse(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
        "PAY_PER_REQUEST");
  }
  PARLEY_TRY(check_alone(changes));
  PARLEY_TRY(check_stream(input));
  return check_index_updates(input);
}

Status check_against_table(const engine::TableUpdate& update, const model::Table& table) {
  const model::BillingMode billing_mode = update.billing_mode.value_or(table.billing_mode);
  const auto online = std::ranges::count_if(
      update.index_updates, [](const auto& change) { return change.kind != Kind::kUpdate; });
  if (online > 1) {
    return limit_exceeded("Only 1 online index can be created or deleted simultaneously per table");
  }
  if (billing_mode == model::BillingMode::kPayPerRequest && update.throughput) {
    return refuse(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
        "PAY_PER_REQUEST");
  }
  for (const GlobalIndexUpdate& change : update.index_updates) {
    PARLEY_TRY(check_index_change(change, table, billing_mode));
  }
  if (update.warm) {
    PARLEY_TRY(check_not_cooler(
        *update.warm, effective_warm_throughput(billing_mode, table.throughput, table.warm),
        "table"));
  }
  if (update.kms_enabled == false && !table.kms_key) {
    return refuse("Table is already encrypted by default");
  }
  return {};
}

}  // namespace parley::api
