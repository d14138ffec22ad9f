#include "engine/table_record.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/record.h"

namespace parley::engine {
namespace {

using model::RecordReader;
using model::RecordWriter;

void write_throughput(RecordWriter& writer, const model::Throughput& throughput) {
  writer.map("throughput", [&](RecordWriter& members) {
    members.integer("read_units", throughput.read_units);
    members.integer("write_units", throughput.write_units);
    members.optional_integer("last_increase", throughput.last_increase);
    members.optional_integer("last_decrease", throughput.last_decrease);
    members.integer("decreases_today", throughput.decreases_today);
  });
}

void write_ceilings(RecordWriter& writer, const std::optional<model::OnDemandThroughput>& on_demand,
                    const std::optional<model::WarmThroughput>& warm) {
  if (on_demand) {
    writer.map("on_demand", [&](RecordWriter& members) {
      members.optional_integer("max_read_units", on_demand->max_read_units);
      members.optional_integer("max_write_units", on_demand->max_write_units);
    });
  }
  if (warm) {
    writer.map("warm", [&](RecordWriter& members) {
      members.optional_integer("read_units_per_second", warm->read_units_per_second);
      members.optional_integer("write_units_per_second", warm->write_units_per_second);
    });
  }
}

void write_index(RecordWriter& writer, const model::SecondaryIndex& index) {
  writer.text("name", index.name);
  writer.enumerator("kind", index.kind);
  writer.key_schema(index.key);
  writer.enumerator("projection", index.projection.type);
  writer.texts("non_key_attributes", index.projection.non_key_attributes);
  writer.enumerator("status", index.status);
  writer.boolean("backfilling", index.backfilling);
  write_throughput(writer, index.throughput);
  write_ceilings(writer, index.on_demand, index.warm);
  writer.integer("storage_id", std::int64_t{index.storage_id});
}

void write_stream(RecordWriter& writer, const model::Table& table) {
  if (table.stream) {
    writer.map("stream", [&](RecordWriter& members) {
      members.enumerator("view_type", table.stream->view_type);
      members.text("label", table.stream->label);
      members.integer("shard_count", std::int64_t{table.stream->shard_count});
      members.integer("storage_id", std::int64_t{table.stream->storage_id});
    });
  }
  writer.optional_text("latest_stream_label", table.latest_stream_label);
}

model::Throughput read_throughput(const RecordReader& reader) {
  model::Throughput throughput;
  reader.map("throughput", [&](const RecordReader& members) {
    throughput.read_units = members.integer("read_units");
    throughput.write_units = members.integer("write_units");
    throughput.last_increase = members.optional_integer("last_increase");
    throughput.last_decrease = members.optional_integer("last_decrease");
    throughput.decreases_today = members.integer("decreases_today");
  });
  return throughput;
}

void read_ceilings(const RecordReader& reader, std::optional<model::OnDemandThroughput>& on_demand,
                   std::optional<model::WarmThroughput>& warm) {
  reader.map("on_demand", [&](const RecordReader& members) {
    on_demand = model::OnDemandThroughput{members.optional_integer("max_read_units"),
                                          members.optional_integer("max_write_units")};
  });
  reader.map("warm", [&](const RecordReader& members) {
    warm = model::WarmThroughput{members.optional_integer("read_units_per_second"),
                                 members.optional_integer("write_units_per_second")};
  });
}

model::SecondaryIndex read_index(const RecordReader& reader) {
  model::SecondaryIndex index;
  index.name = reader.text("name");
  index.kind = reader.enumerator("kind", model::IndexKind::kLocal);
  index.key = reader.key_schema();
  index.projection.type = reader.enumerator("projection", model::ProjectionType::kInclude);
  index.projection.non_key_attributes = reader.texts("non_key_attributes");
  index.status = reader.enumerator("status", model::IndexStatus::kDeleting);
  index.backfilling = reader.boolean("backfilling");
  index.throughput = read_throughput(reader);
  read_ceilings(reader, index.on_demand, index.warm);
  index.storage_id = reader.storage_id();
  return index;
}

void read_stream(const RecordReader& reader, model::Table& table) {
  reader.map("stream", [&](const RecordReader& members) {
    table.stream = model::StreamSetting{
        members.enumerator("view_type", model::StreamViewType::kNewAndOldImages),
        members.text("label"), static_cast<std::uint32_t>(members.integer("shard_count")),
        // 0 in the records of a program that kept no streams yet; engine/database.cc opens one.
        static_cast<std::uint32_t>(members.integer("storage_id"))};
  });
  table.latest_stream_label = reader.optional_text("latest_stream_label");
}

}  // namespace

model::Item make_table_record(const model::Table& table) {
  std::string bytes;
  RecordWriter writer(bytes, model::MapBuilder::Kind::kItem);
  writer.text("name", table.name);
  writer.text("id", table.id);
  writer.integer("created_at", table.created_at);
  writer.enumerator("status", table.status);
  writer.list("attributes", table.attributes,
              [](RecordWriter& members, const model::AttributeDefinition& definition) {
                members.text("name", definition.name);
                members.text("type", model::wire_name(definition.type));
              });
  writer.key_schema(table.key);
  writer.list("local_indexes", table.local_indexes, write_index);
  writer.list("global_indexes", table.global_indexes, write_index);
  writer.enumerator("billing_mode", table.billing_mode);
  writer.optional_integer("billing_mode_changed_at", table.billing_mode_changed_at);
  write_throughput(writer, table.throughput);
  write_ceilings(writer, table.on_demand, table.warm);
  write_stream(writer, table);
  if (table.time_to_live) {
    writer.map("time_to_live", [&](RecordWriter& members) {
      members.text("attribute", table.time_to_live->attribute);
      members.boolean("backfilling", table.time_to_live->backfilling);
      members.integer("storage_id", std::int64_t{table.time_to_live->storage_id});
    });
  }
  writer.boolean("deletion_protected", table.deletion_protected);
  writer.optional_text("table_class", table.table_class);
  writer.optional_text("kms_key", table.kms_key);
  writer.list("tags", table.tags, [](RecordWriter& members, const model::Tag& tag) {
    members.text("key", tag.key);
    members.text("value", tag.value);
  });
  writer.integer("storage_id", std::int64_t{table.storage_id});
  writer.finish();
  return model::Item(std::move(bytes));
}

Result<model::Table> read_table_record(const model::ItemView& record) {
  bool good = true;
  const RecordReader reader(record, good);
  model::Table table;
  table.name = reader.text("name");
  table.id = reader.text("id");
  table.created_at = reader.integer("created_at");
  table.status = reader.enumerator("status", model::TableStatus::kActive);
  reader.list("attributes", [&](const RecordReader& members) {
    table.attributes.push_back({members.text("name"), members.attribute_type("type")});
  });
  table.key = reader.key_schema();
  const auto into = [](std::vector<model::SecondaryIndex>& indexes) {
    return [&indexes](const RecordReader& members) { indexes.push_back(read_index(members)); };
  };
  reader.list("local_indexes", into(table.local_indexes));
  reader.list("global_indexes", into(table.global_indexes));
  table.billing_mode = reader.enumerator("billing_mode", model::BillingMode::kPayPerRequest);
  table.billing_mode_changed_at = reader.optional_integer("billing_mode_changed_at");
  table.throughput = read_throughput(reader);
  read_ceilings(reader, table.on_demand, table.warm);
  read_stream(reader, table);
  reader.map("time_to_live", [&](const RecordReader& members) {
    table.time_to_live = model::TimeToLive{members.text("attribute"),
                                           members.boolean("backfilling"), members.storage_id()};
  });
  table.deletion_protected = reader.boolean("deletion_protected");
  table.table_class = reader.optional_text("table_class");
  table.kms_key = reader.optional_text("kms_key");
  reader.list("tags", [&](const RecordReader& members) {
    table.tags.push_back({members.text("key"), members.text("value")});
  });
  table.storage_id = reader.storage_id();
  if (!good || table.name.empty() || table.key.hash.size() != 1) {
    return fail(ErrorCode::kCorruption, "A table's record is damaged");
  }
  return table;
}

}  // namespace parley::engine
