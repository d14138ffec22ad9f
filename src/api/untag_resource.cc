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
  PARLEY_TRY(check_resource_arn(input));
  const auto keys = find_array(input, "TagKeys");
  if (!keys) {
    return invalid(
        "1 validation error detected: Value null at 'tagKeys' failed to satisfy constraint: Member "
        "must not be null");
  }
  engine::TableUpdate update;
  update.tag_keys_to_remove = PARLEY_TRY(read_tag_keys(*keys));
  if (update.tag_keys_to_remove.empty()) {
    return invalid("Atleast one Tag Key needs to be provided as Input.");
  }
  update.table = std::string(string_member(input, "ResourceArn"));
  PARLEY_TRY(find_resource(context.database, update.table));
  PARLEY_TRY(context.database.update_table(update));
  return OperationReply{};
}

}  // namespace parley::api
