// DescribeContinuousBackups: ContinuousBackupsStatus is ENABLED for every table, as on AWS, whose
// other field says whether one can restore from them: point-in-time recovery is DISABLED here.
// Source: …/APIReference/API_DescribeContinuousBackups.html
#include <fmt/format.h>

#include "api/input.h"
#include "api/operations.h"
#include "api/table_lookup.h"
#include "api/table_shapes.h"

namespace parley::api {
namespace {

constexpr Member kMembers[] = {{"TableName", &kTableNameShape, Presence::kRequired}};

}  // namespace

constinit const Shape kDescribeContinuousBackupsInput =
    structure("DescribeContinuousBackupsInput", kMembers);

Result<OperationReply> describe_continuous_backups(OperationContext& context,
                                                   const simdjson::dom::object& input,
                                                   std::string& out) {
  const std::string_view name = string_member(input, "TableName");
  if (!context.database.find_table(name)) {
    return fail(ErrorCode::kTableNotFound, fmt::format("Table not found: {}", table_name_of(name)));
  }
  out += R"({"ContinuousBackupsDescription":{"ContinuousBackupsStatus":"ENABLED",)"
         R"("PointInTimeRecoveryDescription":{"PointInTimeRecoveryStatus":"DISABLED"}}})";
  return OperationReply{};
}

}  // namespace parley::api
