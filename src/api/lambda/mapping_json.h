// An event source mapping as the API shows it.
#pragma once

#include <string>

#include "model/table.h"
#include "trigger/mappings.h"

namespace parley::api {

/// Appends an EventSourceMappingConfiguration.
void append_mapping(std::string& out, const trigger::Mapping& mapping, const model::Realm& realm);

}  // namespace parley::api
