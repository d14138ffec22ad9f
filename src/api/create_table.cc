// CreateTable. Its rules, in the order AWS checks them: billing and throughput, attribute
// definitions, the table's key, then the indexes one by one, local before global; last the
// settings. Source: …/APIReference/API_CreateTable.html
#include <fmt/format.h>

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/input.h"
#include "api/json_object.h"
#include "api/key_schema_rules.h"
#include "api/operations.h"
#include "api/table_json.h"
#include "api/table_lookup.h"
#include "api/table_members.h"
#include "api/table_shapes.h"
#include "api/tags.h"
#include "model/limits.h"

namespace parley::api {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr Member kLocalIndexMembers[] = {
    {"IndexName", &kIndexNameShape, Presence::kRequired},
    {"KeySchema", &kKeySchemaShape, Presence::kRequired},
    {"Projection", &kProjectionShape, Presence::kRequired},
};
constexpr Shape kLocalIndex = structure("LocalSecondaryIndex", kLocalIndexMembers);
constexpr Shape kLocalIndexes = list_of(kLocalIndex);

constexpr Member kGlobalIndexMembers[] = {
    {"IndexName", &kIndexNameShape, Presence::kRequired},
    {"KeySchema", &kGlobalKeySchemaShape, Presence::kRequired},
    {"Projection", &kProjectionShape, Presence::kRequired},
    {"ProvisionedThroughput", &kProvisionedThroughputShape},
    {"OnDemandThroughput", &kOnDemandThroughputShape},
    {"WarmThroughput", &kWarmThroughputShape},
};
constexpr Shape kGlobalIndex = structure("GlobalSecondaryIndex", kGlobalIndexMembers);
constexpr Shape kGlobalIndexes = list_of(kGlobalIndex);

constexpr Member kMembers[] = {
    {"AttributeDefinitions", &kAttributeDefinitionsShape, Presence::kRequired},
    {"TableName", &kTableNameShape, Presence::kParameterName},
    {"BillingMode", &kBillingModeShape},
    {"ProvisionedThroughput", &kProvisionedThroughputShape},
    {"KeySchema", &kKeySchemaShape, Presence::kRequired},
    {"GlobalSecondaryIndexes", &kGlobalIndexes},
    {"LocalSecondaryIndexes", &kLocalIndexes},
    {"StreamSpecification", &kStreamSpecificationShape},
    {"SSESpecification", &kSseSpecificationShape},
    {"Tags", &kTagListShape},
    {"TableClass", &kStringShape},
    {"DeletionProtectionEnabled", &kBooleanShape},
    {"OnDemandThroughput", &kOnDemandThroughputShape},
    {"WarmThroughput", &kWarmThroughputShape},
};

/// What AWS has and Parley has not: refused, so that nobody believes it was done.
constexpr std::string_view kUnsupportedMembers[] = {"ResourcePolicy", "GlobalTableSourceArn",
                                                    "GlobalTableSettingsReplicationMode",
                                                    "VectorIndexes"};

/// Reads the whole input into a definition, one part of it after the other.
class DefinitionReader {
 public:
  DefinitionReader(const object& input, const model::Realm& realm) : input_(input), realm_(realm) {}
  [[nodiscard]] Result<model::Table> read();

 private:
  Status read_billing();
  Status read_keys();
  Status check_index_lists();
  Status read_local_indexes();
  Status read_global_indexes();
  Status read_settings();
  Status read_stream(const object& specification);
  [[nodiscard]] Result<model::SecondaryIndex> read_global_index(const object& input);
  /// Name and projection, common to both kinds; the key has been checked.
  [[nodiscard]] Result<model::SecondaryIndex> read_index(const object& input,
                                                         const KeyElements& key,
                                                         model::IndexKind kind);
  Status take_name(const std::string& name);

  const object& input_;
  const model::Realm& realm_;
  model::Table table_;
  KeyElements key_;
  std::set<std::string> index_names_;
};

std::unexpected<Error> refuse(std::string_view why) {
  return invalid(fmt::format("{}{}", kInvalidValues, why));
}

Status DefinitionReader::read_billing() {
  const auto mode = find_string(input_, "BillingMode");
  table_.billing_mode = read_billing_mode(mode.value_or("PROVISIONED"));
  const auto throughput = find_object(input_, "ProvisionedThroughput");
  if (table_.billing_mode == model::BillingMode::kPayPerRequest) {
    if (throughput) {
      return refuse(
          "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
          "PAY_PER_REQUEST");
    }
  } else if (!throughput) {
    return refuse(
        "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
        "PROVISIONED");
  } else {
    table_.throughput = PARLEY_TRY(read_throughput(*throughput, ""));
  }
  if (const auto on_demand = find_object(input_, "OnDemandThroughput")) {
    table_.on_demand =
        PARLEY_TRY(read_on_demand(*on_demand, std::nullopt, table_.billing_mode, false));
  }
  if (const auto warm = find_object(input_, "WarmThroughput")) {
    table_.warm = read_warm_throughput(*warm);
    PARLEY_TRY(
        check_initial_warm(*table_.warm, std::nullopt, table_.billing_mode, table_.throughput));
  }
  return {};
}

Status DefinitionReader::read_keys() {
  table_.attributes =
      PARLEY_TRY(read_attribute_definitions(array_member(input_, "AttributeDefinitions")));
  key_ = read_key_schema(array_member(input_, "KeySchema"));
  PARLEY_TRY(check_table_key(key_, table_.attributes));
  table_.key = resolve_key(key_, table_.attributes);
  return {};
}

/// What is wrong with the lists as such, and definitions that no key uses.
Status DefinitionReader::check_index_lists() {
  const auto locals = find_array(input_, "LocalSecondaryIndexes");
  const auto globals = find_array(input_, "GlobalSecondaryIndexes");
  if (!locals && !globals) {
    if (key_.size() == table_.attributes.size()) return {};
    return refuse(
        "Number of attributes in KeySchema does not exactly match number of attributes defined in "
        "AttributeDefinitions");
  }
  std::set<std::string_view> used;
  for (const KeyElement& key : key_) used.insert(key.name);
  for (const auto& indexes : {locals, globals}) {
    if (!indexes) continue;
    for (const element index : *indexes) {
      for (const KeyElement& key : read_key_schema(array_member(as_object(index), "KeySchema"))) {
        used.insert(key.name);
      }
    }
  }
  if (locals && locals->begin() == locals->end()) {
    return refuse("List of LocalSecondaryIndexes is empty");
  }
  if (locals && key_.size() != 2) {
    return refuse(
        "Table KeySchema does not have a range key, which is required when specifying a "
        "LocalSecondaryIndex");
  }
  if (globals && globals->begin() == globals->end()) {
    return refuse("List of GlobalSecondaryIndexes is empty");
  }
  return check_definitions_used(table_.attributes, used);
}

Status DefinitionReader::take_name(const std::string& name) {
  if (index_names_.insert(name).second) return {};
  return refuse(fmt::format("Duplicate index name: {}", name));
}

Result<model::SecondaryIndex> DefinitionReader::read_index(const object& input,
                                                           const KeyElements& key,
                                                           model::IndexKind kind) {
  model::SecondaryIndex index;
  index.name = std::string(string_member(input, "IndexName"));
  index.kind = kind;
  index.key = resolve_key(key, table_.attributes);
  index.projection = PARLEY_TRY(read_projection(object_member(input, "Projection")));
  return index;
}

Status DefinitionReader::read_local_indexes() {
  const auto indexes = find_array(input_, "LocalSecondaryIndexes");
  if (!indexes) return {};
  for (const element entry : *indexes) {
    const object input = as_object(entry);
    const std::string_view name = string_member(input, "IndexName");
    const KeyElements key = read_key_schema(array_member(input, "KeySchema"));
    PARLEY_TRY(check_simple_key(key, table_.attributes));
    if (key.size() != 2) {
      return refuse(fmt::format("Index KeySchema does not have a range key for index: {}", name));
    }
    if (key[0].name != key_[0].name) {
      return refuse(fmt::format(
          "Index KeySchema does not have the same leading hash key as table KeySchema for index: "
          "{}. index hash key: {}, table hash key: {}",
          name, key[0].name, key_[0].name));
    }
    model::SecondaryIndex index = PARLEY_TRY(read_index(input, key, model::IndexKind::kLocal));
    PARLEY_TRY(take_name(index.name));
    table_.local_indexes.push_back(std::move(index));
  }
  if (table_.local_indexes.size() > model::kLocalSecondaryIndexesMax) {
    return refuse(fmt::format("Number of LocalSecondaryIndexes exceeds per-table limit of {}",
                              model::kLocalSecondaryIndexesMax));
  }
  return {};
}

Result<model::SecondaryIndex> DefinitionReader::read_global_index(const object& input) {
  const KeyElements key = read_key_schema(array_member(input, "KeySchema"));
  PARLEY_TRY(check_global_key(key, table_.attributes));
  model::SecondaryIndex index = PARLEY_TRY(read_index(input, key, model::IndexKind::kGlobal));
  const auto throughput = find_object(input, "ProvisionedThroughput");
  if (table_.billing_mode == model::BillingMode::kPayPerRequest) {
    if (throughput) {
      return refuse(fmt::format(
          "ProvisionedThroughput should not be specified for index: {} when BillingMode is "
          "PAY_PER_REQUEST",
          index.name));
    }
  } else if (!throughput) {
    return refuse(fmt::format("ProvisionedThroughput is not specified for index: {}", index.name));
  } else {
    index.throughput =
        PARLEY_TRY(read_throughput(*throughput, fmt::format(" for index {}", index.name)));
  }
  if (const auto on_demand = find_object(input, "OnDemandThroughput")) {
    index.on_demand =
        PARLEY_TRY(read_on_demand(*on_demand, index.name, table_.billing_mode, false));
  }
  if (const auto warm = find_object(input, "WarmThroughput")) {
    index.warm = read_warm_throughput(*warm);
    PARLEY_TRY(check_initial_warm(*index.warm, index.name, table_.billing_mode, index.throughput));
  }
  return index;
}

Status DefinitionReader::read_global_indexes() {
  const auto indexes = find_array(input_, "GlobalSecondaryIndexes");
  if (!indexes) return {};
  for (const element entry : *indexes) {
    model::SecondaryIndex index = PARLEY_TRY(read_global_index(as_object(entry)));
    PARLEY_TRY(take_name(index.name));
    table_.global_indexes.push_back(std::move(index));
  }
  if (table_.global_indexes.size() > model::kGlobalSecondaryIndexesMax) {
    return refuse(fmt::format("GlobalSecondaryIndex count exceeds the per-table limit of {}",
                              model::kGlobalSecondaryIndexesMax));
  }
  return {};
}

Status DefinitionReader::read_stream(const object& specification) {
  const bool enabled = find_boolean(specification, "StreamEnabled").value_or(false);
  const auto view_type = find_string(specification, "StreamViewType");
  if (enabled && !view_type) {
    return refuse("Table is being created with a stream enabled, UpdateViewType is required");
  }
  if (!enabled && view_type) {
    return refuse(
        "Table is being created with a stream disabled, UpdateViewType should not be specified");
  }
  if (enabled) table_.stream = model::StreamSetting{read_stream_view_type(*view_type), ""};
  return {};
}

Status DefinitionReader::read_settings() {
  PARLEY_TRY(check_projected_attributes(table_));
  if (const auto stream = find_object(input_, "StreamSpecification")) {
    PARLEY_TRY(read_stream(*stream));
  }
  if (const auto sse = find_object(input_, "SSESpecification")) {
    const Encryption encryption = PARLEY_TRY(read_encryption(*sse));
    if (encryption.enabled) table_.kms_key = kms_key_arn(realm_, encryption.key);
  }
  if (const auto table_class = find_string(input_, "TableClass")) {
    table_.table_class = PARLEY_TRY(read_table_class(*table_class));
  }
  if (const auto tags = find_array(input_, "Tags")) table_.tags = PARLEY_TRY(read_tags(*tags));
  table_.deletion_protected = find_boolean(input_, "DeletionProtectionEnabled").value_or(false);
  return {};
}

Result<model::Table> DefinitionReader::read() {
  PARLEY_TRY(refuse_members(input_, kUnsupportedMembers));
  table_.name = std::string(table_name_of(string_member(input_, "TableName")));
  PARLEY_TRY(read_billing());
  PARLEY_TRY(read_keys());
  PARLEY_TRY(check_index_lists());
  PARLEY_TRY(read_local_indexes());
  PARLEY_TRY(read_global_indexes());
  PARLEY_TRY(read_settings());
  return std::move(table_);
}

}  // namespace

constinit const Shape kCreateTableInput = structure("CreateTableInput", kMembers);

Result<OperationReply> create_table(OperationContext& context, const simdjson::dom::object& input,
                                    std::string& out) {
  const model::Realm& realm = context.database.realm();
  model::Table definition = PARLEY_TRY(DefinitionReader(input, realm).read());
  const auto description = PARLEY_TRY(context.database.create_table(std::move(definition)));
  ObjectWriter reply(out);
  reply.member("TableDescription");
  append_table_description(out, description, realm);
  reply.finish();
  return OperationReply{};
}

}  // namespace parley::api
