// TableDescription as JSON.
#pragma once

#include <string>

#include "engine/requests.h"
#include "model/table.h"

namespace parley::api {

/// Appends the object that DescribeTable calls Table and the other operations TableDescription.
/// Attribute definitions and non-key attributes come in the order of their names, as AWS sorts
/// them.
void append_table_description(std::string& out, const engine::TableDescription& description,
                              const model::Realm& realm);

}  // namespace parley::api
