#include "model/record.h"

#include <charconv>

#include "model/number.h"

namespace parley::model {

void RecordWriter::text(std::string_view name, std::string_view value) {
  map_.begin_entry(name);
  append_string(out_, value);
}

void RecordWriter::optional_text(std::string_view name, const std::optional<std::string>& value) {
  if (value) text(name, *value);
}

void RecordWriter::texts(std::string_view name, const std::vector<std::string>& values) {
  map_.begin_entry(name);
  ListBuilder elements(out_);
  for (const auto& value : values) {
    append_string(out_, value);
    elements.element_added();
  }
  elements.finish();
}

void RecordWriter::integer(std::string_view name, std::int64_t value) {
  map_.begin_entry(name);
  append_number(out_, Number::from_int64(value));
}

void RecordWriter::optional_integer(std::string_view name,
                                    const std::optional<std::int64_t>& value) {
  if (value) integer(name, *value);
}

void RecordWriter::boolean(std::string_view name, bool value) {
  map_.begin_entry(name);
  append_bool(out_, value);
}

void RecordWriter::key_schema(const KeySchema& key) {
  const auto write_attribute = [](RecordWriter& members, const KeyAttribute& attribute) {
    members.text("name", attribute.name);
    members.text("type", wire_name(attribute.type));
  };
  list("hash", key.hash, write_attribute);
  list("range", key.range, write_attribute);
}

std::string RecordReader::text(std::string_view name) const {
  return optional_text(name).value_or("");
}

std::optional<std::string> RecordReader::optional_text(std::string_view name) const {
  const auto value = typed(name, AttributeType::kString);
  if (!value) return std::nullopt;
  return std::string(value->scalar_bytes());
}

std::vector<std::string> RecordReader::texts(std::string_view name) const {
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

std::int64_t RecordReader::integer(std::string_view name) const {
  return optional_integer(name).value_or(0);
}

std::optional<std::int64_t> RecordReader::optional_integer(std::string_view name) const {
  const auto value = typed(name, AttributeType::kNumber);
  if (!value) return std::nullopt;
  const auto digits = value->number().to_text();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size()) good_ = false;
  return number;
}

bool RecordReader::boolean(std::string_view name) const {
  const auto value = typed(name, AttributeType::kBool);
  return value && value->boolean();
}

AttributeType RecordReader::attribute_type(std::string_view name) const {
  const auto type = parse_attribute_type(text(name));
  if (!type || !is_scalar_key(*type)) {
    good_ = false;
    return AttributeType::kString;
  }
  return *type;
}

KeySchema RecordReader::key_schema() const {
  KeySchema key;
  const auto into = [](std::vector<KeyAttribute>& attributes) {
    return [&attributes](const RecordReader& members) {
      attributes.push_back({members.text("name"), members.attribute_type("type")});
    };
  };
  list("hash", into(key.hash));
  list("range", into(key.range));
  return key;
}

std::uint32_t RecordReader::storage_id() const {
  const auto id = integer("storage_id");
  if (id <= 0 || id > std::int64_t{UINT32_MAX}) good_ = false;
  return static_cast<std::uint32_t>(id);
}

std::optional<ValueView> RecordReader::typed(std::string_view name, AttributeType type) const {
  const auto value = map_.find(name);
  if (value && value->type() != type) {
    good_ = false;
    return std::nullopt;
  }
  return value;
}

std::int64_t RecordReader::bounded(std::string_view name, std::int64_t last) const {
  const auto number = integer(name);
  if (number >= 0 && number <= last) return number;
  good_ = false;
  return last;
}

}  // namespace parley::model
