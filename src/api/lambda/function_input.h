// Reading a function's settings and code from a request; what CreateFunction and the two updates
// share.
#pragma once

#include <simdjson.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "api/common_shapes.h"
#include "api/shape.h"
#include "base/result.h"
#include "trigger/functions.h"

namespace parley::api {

extern const TextPattern kRolePattern;
extern const TextPattern kHandlerPattern;

inline constexpr Shape kRoleShape = {.kind = ShapeKind::kString, .text_pattern = &kRolePattern};
inline constexpr Shape kHandlerShape = {
    .kind = ShapeKind::kString, .max = 128, .text_pattern = &kHandlerPattern};
inline constexpr Shape kDescriptionShape = string_of(0, 256);
inline constexpr Shape kTimeoutShape = integer(1, 900);
inline constexpr Shape kMemorySizeShape = integer(128, 10'240);
inline constexpr Shape kVariablesShape = map_of(kStringShape);
inline constexpr Member kEnvironmentMembers[] = {{"Variables", &kVariablesShape}};
inline constexpr Shape kEnvironmentShape = structure("Environment", kEnvironmentMembers);
inline constexpr Shape kFunctionTagsShape = map_of(kStringShape);
inline constexpr std::string_view kArchitectureValues[] = {"x86_64", "arm64"};
inline constexpr Shape kArchitectureShape = enumeration(kArchitectureValues);
inline constexpr Shape kArchitecturesShape = list_of(kArchitectureShape, 1, 1);

/// Refuses what CreateFunction and UpdateFunctionConfiguration can ask for and Parley cannot do;
/// values that change nothing here (an empty list of layers, SnapStart None, …) pass. Errors:
/// kInvalidParameter that names the member.
[[nodiscard]] Status check_unsupported_settings(const simdjson::dom::object& input,
                                                std::string_view function_name);

/// That Parley can run `runtime`. Errors: kInvalidParameter.
[[nodiscard]] Status check_runtime(std::string_view runtime);

/// Environment.Variables; nullopt without Environment; empty without Variables.
[[nodiscard]] std::optional<std::map<std::string, std::string>> find_environment(
    const simdjson::dom::object& input);

/// The member Tags; nullopt without it.
[[nodiscard]] std::optional<std::map<std::string, std::string>> find_function_tags(
    const simdjson::dom::object& input);

/// The code that `source` names: ZipFile, or a directory in the convention S3Bucket "hot-reload",
/// S3Key "/absolute/path". Errors: kInvalidParameter.
[[nodiscard]] Result<trigger::Code> read_code(const simdjson::dom::object& source);

/// Publish and such: a flag that must not be true here. Errors: kInvalidParameter.
[[nodiscard]] Status refuse_flag(const simdjson::dom::object& input, std::string_view name,
                                 std::string_view why);

}  // namespace parley::api
