// Tags of tables: their rules, and the tables that ResourceArn names.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "model/table.h"

namespace parley::api {

inline constexpr std::size_t kTagsMax = 50;

/// Errors: kValidation for a key or value that is missing, too long or has other characters than
/// letters, digits, space and + - = . _ : / @; a key that begins with "aws:" or comes twice; more
/// than kTagsMax.
[[nodiscard]] Result<std::vector<model::Tag>> read_tags(const simdjson::dom::array& input);

/// The keys to remove. Errors: kValidation for one that no tag can have.
[[nodiscard]] Result<std::vector<std::string>> read_tag_keys(const simdjson::dom::array& input);

/// That `input` names the ARN of a table or of a table's stream, as the tagging operations check it
/// (in AWS's words of October 2026). Errors: kValidation.
[[nodiscard]] Status check_resource_arn(const simdjson::dom::object& input);

/// The table of a ResourceArn that has passed check_resource_arn. Errors: kResourceNotFound, also
/// for a stream, which has no tags.
[[nodiscard]] Result<engine::TableSnapshot> find_resource(engine::Database& database,
                                                          std::string_view arn);

}  // namespace parley::api
