// DescribeTimeToLive: always DISABLED, since UpdateTimeToLive is refused so far.
// Source: …/APIReference/API_DescribeTimeToLive.html
#include "api/input.h"
#include "api/operations.h"
#include "api/table_lookup.h"
#include "api/table_shapes.h"

namespace parley::api {
namespace {

constexpr Member kMembers[] = {{"TableName", &kTableNameShape, Presence::kParameter}};

}  // namespace

constinit const Shape kDescribeTimeToLiveInput = structure("DescribeTimeToLiveInput", kMembers);

Result<OperationReply> describe_time_to_live(OperationContext& context,
                                             const simdjson::dom::object& input, std::string& out) {
  PARLEY_TRY(find_named_table(context.database, string_member(input, "TableName")));
  out += R"({"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}})";
  return OperationReply{};
}

}  // namespace parley::api
