// TableDescription as JSON.
#pragma once

#include <string>

#include "api/json_object.h"
#include "engine/requests.h"
#include "model/table.h"

namespace parley::api {

/// Appends the object that DescribeTable calls Table and the other operations TableDescription.
/// Attribute definitions and non-key attributes come in the order of their names, as AWS sorts
/// them.
void append_table_description(std::string& out, const engine::TableDescription& description,
                              const model::Realm& realm);

/// Appends [{"AttributeName":…,"KeyType":…},…].
void append_key_schema(std::string& out, const model::KeySchema& key);

/// Appends the member `name` as seconds since the epoch with three decimals.
void append_time(ObjectWriter& object, std::string& out, std::string_view name,
                 TimestampMicros time);

}  // namespace parley::api
