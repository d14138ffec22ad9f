#include "api/table_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "api/json_object.h"
#include "api/table_members.h"
#include "codec/item_json.h"
#include "stream/record_json.h"

namespace parley::api {
namespace {

void append_text(ObjectWriter& object, std::string& out, std::string_view name,
                 std::string_view text) {
  object.member(name);
  codec::append_json_string(out, text);
}

void append_number(ObjectWriter& object, std::string& out, std::string_view name,
                   std::int64_t number) {
  object.member(name);
  out += std::to_string(number);
}

void append_flag(ObjectWriter& object, std::string& out, std::string_view name, bool flag) {
  object.member(name);
  out += flag ? "true" : "false";
}

std::string_view name_of(model::TableStatus status) {
  switch (status) {
    case model::TableStatus::kCreating:
      return "CREATING";
    case model::TableStatus::kUpdating:
      return "UPDATING";
    case model::TableStatus::kDeleting:
      return "DELETING";
    case model::TableStatus::kActive:
      break;
  }
  return "ACTIVE";
}

std::string_view name_of(model::IndexStatus status) {
  switch (status) {
    case model::IndexStatus::kCreating:
      return "CREATING";
    case model::IndexStatus::kDeleting:
      return "DELETING";
    case model::IndexStatus::kActive:
      break;
  }
  return "ACTIVE";
}

std::string_view name_of(model::BillingMode mode) {
  return mode == model::BillingMode::kPayPerRequest ? "PAY_PER_REQUEST" : "PROVISIONED";
}

std::string_view name_of(model::ProjectionType type) {
  switch (type) {
    case model::ProjectionType::kKeysOnly:
      return "KEYS_ONLY";
    case model::ProjectionType::kInclude:
      return "INCLUDE";
    case model::ProjectionType::kAll:
      break;
  }
  return "ALL";
}

/// Commas between the elements of an array.
void append_comma(std::string& out) {
  if (out.back() != '[') out += ',';
}

void append_attribute_definitions(std::string& out,
                                  std::vector<model::AttributeDefinition> definitions) {
  std::ranges::sort(definitions, {}, &model::AttributeDefinition::name);
  out += '[';
  for (const model::AttributeDefinition& definition : definitions) {
    append_comma(out);
    ObjectWriter object(out);
    append_text(object, out, "AttributeName", definition.name);
    append_text(object, out, "AttributeType", model::wire_name(definition.type));
    object.finish();
  }
  out += ']';
}

void append_key_elements(std::string& out, const std::vector<model::KeyAttribute>& attributes,
                         std::string_view key_type) {
  for (const model::KeyAttribute& attribute : attributes) {
    append_comma(out);
    ObjectWriter object(out);
    append_text(object, out, "AttributeName", attribute.name);
    append_text(object, out, "KeyType", key_type);
    object.finish();
  }
}

void append_projection(std::string& out, const model::IndexProjection& projection) {
  ObjectWriter object(out);
  append_text(object, out, "ProjectionType", name_of(projection.type));
  if (projection.type == model::ProjectionType::kInclude) {
    std::vector<std::string> names = projection.non_key_attributes;
    std::ranges::sort(names);
    object.member("NonKeyAttributes");
    out += '[';
    for (const std::string& name : names) {
      append_comma(out);
      codec::append_json_string(out, name);
    }
    out += ']';
  }
  object.finish();
}

void append_throughput(std::string& out, const model::Throughput& throughput) {
  ObjectWriter object(out);
  if (throughput.last_increase) {
    append_time(object, out, "LastIncreaseDateTime", *throughput.last_increase);
  }
  if (throughput.last_decrease) {
    append_time(object, out, "LastDecreaseDateTime", *throughput.last_decrease);
  }
  append_number(object, out, "NumberOfDecreasesToday", throughput.decreases_today);
  append_number(object, out, "ReadCapacityUnits", throughput.read_units);
  append_number(object, out, "WriteCapacityUnits", throughput.write_units);
  object.finish();
}

/// OnDemandThroughput where it was set, WarmThroughput always.
void append_ceilings(ObjectWriter& object, std::string& out, model::BillingMode billing_mode,
                     const model::Throughput& throughput,
                     const std::optional<model::OnDemandThroughput>& on_demand,
                     const std::optional<model::WarmThroughput>& warm) {
  if (on_demand) {
    object.member("OnDemandThroughput");
    ObjectWriter ceilings(out);
    append_number(ceilings, out, "MaxReadRequestUnits", on_demand->max_read_units.value_or(-1));
    append_number(ceilings, out, "MaxWriteRequestUnits", on_demand->max_write_units.value_or(-1));
    ceilings.finish();
  }
  const model::WarmThroughput figures = effective_warm_throughput(billing_mode, throughput, warm);
  object.member("WarmThroughput");
  ObjectWriter ready(out);
  append_number(ready, out, "ReadUnitsPerSecond", *figures.read_units_per_second);
  append_number(ready, out, "WriteUnitsPerSecond", *figures.write_units_per_second);
  append_text(ready, out, "Status", "ACTIVE");
  ready.finish();
}

void append_index(std::string& out, const model::Table& table, const model::SecondaryIndex& index,
                  const engine::TableFigures::Index& figures, const model::Realm& realm) {
  append_comma(out);
  ObjectWriter object(out);
  append_text(object, out, "IndexName", index.name);
  object.member("KeySchema");
  append_key_schema(out, index.key);
  object.member("Projection");
  append_projection(out, index.projection);
  if (index.kind == model::IndexKind::kGlobal) {
    append_text(object, out, "IndexStatus", name_of(index.status));
    // Of an index that comes with its table nothing has to be filled.
    if (index.status == model::IndexStatus::kCreating &&
        table.status != model::TableStatus::kCreating) {
      append_flag(object, out, "Backfilling", index.backfilling);
    }
    object.member("ProvisionedThroughput");
    append_throughput(out, index.throughput);
    append_ceilings(object, out, table.billing_mode, index.throughput, index.on_demand, index.warm);
  }
  append_number(object, out, "IndexSizeBytes", static_cast<std::int64_t>(figures.size_bytes));
  append_number(object, out, "ItemCount", static_cast<std::int64_t>(figures.item_count));
  append_text(object, out, "IndexArn", model::index_arn(realm, table.name, index.name));
  object.finish();
}

void append_indexes(ObjectWriter& object, std::string& out, std::string_view name,
                    const model::Table& table, const std::vector<model::SecondaryIndex>& indexes,
                    const std::vector<engine::TableFigures::Index>& figures,
                    const model::Realm& realm) {
  if (indexes.empty()) return;
  object.member(name);
  out += '[';
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    append_index(out, table, indexes[i],
                 i < figures.size() ? figures[i] : engine::TableFigures::Index{}, realm);
  }
  out += ']';
}

void append_encryption(ObjectWriter& object, std::string& out, std::string_view status,
                       std::string_view kms_key) {
  object.member("SSEDescription");
  ObjectWriter encryption(out);
  append_text(encryption, out, "Status", status);
  append_text(encryption, out, "SSEType", "KMS");
  append_text(encryption, out, "KMSMasterKeyArn", kms_key);
  encryption.finish();
}

void append_settings(ObjectWriter& object, std::string& out, const model::Table& table,
                     const model::Realm& realm,
                     const std::optional<std::string>& changing_kms_key) {
  if (table.billing_mode == model::BillingMode::kPayPerRequest || table.billing_mode_changed_at) {
    object.member("BillingModeSummary");
    ObjectWriter summary(out);
    append_text(summary, out, "BillingMode", name_of(table.billing_mode));
    if (table.billing_mode_changed_at) {
      append_time(summary, out, "LastUpdateToPayPerRequestDateTime",
                  *table.billing_mode_changed_at);
    }
    summary.finish();
  }
  if (table.stream) {
    object.member("StreamSpecification");
    ObjectWriter stream(out);
    append_flag(stream, out, "StreamEnabled", true);
    append_text(stream, out, "StreamViewType", stream::wire_name(table.stream->view_type));
    stream.finish();
  }
  if (table.latest_stream_label) {
    append_text(object, out, "LatestStreamLabel", *table.latest_stream_label);
    append_text(object, out, "LatestStreamArn",
                model::stream_arn(realm, table.name, *table.latest_stream_label));
  }
  if (changing_kms_key) {
    append_encryption(object, out, "UPDATING", *changing_kms_key);
  } else if (table.kms_key) {
    append_encryption(object, out, "ENABLED", *table.kms_key);
  }
  if (table.table_class) {
    object.member("TableClassSummary");
    ObjectWriter summary(out);
    append_text(summary, out, "TableClass", *table.table_class);
    summary.finish();
  }
  append_flag(object, out, "DeletionProtectionEnabled", table.deletion_protected);
}

}  // namespace

void append_key_schema(std::string& out, const model::KeySchema& key) {
  out += '[';
  append_key_elements(out, key.hash, "HASH");
  append_key_elements(out, key.range, "RANGE");
  out += ']';
}

void append_time(ObjectWriter& object, std::string& out, std::string_view name,
                 TimestampMicros time) {
  object.member(name);
  fmt::format_to(std::back_inserter(out), "{}.{:03}", time / 1'000'000, time / 1'000 % 1'000);
}

void append_table_description(std::string& out, const engine::TableDescription& description,
                              const model::Realm& realm,
                              const std::optional<std::string>& changing_kms_key) {
  const model::Table& table = *description.table;
  const engine::TableFigures& figures = description.figures;
  // DynamoDB describes a table that is being deleted without its schema.
  const bool has_schema = table.status != model::TableStatus::kDeleting;
  ObjectWriter object(out);
  if (has_schema) {
    object.member("AttributeDefinitions");
    append_attribute_definitions(out, table.attributes);
  }
  append_text(object, out, "TableName", table.name);
  if (has_schema) {
    object.member("KeySchema");
    append_key_schema(out, table.key);
  }
  append_text(object, out, "TableStatus", name_of(table.status));
  if (has_schema) append_time(object, out, "CreationDateTime", table.created_at);
  object.member("ProvisionedThroughput");
  append_throughput(out, table.throughput);
  append_number(object, out, "TableSizeBytes", static_cast<std::int64_t>(figures.size_bytes));
  append_number(object, out, "ItemCount", static_cast<std::int64_t>(figures.item_count));
  append_text(object, out, "TableArn", model::table_arn(realm, table.name));
  append_text(object, out, "TableId", table.id);
  if (has_schema) {
    append_indexes(object, out, "LocalSecondaryIndexes", table, table.local_indexes,
                   figures.local_indexes, realm);
    append_indexes(object, out, "GlobalSecondaryIndexes", table, table.global_indexes,
                   figures.global_indexes, realm);
  }
  append_settings(object, out, table, realm, changing_kms_key);
  append_ceilings(object, out, table.billing_mode, table.throughput, table.on_demand, table.warm);
  object.finish();
}

}  // namespace parley::api
