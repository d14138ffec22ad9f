// DescribeTimeToLive.
// Source: …/APIReference/API_DescribeTimeToLive.html
#include "api/input.h"
#include "api/json_object.h"
#include "api/operations.h"
#include "api/table_lookup.h"
#include "api/table_shapes.h"
#include "codec/item_json.h"

namespace parley::api {
namespace {

constexpr Member kMembers[] = {{"TableName", &kTableNameShape, Presence::kParameter}};

}  // namespace

constinit const Shape kDescribeTimeToLiveInput = structure("DescribeTimeToLiveInput", kMembers);

Result<OperationReply> describe_time_to_live(OperationContext& context,
                                             const simdjson::dom::object& input, std::string& out) {
  const auto table =
      PARLEY_TRY(find_named_table(context.database, string_member(input, "TableName")));
  ObjectWriter reply(out);
  reply.member("TimeToLiveDescription");
  ObjectWriter description(out);
  description.member("TimeToLiveStatus");
  out += table->time_to_live ? R"("ENABLED")" : R"("DISABLED")";
  if (table->time_to_live) {
    description.member("AttributeName");
    codec::append_json_string(out, table->time_to_live->attribute);
  }
  description.finish();
  reply.finish();
  return OperationReply{};
}

}  // namespace parley::api
