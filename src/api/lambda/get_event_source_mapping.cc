// GetEventSourceMapping. Source: lambda/latest/api/API_GetEventSourceMapping.html
#include "api/lambda/mapping_json.h"
#include "api/lambda/mapping_lookup.h"
#include "api/lambda/routes.h"

namespace parley::api {

Result<LambdaReply> get_event_source_mapping(const LambdaCall& call) {
  const trigger::Mapping mapping = PARLEY_TRY(find_mapping(call));
  LambdaReply reply;
  append_mapping(reply.body, mapping, call.context.parts.realm);
  return reply;
}

}  // namespace parley::api
