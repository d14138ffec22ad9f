// DescribeEndpoints: this server, by the name the client called it.
// Source: …/APIReference/API_DescribeEndpoints.html
#include <string>

#include "api/operations.h"
#include "codec/item_json.h"

namespace parley::api {

constinit const Shape kDescribeEndpointsInput = structure("DescribeEndpointsRequest", {});

Result<OperationReply> describe_endpoints(OperationContext& context, const simdjson::dom::object&,
                                          std::string& out) {
  out += R"({"Endpoints":[{"Address":)";
  if (context.host.empty()) {
    codec::append_json_string(out,
                              "dynamodb." + context.database.realm().region + ".amazonaws.com");
  } else {
    codec::append_json_string(out, context.host);
  }
  out += R"(,"CachePeriodInMinutes":1440}]})";
  return OperationReply{};
}

}  // namespace parley::api
