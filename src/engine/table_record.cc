#include "engine/table_record.h"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/number.h"

namespace parley::engine {
namespace {

using model::AttributeType;
using model::MapBuilder;
using model::MapView;
using model::ValueView;

// --- writing -------------------------------------------------------------------------------------

/// Writes the members of one map (or of the whole record) into `out`.
class Writer {
 public:
  explicit Writer(std::string& out, MapBuilder::Kind kind = MapBuilder::Kind::kMap)
      : out_(out), map_(out, kind) {}
  void finish() { map_.finish(); }

  void text(std::string_view name, std::string_view value) {
    map_.begin_entry(name);
    model::append_string(out_, value);
  }
  void optional_text(std::string_view name, const std::optional<std::string>& value) {
    if (value) text(name, *value);
  }
  void integer(std::string_view name, std::int64_t value) {
    map_.begin_entry(name);
    model::append_number(out_, model::Number::from_int64(value));
  }
  void optional_integer(std::string_view name, const std::optional<std::int64_t>& value) {
    if (value) integer(name, *value);
  }
  void boolean(std::string_view name, bool value) {
    map_.begin_entry(name);
    model::append_bool(out_, value);
  }
  template <class WriteMembers>
  void map(std::string_view name, WriteMembers write_members) {
    map_.begin_entry(name);
    Writer nested(out_);
    write_members(nested);
    nested.finish();
  }
  /// A list of maps.
  template <class Range, class WriteMembers>
  void list(std::string_view name, const Range& range, WriteMembers write_members) {
    map_.begin_entry(name);
    model::ListBuilder elements(out_);
    for (const auto& element : range) {
      Writer nested(out_);
      write_members(nested, element);
      nested.finish();
      elements.element_added();
    }
    elements.finish();
  }
  void texts(std::string_view name, const std::vector<std::string>& values) {
    map_.begin_entry(name);
    model::ListBuilder elements(out_);
    for (const auto& value : values) {
      model::append_string(out_, value);
      elements.element_added();
    }
    elements.finish();
  }

 private:
  std::string& out_;
  MapBuilder map_;
};

template <class Enum>
std::int64_t number_of(Enum value) {
  return static_cast<std::int64_t>(value);
}

void write_key(Writer& writer, const model::KeySchema& key) {
  const auto write_attribute = [](Writer& members, const model::KeyAttribute& attribute) {
    members.text("name", attribute.name);
    members.text("type", model::wire_name(attribute.type));
  };
  writer.list("hash", key.hash, write_attribute);
  writer.list("range", key.range, write_attribute);
}

void write_throughput(Writer& writer, const model::Throughput& throughput) {
  writer.map("throughput", [&](Writer& members) {
    members.integer("read_units", throughput.read_units);
    members.integer("write_units", throughput.write_units);
    members.optional_integer("last_increase", throughput.last_increase);
    members.optional_integer("last_decrease", throughput.last_decrease);
    members.integer("decreases_today", throughput.decreases_today);
  });
}

void write_ceilings(Writer& writer, const std::optional<model::OnDemandThroughput>& on_demand,
                    const std::optional<model::WarmThroughput>& warm) {
  if (on_demand) {
    writer.map("on_demand", [&](Writer& members) {
      members.optional_integer("max_read_units", on_demand->max_read_units);
      members.optional_integer("max_write_units", on_demand->max_write_units);
    });
  }
  if (warm) {
    writer.map("warm", [&](Writer& members) {
      members.optional_integer("read_units_per_second", warm->read_units_per_second);
      members.optional_integer("write_units_per_second", warm->write_units_per_second);
    });
  }
}

void write_index(Writer& writer, const model::SecondaryIndex& index) {
  writer.text("name", index.name);
  writer.integer("kind", number_of(index.kind));
  write_key(writer, index.key);
  writer.integer("projection", number_of(index.projection.type));
  writer.texts("non_key_attributes", index.projection.non_key_attributes);
  writer.integer("status", number_of(index.status));
  writer.boolean("backfilling", index.backfilling);
  write_throughput(writer, index.throughput);
  write_ceilings(writer, index.on_demand, index.warm);
  writer.integer("storage_id", std::int64_t{index.storage_id});
}

void write_stream(Writer& writer, const model::Table& table) {
  if (table.stream) {
    writer.map("stream", [&](Writer& members) {
      members.integer("view_type", number_of(table.stream->view_type));
      members.text("label", table.stream->label);
    });
  }
  writer.optional_text("latest_stream_label", table.latest_stream_label);
}

// --- reading -------------------------------------------------------------------------------------

/// Reads members of one map; a member of the wrong type makes the whole record bad.
class Reader {
 public:
  Reader(const MapView& map, bool& good) : map_(map), good_(good) {}

  [[nodiscard]] std::string text(std::string_view name) const {
    return optional_text(name).value_or("");
  }
  [[nodiscard]] std::optional<std::string> optional_text(std::string_view name) const {
    const auto value = typed(name, AttributeType::kString);
    if (!value) return std::nullopt;
    return std::string(value->scalar_bytes());
  }
  [[nodiscard]] std::int64_t integer(std::string_view name) const {
    return optional_integer(name).value_or(0);
  }
  [[nodiscard]] std::optional<std::int64_t> optional_integer(std::string_view name) const {
    const auto value = typed(name, AttributeType::kNumber);
    if (!value) return std::nullopt;
    const auto digits = value->number().to_text();
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size()) good_ = false;
    return number;
  }
  template <class Enum>
  [[nodiscard]] Enum enumerator(std::string_view name, Enum last) const {
    const auto number = integer(name);
    if (number < 0 || number > static_cast<std::int64_t>(last)) {
      good_ = false;
      return last;
    }
    return static_cast<Enum>(number);
  }
  [[nodiscard]] bool boolean(std::string_view name) const {
    const auto value = typed(name, AttributeType::kBool);
    return value && value->boolean();
  }
  template <class ReadMembers>
  void map(std::string_view name, ReadMembers read_members) const {
    if (const auto value = typed(name, AttributeType::kMap)) {
      read_members(Reader(value->map(), good_));
    }
  }
  template <class ReadElement>
  void list(std::string_view name, ReadElement read_element) const {
    const auto value = typed(name, AttributeType::kList);
    if (!value) return;
    for (const auto element : value->list()) {
      if (element.type() != AttributeType::kMap) {
        good_ = false;
        return;
      }
      read_element(Reader(element.map(), good_));
    }
  }
  [[nodiscard]] std::vector<std::string> texts(std::string_view name) const {
    std::vector<std::string> result;
    const auto value = typed(name, AttributeType::kList);
    if (!value) return result;
    for (const auto element : value->list()) {
      if (element.type() != AttributeType::kString) {
        good_ = false;
        return result;
      }
      result.emplace_back(element.scalar_bytes());
    }
    return result;
  }
  [[nodiscard]] AttributeType attribute_type(std::string_view name) const {
    const auto type = model::parse_attribute_type(text(name));
    if (!type || !model::is_scalar_key(*type)) {
      good_ = false;
      return AttributeType::kString;
    }
    return *type;
  }
  [[nodiscard]] std::uint32_t storage_id() const {
    const auto id = integer("storage_id");
    if (id <= 0 || id > std::int64_t{UINT32_MAX}) good_ = false;
    return static_cast<std::uint32_t>(id);
  }

 private:
  [[nodiscard]] std::optional<ValueView> typed(std::string_view name, AttributeType type) const {
    const auto value = map_.find(name);
    if (value && value->type() != type) {
      good_ = false;
      return std::nullopt;
    }
    return value;
  }
  MapView map_;
  bool& good_;
};

model::KeySchema read_key(const Reader& reader) {
  model::KeySchema key;
  const auto into = [](std::vector<model::KeyAttribute>& attributes) {
    return [&attributes](const Reader& members) {
      attributes.push_back({members.text("name"), members.attribute_type("type")});
    };
  };
  reader.list("hash", into(key.hash));
  reader.list("range", into(key.range));
  return key;
}

model::Throughput read_throughput(const Reader& reader) {
  model::Throughput throughput;
  reader.map("throughput", [&](const Reader& members) {
    throughput.read_units = members.integer("read_units");
    throughput.write_units = members.integer("write_units");
    throughput.last_increase = members.optional_integer("last_increase");
    throughput.last_decrease = members.optional_integer("last_decrease");
    throughput.decreases_today = members.integer("decreases_today");
  });
  return throughput;
}

void read_ceilings(const Reader& reader, std::optional<model::OnDemandThroughput>& on_demand,
                   std::optional<model::WarmThroughput>& warm) {
  reader.map("on_demand", [&](const Reader& members) {
    on_demand = model::OnDemandThroughput{members.optional_integer("max_read_units"),
                                          members.optional_integer("max_write_units")};
  });
  reader.map("warm", [&](const Reader& members) {
    warm = model::WarmThroughput{members.optional_integer("read_units_per_second"),
                                 members.optional_integer("write_units_per_second")};
  });
}

model::SecondaryIndex read_index(const Reader& reader) {
  model::SecondaryIndex index;
  index.name = reader.text("name");
  index.kind = reader.enumerator("kind", model::IndexKind::kLocal);
  index.key = read_key(reader);
  index.projection.type = reader.enumerator("projection", model::ProjectionType::kInclude);
  index.projection.non_key_attributes = reader.texts("non_key_attributes");
  index.status = reader.enumerator("status", model::IndexStatus::kDeleting);
  index.backfilling = reader.boolean("backfilling");
  index.throughput = read_throughput(reader);
  read_ceilings(reader, index.on_demand, index.warm);
  index.storage_id = reader.storage_id();
  return index;
}

void read_stream(const Reader& reader, model::Table& table) {
  reader.map("stream", [&](const Reader& members) {
    table.stream = model::StreamSetting{
        members.enumerator("view_type", model::StreamViewType::kNewAndOldImages),
        members.text("label")};
  });
  table.latest_stream_label = reader.optional_text("latest_stream_label");
}

}  // namespace

model::Item make_table_record(const model::Table& table) {
  std::string bytes;
  Writer writer(bytes, MapBuilder::Kind::kItem);
  writer.text("name", table.name);
  writer.text("id", table.id);
  writer.integer("created_at", table.created_at);
  writer.integer("status", number_of(table.status));
  writer.list("attributes", table.attributes,
              [](Writer& members, const model::AttributeDefinition& definition) {
                members.text("name", definition.name);
                members.text("type", model::wire_name(definition.type));
              });
  write_key(writer, table.key);
  writer.list("local_indexes", table.local_indexes, write_index);
  writer.list("global_indexes", table.global_indexes, write_index);
  writer.integer("billing_mode", number_of(table.billing_mode));
  writer.optional_integer("billing_mode_changed_at", table.billing_mode_changed_at);
  write_throughput(writer, table.throughput);
  write_ceilings(writer, table.on_demand, table.warm);
  write_stream(writer, table);
  writer.boolean("deletion_protected", table.deletion_protected);
  writer.optional_text("table_class", table.table_class);
  writer.optional_text("kms_key", table.kms_key);
  writer.list("tags", table.tags, [](Writer& members, const model::Tag& tag) {
    members.text("key", tag.key);
    members.text("value", tag.value);
  });
  writer.integer("storage_id", std::int64_t{table.storage_id});
  writer.finish();
  return model::Item(std::move(bytes));
}

Result<model::Table> read_table_record(const model::ItemView& record) {
  bool good = true;
  const Reader reader(record, good);
  model::Table table;
  table.name = reader.text("name");
  table.id = reader.text("id");
  table.created_at = reader.integer("created_at");
  table.status = reader.enumerator("status", model::TableStatus::kActive);
  reader.list("attributes", [&](const Reader& members) {
    table.attributes.push_back({members.text("name"), members.attribute_type("type")});
  });
  table.key = read_key(reader);
  const auto into = [](std::vector<model::SecondaryIndex>& indexes) {
    return [&indexes](const Reader& members) { indexes.push_back(read_index(members)); };
  };
  reader.list("local_indexes", into(table.local_indexes));
  reader.list("global_indexes", into(table.global_indexes));
  table.billing_mode = reader.enumerator("billing_mode", model::BillingMode::kPayPerRequest);
  table.billing_mode_changed_at = reader.optional_integer("billing_mode_changed_at");
  table.throughput = read_throughput(reader);
  read_ceilings(reader, table.on_demand, table.warm);
  read_stream(reader, table);
  table.deletion_protected = reader.boolean("deletion_protected");
  table.table_class = reader.optional_text("table_class");
  table.kms_key = reader.optional_text("kms_key");
  reader.list("tags", [&](const Reader& members) {
    table.tags.push_back({members.text("key"), members.text("value")});
  });
  table.storage_id = reader.storage_id();
  if (!good || table.name.empty() || table.key.hash.size() != 1) {
    return fail(ErrorCode::kCorruption, "A table's record is damaged");
  }
  return table;
}

}  // namespace parley::engine
