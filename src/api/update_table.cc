// UpdateTable. What the request says alone is checked first, then the table is looked up, then what
// it allows. Source: …/APIReference/API_UpdateTable.html
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "api/input.h"
#include "api/json_object.h"
#include "api/key_schema_rules.h"
#include "api/operations.h"
#include "api/table_json.h"
#include "api/table_lookup.h"
#include "api/table_members.h"
#include "api/table_shapes.h"
#include "api/update_table_rules.h"

namespace parley::api {
namespace {

using engine::GlobalIndexUpdate;
using simdjson::dom::element;
using simdjson::dom::object;
using Kind = engine::GlobalIndexUpdate::Kind;

constexpr Member kUpdateIndexMembers[] = {
    {"IndexName", &kIndexNameShape, Presence::kRequired},
    {"ProvisionedThroughput", &kProvisionedThroughputShape},
    {"OnDemandThroughput", &kOnDemandThroughputShape},
    {"WarmThroughput", &kWarmThroughputShape},
};
constexpr Shape kUpdateIndex = structure("UpdateGlobalSecondaryIndexAction", kUpdateIndexMembers);

constexpr Member kCreateIndexMembers[] = {
    {"Projection", &kProjectionShape, Presence::kRequired},
    {"IndexName", &kIndexNameShape, Presence::kRequired},
    {"ProvisionedThroughput", &kProvisionedThroughputShape},
    {"KeySchema", &kGlobalKeySchemaShape, Presence::kRequired},
    {"OnDemandThroughput", &kOnDemandThroughputShape},
    {"WarmThroughput", &kWarmThroughputShape},
};
constexpr Shape kCreateIndex = structure("CreateGlobalSecondaryIndexAction", kCreateIndexMembers);

constexpr Member kDeleteIndexMembers[] = {{"IndexName", &kIndexNameShape, Presence::kRequired}};
constexpr Shape kDeleteIndex = structure("DeleteGlobalSecondaryIndexAction", kDeleteIndexMembers);

constexpr Member kIndexUpdateMembers[] = {
    {"Update", &kUpdateIndex},
    {"Create", &kCreateIndex},
    {"Delete", &kDeleteIndex},
};
constexpr Shape kIndexUpdate = structure("GlobalSecondaryIndexUpdate", kIndexUpdateMembers);
constexpr Shape kIndexUpdates = list_of(kIndexUpdate);

constexpr Member kMembers[] = {
    {"TableName", &kTableNameShape, Presence::kParameter},
    {"ProvisionedThroughput", &kProvisionedThroughputShape},
    {"BillingMode", &kBillingModeShape},
    {"GlobalSecondaryIndexUpdates", &kIndexUpdates},
    {"AttributeDefinitions", &kAttributeDefinitionsShape},
    {"StreamSpecification", &kStreamSpecificationShape},
    {"SSESpecification", &kSseSpecificationShape},
    {"TableClass", &kStringShape},
    {"DeletionProtectionEnabled", &kBooleanShape},
    {"OnDemandThroughput", &kOnDemandThroughputShape},
    {"WarmThroughput", &kWarmThroughputShape},
};

constexpr std::string_view kUnsupportedMembers[] = {
    "ReplicaUpdates", "MultiRegionConsistency", "GlobalTableWitnessUpdates",
    "GlobalTableSettingsReplicationMode", "VectorIndexUpdates"};

Status read_index_throughput(const object& input, model::BillingMode billing_mode, bool clearing,
                             model::SecondaryIndex& index) {
  if (const auto throughput = find_object(input, "ProvisionedThroughput")) {
    index.throughput =
        PARLEY_TRY(read_throughput(*throughput, fmt::format(" for index {}", index.name)));
  }
  if (const auto on_demand = find_object(input, "OnDemandThroughput")) {
    index.on_demand = PARLEY_TRY(read_on_demand(*on_demand, index.name, billing_mode, clearing));
  }
  if (const auto warm = find_object(input, "WarmThroughput")) {
    index.warm = read_warm_throughput(*warm);
  }
  return {};
}

/// A new index; the definitions of its key attributes are added to the update's.
Status read_new_index(const object& input, const AttributeDefinitions& definitions,
                      model::SecondaryIndex& index, engine::TableUpdate& update) {
  if (definitions.empty()) {
    return invalid(fmt::format("{}AttributeDefinitions is not specified for index: {}",
                               kInvalidValues, index.name));
  }
  const KeyElements key = read_key_schema(array_member(input, "KeySchema"));
  PARLEY_TRY(check_global_key(key, definitions));
  index.key = resolve_key(key, definitions);
  index.projection = PARLEY_TRY(read_projection(object_member(input, "Projection")));
  for (const model::AttributeDefinition& definition : definitions) {
    if (index.key.contains(definition.name)) update.attributes.push_back(definition);
  }
  return {};
}

Status read_index_update(const object& input, const AttributeDefinitions& definitions,
                         model::BillingMode billing_mode, engine::TableUpdate& update) {
  constexpr std::pair<std::string_view, Kind> kActions[] = {
      {"Update", Kind::kUpdate}, {"Create", Kind::kCreate}, {"Delete", Kind::kDelete}};
  for (const auto& [name, kind] : kActions) {
    const auto action = find_object(input, name);
    if (!action) continue;
    GlobalIndexUpdate change;
    change.kind = kind;
    change.index.name = std::string(string_member(*action, "IndexName"));
    if (kind == Kind::kCreate) {
      PARLEY_TRY(read_new_index(*action, definitions, change.index, update));
    }
    PARLEY_TRY(read_index_throughput(*action, billing_mode, kind == Kind::kUpdate, change.index));
    update.index_updates.push_back(std::move(change));
  }
  return {};
}

Status read_indexes(const object& input, model::BillingMode billing_mode,
                    engine::TableUpdate& update) {
  AttributeDefinitions definitions;
  if (const auto list = find_array(input, "AttributeDefinitions")) {
    definitions = PARLEY_TRY(read_attribute_definitions(*list));
  }
  const auto changes = find_array(input, "GlobalSecondaryIndexUpdates");
  if (!changes) return {};
  for (const element change : *changes) {
    PARLEY_TRY(read_index_update(as_object(change), definitions, billing_mode, update));
  }
  return {};
}

Status read_settings(const object& input, const model::Realm& realm, engine::TableUpdate& update) {
  if (const auto stream = find_object(input, "StreamSpecification")) {
    update.stream_enabled = find_boolean(*stream, "StreamEnabled");
    if (const auto view_type = find_string(*stream, "StreamViewType")) {
      update.stream_view_type = read_stream_view_type(*view_type);
    }
  }
  if (const auto sse = find_object(input, "SSESpecification")) {
    const Encryption encryption = PARLEY_TRY(read_encryption(*sse));
    update.kms_enabled = encryption.enabled;
    if (encryption.enabled) update.kms_key = kms_key_arn(realm, encryption.key);
  }
  if (const auto table_class = find_string(input, "TableClass")) {
    update.table_class = PARLEY_TRY(read_table_class(*table_class));
  }
  update.deletion_protected = find_boolean(input, "DeletionProtectionEnabled");
  return {};
}

/// What the request says without regard to the table.
Result<engine::TableUpdate> read_update(const object& input, const model::Realm& realm) {
  PARLEY_TRY(refuse_members(input, kUnsupportedMembers));
  PARLEY_TRY(check_changes(input));
  engine::TableUpdate update;
  update.table = std::string(string_member(input, "TableName"));
  if (const auto mode = find_string(input, "BillingMode")) {
    update.billing_mode = read_billing_mode(*mode);
  }
  if (const auto throughput = find_object(input, "ProvisionedThroughput")) {
    update.throughput = PARLEY_TRY(read_throughput(*throughput, ""));
  }
  if (const auto warm = find_object(input, "WarmThroughput"); warm && !is_empty(*warm)) {
    update.warm = read_warm_throughput(*warm);
  }
  PARLEY_TRY(read_settings(input, realm, update));
  return update;
}

/// A ceiling or a warm throughput of which the request names one figure keeps the other.
template <class Figures>
void keep(const std::optional<Figures>& current, std::optional<Figures>& wanted,
          std::optional<std::int64_t> Figures::* read,
          std::optional<std::int64_t> Figures::* write) {
  if (!current || !wanted) return;
  for (const auto figure : {read, write}) {
    if (!((*wanted).*figure)) (*wanted).*figure = (*current).*figure;
  }
}

void keep_unmentioned(const model::Table& table, engine::TableUpdate& update) {
  using OnDemand = model::OnDemandThroughput;
  using Warm = model::WarmThroughput;
  keep(table.on_demand, update.on_demand, &OnDemand::max_read_units, &OnDemand::max_write_units);
  keep(table.warm, update.warm, &Warm::read_units_per_second, &Warm::write_units_per_second);
  for (GlobalIndexUpdate& change : update.index_updates) {
    const model::SecondaryIndex* index = table.find_index(change.index.name);
    if (index == nullptr) continue;
    keep(index->on_demand, change.index.on_demand, &OnDemand::max_read_units,
         &OnDemand::max_write_units);
    keep(index->warm, change.index.warm, &Warm::read_units_per_second,
         &Warm::write_units_per_second);
  }
}

/// That the request does not name the table's own key by its ARN. By an id or an alias AWS takes
/// it, and encrypts anew.
Status check_other_key(const object& input, const model::Table& table) {
  const auto encryption = find_object(input, "SSESpecification");
  if (!encryption) return {};
  const auto key = find_string(*encryption, "KMSMasterKeyId");
  if (!key || !key->starts_with("arn:") || table.kms_key != *key) return {};
  return invalid(fmt::format(
      "{}Table is already encrypted with given KMSMasterKeyId. Use KMSMasterKeyId parameter if you "
      "want to change Master Key",
      kInvalidValues));
}

/// Whether AWS leaves the table ACTIVE while `update` is done.
bool leaves_active(const engine::TableUpdate& update) {
  const bool changes_index = std::ranges::any_of(
      update.index_updates, [](const auto& change) { return change.kind != Kind::kUpdate; });
  return !changes_index && !update.billing_mode && !update.throughput && !update.stream_enabled &&
         !update.table_class;
}

}  // namespace

constinit const Shape kUpdateTableInput = structure("UpdateTableInput", kMembers);

Result<OperationReply> update_table(OperationContext& context, const simdjson::dom::object& input,
                                    std::string& out) {
  engine::Database& database = context.database;
  engine::TableUpdate update = PARLEY_TRY(read_update(input, database.realm()));
  const auto table = PARLEY_TRY(find_named_table(database, update.table));
  const model::BillingMode billing_mode = update.billing_mode.value_or(table->billing_mode);
  if (const auto on_demand = find_object(input, "OnDemandThroughput");
      on_demand && !is_empty(*on_demand)) {
    update.on_demand = PARLEY_TRY(read_on_demand(*on_demand, std::nullopt, billing_mode, true));
  }
  PARLEY_TRY(read_indexes(input, billing_mode, update));
  PARLEY_TRY(check_against_table(update, *table));
  PARLEY_TRY(check_other_key(input, *table));
  keep_unmentioned(*table, update);
  auto description = database.update_table(update);
  if (!description) return std::unexpected(named_table_error(description.error(), update.table));
  if (leaves_active(update)) {
    model::Table shown = *description->table;
    shown.status = model::TableStatus::kActive;
    description->table = std::make_shared<const model::Table>(std::move(shown));
  }
  ObjectWriter reply(out);
  reply.member("TableDescription");
  std::optional<std::string> changing_kms_key;
  if (update.kms_enabled) {
    changing_kms_key = *update.kms_enabled ? description->table->kms_key : table->kms_key;
  }
  append_table_description(out, *description, database.realm(), changing_kms_key);
  reply.finish();
  return OperationReply{};
}

}  // namespace parley::api
