// ListTagsOfResource. A table has at most 50 tags, so one page holds them all and NextToken never
// appears. Source: …/APIReference/API_ListTagsOfResource.html
#include <string>

#include "api/input.h"
#include "api/json_object.h"
#include "api/operations.h"
#include "api/table_shapes.h"
#include "api/tags.h"
#include "codec/item_json.h"

namespace parley::api {
namespace {

constexpr Member kMembers[] = {{"ResourceArn", &kStringShape}, {"NextToken", &kStringShape}};

}  // namespace

constinit const Shape kListTagsOfResourceInput = structure("ListTagsOfResourceInput", kMembers);

Result<OperationReply> list_tags_of_resource(OperationContext& context,
                                             const simdjson::dom::object& input, std::string& out) {
  PARLEY_TRY(check_resource_arn(input));
  if (find_string(input, "NextToken")) return invalid("Invalid NextToken");
  const auto table =
      PARLEY_TRY(find_resource(context.database, string_member(input, "ResourceArn")));
  ObjectWriter reply(out);
  reply.member("Tags");
  out += '[';
  for (const model::Tag& tag : table->tags) {
    if (out.back() != '[') out += ',';
    ObjectWriter object(out);
    object.member("Key");
    codec::append_json_string(out, tag.key);
    object.member("Value");
    codec::append_json_string(out, tag.value);
    object.finish();
  }
  out += ']';
  reply.finish();
  return OperationReply{};
}

}  // namespace parley::api
