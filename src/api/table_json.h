// TableDescription as JSON.
#pragma once

#include <optional>
#include <string>

#include "api/json_object.h"
#include "engine/requests.h"
#include "model/table.h"

namespace parley::api {

/// Appends the object that DescribeTable calls Table and the other operations TableDescription.
/// Attribute definitions and non-key attributes come in the order of their names, as AWS sorts
/// them. SSEDescription is shown where there is a key: the stored one or `changing_kms_key`, that
/// of an encryption which the reply's own request switched on or off and whose status is UPDATING.
void append_table_description(std::string& out, const engine::TableDescription& description,
                              const model::Realm& realm,
                              const std::optional<std::string>& changing_kms_key = std::nullopt);

/// Appends [{"AttributeName":…,"KeyType":…},…].
void append_key_schema(std::string& out, const model::KeySchema& key);

/// Appends the member `name` as seconds since the epoch with three decimals.
void append_time(ObjectWriter& object, std::string& out, std::string_view name,
                 TimestampMicros time);

}  // namespace parley::api
