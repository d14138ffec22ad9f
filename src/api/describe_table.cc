// DescribeTable. Source: …/APIReference/API_DescribeTable.html
#include "api/input.h"
#include "api/json_object.h"
#include "api/operations.h"
#include "api/table_json.h"
#include "api/table_lookup.h"
#include "api/table_shapes.h"

namespace parley::api {
namespace {

constexpr Member kMembers[] = {{"TableName", &kTableNameShape, Presence::kParameter}};

}  // namespace

constinit const Shape kDescribeTableInput = structure("DescribeTableInput", kMembers);

Result<OperationReply> describe_table(OperationContext& context, const simdjson::dom::object& input,
                                      std::string& out) {
  const std::string_view name = string_member(input, "TableName");
  const auto description = context.database.describe_table(name);
  if (!description) return std::unexpected(named_table_error(description.error(), name));
  ObjectWriter reply(out);
  reply.member("Table");
  append_table_description(out, *description, context.database.realm());
  reply.finish();
  return OperationReply{};
}

}  // namespace parley::api
