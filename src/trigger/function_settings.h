// What Lambda checks of a function's name and settings, with its messages.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "trigger/functions.h"

namespace parley::trigger {

inline constexpr std::size_t kFunctionNameSizeMax = 64;
inline constexpr std::size_t kFunctionTagsMax = 50;
/// Of the environment's JSON text.
inline constexpr std::size_t kEnvironmentSizeBytesMax = 4096;

/// Errors: kValidation for anything but 1 to 64 of A-Z, a-z, 0-9, - and _.
[[nodiscard]] Status check_function_name(std::string_view name);

/// "python…", "nodejs…", "provided…". Errors: kInvalidParameter for a runtime that is not run here.
[[nodiscard]] Result<RuntimeKind> runtime_kind_of(std::string_view runtime);

/// Errors: kInvalidParameter for more than kFunctionTagsMax, for keys of AWS's own and of wrong
/// length.
[[nodiscard]] Status check_tags(const std::map<std::string, std::string>& tags);

/// Errors: kValidation (ranges), kInvalidParameter (runtime, handler, environment).
[[nodiscard]] Status check_settings(const FunctionSettings& settings);

/// Whether `wanted` may be reserved for the function `name`: with what the others of `functions`
/// have no more than `concurrency_max`. Errors: kInvalidParameter, in AWS's words (which leaves 100
/// for functions without a reservation; here none need be left).
[[nodiscard]] Status check_reservation(const std::vector<Function>& functions,
                                       std::string_view name, std::optional<int> wanted,
                                       int concurrency_max);

/// Whether `revision_id`, if there is one, is the function's. Errors: kPreconditionFailed.
[[nodiscard]] Status check_revision(const Function& function,
                                    const std::optional<std::string>& revision_id);

/// Errors: kInvalidParameter for a native function.
[[nodiscard]] Status check_changeable(const Function& function);

}  // namespace parley::trigger
