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

/// That `input` names a table's ARN, as the tagging operations check it. Errors: kValidation,
/// kAccessDenied for what is no ARN at all (AWS asks IAM first; `operation` is in the message).
[[nodiscard]] Status check_resource_arn(const simdjson::dom::object& input,
                                        std::string_view operation, const model::Realm& realm);

/// The table of a ResourceArn that has passed check_resource_arn. Errors: kResourceNotFound.
[[nodiscard]] Result<engine::TableSnapshot> find_resource(engine::Database& database,
                                                          std::string_view arn);

}  // namespace parley::api
