// UntagResource. Source: …/APIReference/API_UntagResource.html
#include <string>

#include "api/input.h"
#include "api/operations.h"
#include "api/table_shapes.h"
#include "api/tags.h"

namespace parley::api {
namespace {

constexpr Member kMembers[] = {{"ResourceArn", &kStringShape}, {"TagKeys", &kStringListShape}};

}  // namespace

constinit const Shape kUntagResourceInput = structure("UntagResourceInput", kMembers);

Result<OperationReply> untag_resource(OperationContext& context, const simdjson::dom::object& input,
                                      std::string&) {
  PARLEY_TRY(check_resource_arn(input, "UntagResource", context.database.realm()));
  const auto keys = find_array(input, "TagKeys");
  if (!keys) {
    return invalid(
        "1 validation error detected: Value null at 'tagKeys' failed to satisfy constraint: Member "
        "must not be null");
  }
  engine::TableUpdate update;
  for (const simdjson::dom::element key : *keys) {
    update.tag_keys_to_remove.emplace_back(as_string(key));
  }
  if (update.tag_keys_to_remove.empty()) {
    return invalid("Atleast one Tag Key needs to be provided as Input.");
  }
  update.table = std::string(string_member(input, "ResourceArn"));
  if (!context.database.find_table(update.table)) {
    return fail(ErrorCode::kResourceNotFound, "Requested resource not found");
  }
  PARLEY_TRY(context.database.update_table(update));
  return OperationReply{};
}

}  // namespace parley::api
