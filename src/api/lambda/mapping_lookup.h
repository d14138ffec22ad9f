// The event source mapping that a request's path names.
#pragma once

#include "api/lambda/lambda_call.h"
#include "base/result.h"
#include "trigger/mappings.h"

namespace parley::api {

/// Of the path's first parameter. Errors: kResourceNotFound in AWS's words.
[[nodiscard]] Result<trigger::Mapping> find_mapping(const LambdaCall& call);

}  // namespace parley::api
