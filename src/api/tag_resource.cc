// TagResource. Source: …/APIReference/API_TagResource.html
#include <algorithm>
#include <string>

#include "api/input.h"
#include "api/operations.h"
#include "api/table_shapes.h"
#include "api/tags.h"

namespace parley::api {
namespace {

constexpr Member kMembers[] = {{"ResourceArn", &kStringShape}, {"Tags", &kTagListShape}};

}  // namespace

constinit const Shape kTagResourceInput = structure("TagResourceInput", kMembers);

Result<OperationReply> tag_resource(OperationContext& context, const simdjson::dom::object& input,
                                    std::string&) {
  PARLEY_TRY(check_resource_arn(input));
  const auto tags = find_array(input, "Tags");
  if (!tags) {
    return invalid(
        "1 validation error detected: Value null at 'tags' failed to satisfy constraint: Member "
        "must "
        "not be null");
  }
  engine::TableUpdate update;
  update.tags_to_set = PARLEY_TRY(read_tags(*tags));
  if (update.tags_to_set.empty()) return invalid("Atleast one Tag needs to be provided as Input.");
  update.table = std::string(string_member(input, "ResourceArn"));
  const auto table = PARLEY_TRY(find_resource(context.database, update.table));
  const auto is_new = [&](const model::Tag& tag) {
    return std::ranges::find(table->tags, tag.key, &model::Tag::key) == table->tags.end();
  };
  const auto added = static_cast<std::size_t>(std::ranges::count_if(update.tags_to_set, is_new));
  if (table->tags.size() + added > kTagsMax) {
    return invalid("Number of Tags exceed the current limit for the provided ResourceArn");
  }
  PARLEY_TRY(context.database.update_table(update));
  return OperationReply{};
}

}  // namespace parley::api
