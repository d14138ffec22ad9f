#include "api/lambda/mapping_lookup.h"

namespace parley::api {

Result<trigger::Mapping> find_mapping(const LambdaCall& call) {
  auto mapping = call.context.parts.mappings.find(call.parameters[0]);
  if (!mapping && mapping.error().code == ErrorCode::kResourceNotFound) {
    return fail(ErrorCode::kResourceNotFound, "The resource you requested does not exist.");
  }
  return mapping;
}

}  // namespace parley::api
