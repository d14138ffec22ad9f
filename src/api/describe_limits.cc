// DescribeLimits: a new account's quotas. Parley enforces none of them.
// Source: …/APIReference/API_DescribeLimits.html
#include "api/operations.h"

namespace parley::api {

constinit const Shape kDescribeLimitsInput = structure("DescribeLimitsInput", {});

Result<OperationReply> describe_limits(OperationContext&, const simdjson::dom::object&,
                                       std::string& out) {
  out += R"({"AccountMaxReadCapacityUnits":80000,"AccountMaxWriteCapacityUnits":80000,)"
         R"("TableMaxReadCapacityUnits":40000,"TableMaxWriteCapacityUnits":40000})";
  return OperationReply{};
}

}  // namespace parley::api
