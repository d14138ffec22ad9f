// DeleteEventSourceMapping. Source: lambda/latest/api/API_DeleteEventSourceMapping.html
#include "api/lambda/mapping_json.h"
#include "api/lambda/mapping_lookup.h"
#include "api/lambda/routes.h"

namespace parley::api {

Result<LambdaReply> delete_event_source_mapping(const LambdaCall& call) {
  const trigger::Mapping mapping = PARLEY_TRY(find_mapping(call));
  const auto removed = call.context.parts.mappings.remove(mapping.uuid);
  if (!removed) return std::unexpected(removed.error());
  LambdaReply reply{.status = 202};
  append_mapping(reply.body, *removed, call.context.parts.realm);
  return reply;
}

}  // namespace parley::api
