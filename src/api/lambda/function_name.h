// What a request calls a function: a name, a partial ARN or an ARN, each with a qualifier or none.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/lambda/lambda_call.h"
#include "api/shape.h"
#include "base/result.h"
#include "trigger/functions.h"

namespace parley::api {

struct FunctionReference {
  std::string name;
  std::optional<std::string> qualifier = {};
};

/// Takes "f", "f:$LATEST", "123456789012:f", "123456789012:function:f:1", "us-east-1:…" and whole
/// ARNs, of any region and account: all reach the same functions. nullopt for anything else.
[[nodiscard]] std::optional<FunctionReference> parse_function_reference(std::string_view text);

/// The pattern of the service model, for the shapes of bodies.
extern const TextPattern kFunctionNamePattern;

/// A function that a call names, and the ARN as the call had it (with ":$LATEST" if it said so).
struct ResolvedFunction {
  trigger::Function function;
  std::string arn;
};

/// `text` resolved; a qualifier in `qualifier` (of the query) or in the text must be $LATEST:
/// Parley has no versions and aliases. Errors: kValidation for what is no name, kInvalidParameter
/// for two qualifiers that differ, kResourceNotFound.
[[nodiscard]] Result<ResolvedFunction> resolve_function(const LambdaCall& call,
                                                        std::string_view text,
                                                        std::optional<std::string_view> qualifier);

/// The function of the path's first parameter and the query's Qualifier.
[[nodiscard]] Result<ResolvedFunction> resolve_function(const LambdaCall& call);

/// "Function not found: ARN".
[[nodiscard]] Error function_not_found(const LambdaCall& call, std::string_view name,
                                       std::string_view qualifier = {});

}  // namespace parley::api
