#include "engine/key_validation.h"

#include <fmt/format.h>

#include <string_view>

#include "model/limits.h"

namespace parley::engine {
namespace {

using model::AttributeType;
using model::ValueView;

constexpr std::string_view kSchemaMismatch = "The provided key element does not match the schema";

bool is_empty(ValueView value) {
  const auto type = value.type();
  return (type == AttributeType::kString || type == AttributeType::kBinary) &&
         value.scalar_bytes().empty();
}

std::string_view kind_of_empty(ValueView value) {
  return value.type() == AttributeType::kString ? "string" : "binary";
}

Status check_not_empty(std::string_view name, ValueView value) {
  if (!is_empty(value)) return {};
  return invalid(fmt::format(
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
      "contain an empty {} value. Key: {}",
      kind_of_empty(value), name));
}

/// The bytes of a key attribute; 0 where it is missing or of another type.
std::size_t key_value_size(const model::KeyAttribute& attribute, const model::MapView& item) {
  const auto value = item.find(attribute.name);
  return value && value->type() == attribute.type ? value->scalar_bytes().size() : 0;
}

Status check_key_sizes(const model::KeySchema& schema, const model::MapView& item) {
  for (const auto& attribute : schema.hash) {
    if (key_value_size(attribute, item) > model::kPartitionKeySizeBytesMax) {
      // Without a space before the number: DynamoDB's own spelling.
      return invalid(
          fmt::format("One or more parameter values were invalid: Size of hashkey has exceeded the "
                      "maximum size "
                      "limit of{} bytes",
                      model::kPartitionKeySizeBytesMax));
    }
  }
  std::size_t range_size = 0;
  for (const auto& attribute : schema.range) range_size += key_value_size(attribute, item);
  if (range_size > model::kSortKeySizeBytesMax) {
    return invalid(fmt::format(
        "One or more parameter values were invalid: Aggregated size of all range keys has exceeded "
        "the size limit of {} bytes",
        model::kSortKeySizeBytesMax));
  }
  return {};
}

template <class Check>
Status for_each_attribute(const model::KeySchema& schema, Check check) {
  for (const auto& attribute : schema.hash) PARLEY_TRY(check(attribute));
  for (const auto& attribute : schema.range) PARLEY_TRY(check(attribute));
  return {};
}

/// Calls `check(index)` for the global and then the local indexes, up to the first error.
template <class Check>
Status for_each_index(const model::Table& table, Check check) {
  for (const auto& index : table.global_indexes) PARLEY_TRY(check(index));
  for (const auto& index : table.local_indexes) PARLEY_TRY(check(index));
  return {};
}

Status check_index_key_type(const model::SecondaryIndex& index,
                            const model::KeyAttribute& attribute, ValueView value) {
  if (value.type() == attribute.type) return {};
  return invalid(fmt::format(
      "One or more parameter values were invalid: Type mismatch for Index Key {} Expected: {} "
      "Actual: {} IndexName: {}",
      attribute.name, model::wire_name(attribute.type), model::wire_name(value.type()),
      index.name));
}

Status check_index_key_not_empty(const model::SecondaryIndex& index, std::string_view name,
                                 ValueView value) {
  if (!is_empty(value)) return {};
  return invalid(fmt::format(
      "One or more parameter values are not valid. A value specified for a secondary index key is "
      "not supported. The AttributeValue for a key attribute cannot contain an empty {} value. "
      "IndexName: {}, IndexKey: {}",
      kind_of_empty(value), index.name, name));
}

/// The value of `name` in `new_item` if the update changed it.
std::optional<ValueView> changed_value(std::string_view name, const model::MapView& old_item,
                                       const model::MapView& new_item) {
  const auto value = new_item.find(name);
  if (!value) return std::nullopt;
  const auto old_value = old_item.find(name);
  return old_value && *old_value == *value ? std::nullopt : value;
}

}  // namespace

Status check_lookup_key(const model::KeySchema& schema, const model::MapView& key) {
  if (key.size() != schema.hash.size() + schema.range.size()) {
    return invalid(std::string(kSchemaMismatch));
  }
  const auto check_attribute = [&](const model::KeyAttribute& attribute) -> Status {
    const auto value = key.find(attribute.name);
    if (!value || value->type() != attribute.type) return invalid(std::string(kSchemaMismatch));
    return check_not_empty(attribute.name, *value);
  };
  PARLEY_TRY(for_each_attribute(schema, check_attribute));
  return check_key_sizes(schema, key);
}

Status check_item_key(const model::KeySchema& schema, const model::MapView& item) {
  const auto check_attribute = [&](const model::KeyAttribute& attribute) -> Status {
    const auto value = item.find(attribute.name);
    if (!value) {
      return invalid(
          fmt::format("One or more parameter values were invalid: Missing the key {} in the item",
                      attribute.name));
    }
    if (value->type() != attribute.type) {
      return invalid(fmt::format(
          "One or more parameter values were invalid: Type mismatch for key {} expected: {} "
          "actual: "
          "{}",
          attribute.name, model::wire_name(attribute.type), model::wire_name(value->type())));
    }
    return check_not_empty(attribute.name, *value);
  };
  PARLEY_TRY(for_each_attribute(schema, check_attribute));
  return check_key_sizes(schema, item);
}

Status check_index_keys(const model::Table& table, const model::MapView& item) {
  return for_each_index(table, [&](const model::SecondaryIndex& index) -> Status {
    const auto check_attribute = [&](const model::KeyAttribute& attribute) -> Status {
      const auto value = item.find(attribute.name);
      if (!value) return {};
      PARLEY_TRY(check_index_key_type(index, attribute, *value));
      return check_index_key_not_empty(index, attribute.name, *value);
    };
    PARLEY_TRY(for_each_attribute(index.key, check_attribute));
    return check_key_sizes(index.key, item);
  });
}

Status check_no_empty_key(const model::Table& table, const model::MapView& item, bool index_keys) {
  const auto check_attribute = [&](const model::KeyAttribute& attribute) -> Status {
    const auto value = item.find(attribute.name);
    return value ? check_not_empty(attribute.name, *value) : Status();
  };
  PARLEY_TRY(for_each_attribute(table.key, check_attribute));
  if (!index_keys) return {};
  return for_each_index(table, [&](const model::SecondaryIndex& index) {
    return for_each_attribute(index.key, [&](const model::KeyAttribute& attribute) -> Status {
      const auto value = item.find(attribute.name);
      return value ? check_index_key_not_empty(index, attribute.name, *value) : Status();
    });
  });
}

Status check_updated_index_keys_not_empty(const model::Table& table, const model::MapView& old_item,
                                          const model::MapView& new_item) {
  return for_each_index(table, [&](const model::SecondaryIndex& index) {
    return for_each_attribute(index.key, [&](const model::KeyAttribute& attribute) -> Status {
      const auto value = changed_value(attribute.name, old_item, new_item);
      if (!value || !is_empty(*value)) return {};
      return invalid(fmt::format(
          "One or more parameter values are not valid. The update expression attempted to update a "
          "secondary index key to a value that is not supported. The AttributeValue for a key "
          "attribute cannot contain an empty {} value.",
          kind_of_empty(*value)));
    });
  });
}

Status check_updated_index_keys(const model::Table& table, const model::MapView& old_item,
                                const model::MapView& new_item) {
  return for_each_index(table, [&](const model::SecondaryIndex& index) -> Status {
    bool changed = false;
    const auto check_attribute = [&](const model::KeyAttribute& attribute) -> Status {
      const auto value = changed_value(attribute.name, old_item, new_item);
      if (!value) return {};
      changed = true;
      if (value->type() == attribute.type) return {};
      return invalid(
          "The update expression attempted to update the secondary index key to unsupported type");
    };
    PARLEY_TRY(for_each_attribute(index.key, check_attribute));
    if (changed && !check_key_sizes(index.key, new_item)) {
      return invalid(
          "The update expression attempted to update the secondary index key beyond allowed size "
          "limits");
    }
    return {};
  });
}

Status check_item_size(const model::ItemView& item) {
  if (item.size_bytes() <= model::kItemSizeBytesMax) return {};
  return invalid("Item size has exceeded the maximum allowed size");
}

bool is_indexable(const model::SecondaryIndex& index, const model::MapView& item) {
  const auto fits = [&](const model::KeyAttribute& attribute, std::size_t size_max,
                        std::size_t& size_sum) {
    const auto value = item.find(attribute.name);
    if (!value || value->type() != attribute.type || is_empty(*value)) return false;
    size_sum += value->scalar_bytes().size();
    return size_sum <= size_max;
  };
  for (const auto& attribute : index.key.hash) {
    std::size_t size = 0;
    if (!fits(attribute, model::kPartitionKeySizeBytesMax, size)) return false;
  }
  std::size_t range_size = 0;
  for (const auto& attribute : index.key.range) {
    if (!fits(attribute, model::kSortKeySizeBytesMax, range_size)) return false;
  }
  return true;
}

}  // namespace parley::engine
