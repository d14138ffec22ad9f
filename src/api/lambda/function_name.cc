#include "api/lambda/function_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <vector>

namespace parley::api {
namespace {

constexpr std::string_view kLatest = "$LATEST";
constexpr std::size_t kFunctionNameLengthMax = 140;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_name_character);
}

bool is_account(std::string_view text) {
  return text.size() == 12 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// "us-east-1", "us-gov-west-1".
bool is_region(std::string_view text) {
  return text.size() >= 6 && text[2] == '-' && text[text.size() - 2] == '-' &&
         std::isdigit(static_cast<unsigned char>(text.back())) != 0 && is_name(text);
}

bool is_function_reference(std::string_view text) {
  return parse_function_reference(text).has_value();
}

}  // namespace

constinit const TextPattern kFunctionNamePattern = {
    .text =
        "(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-"
        "\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?",
    .matches = is_function_reference};

std::optional<FunctionReference> parse_function_reference(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::string_view rest = text;;) {
    const std::size_t colon = rest.find(':');
    parts.push_back(rest.substr(0, colon));
    if (colon == std::string_view::npos) break;
    rest.remove_prefix(colon + 1);
  }
  std::size_t at = 0;
  const auto left = [&] { return parts.size() - at; };
  if (parts[0] == "arn") {
    if (left() < 7 || !parts[1].starts_with("aws") || parts[2] != "lambda" ||
        !is_region(parts[3]) || !is_account(parts[4]) || parts[5] != "function") {
      return std::nullopt;
    }
    at = 6;
  } else {
    if (left() > 1 && is_region(parts[at])) ++at;
    if (left() > 1 && is_account(parts[at])) ++at;
    if (left() > 1 && parts[at] == "function") ++at;
  }
  if (left() < 1 || left() > 2 || !is_name(parts[at])) return std::nullopt;
  FunctionReference reference{.name = std::string(parts[at])};
  if (left() == 2) {
    const std::string_view qualifier = parts[at + 1];
    if (qualifier != kLatest && !is_name(qualifier)) return std::nullopt;
    reference.qualifier = qualifier;
  }
  return reference;
}

Error function_not_found(const LambdaCall& call, std::string_view name,
                         std::string_view qualifier) {
  std::string arn = trigger::function_arn(call.context.parts.realm, name);
  if (!qualifier.empty()) arn += fmt::format(":{}", qualifier);
  return {ErrorCode::kResourceNotFound, fmt::format("Function not found: {}", arn), nullptr};
}

Result<ResolvedFunction> resolve_function(const LambdaCall& call, std::string_view text,
                                          std::optional<std::string_view> qualifier) {
  auto reference = parse_function_reference(text);
  if (!reference || text.size() > kFunctionNameLengthMax) {
    return invalid(
        reference
            ? fmt::format("1 validation error detected: Value '{}' at 'functionName' failed to "
                          "satisfy constraint: Member must have length less than or equal to {}",
                          text, kFunctionNameLengthMax)
            : fmt::format("1 validation error detected: Value '{}' at 'functionName' failed to "
                          "satisfy constraint: Member must satisfy regular expression pattern: {}",
                          text, kFunctionNamePattern.text));
  }
  if (qualifier && qualifier->empty()) qualifier.reset();
  if (qualifier && reference->qualifier && *reference->qualifier != *qualifier) {
    return fail(ErrorCode::kInvalidParameter,
                "The derived qualifier from the function name does not match the specified "
                "qualifier.");
  }
  if (!qualifier && reference->qualifier) qualifier = *reference->qualifier;
  if (qualifier && *qualifier != kLatest) {
    return std::unexpected(function_not_found(call, reference->name, *qualifier));
  }
  auto function = call.context.parts.functions.find(reference->name);
  if (!function) {
    if (function.error().code != ErrorCode::kResourceNotFound) {
      return std::unexpected(std::move(function).error());
    }
    return std::unexpected(function_not_found(call, reference->name, qualifier.value_or("")));
  }
  std::string arn = function->arn;
  if (qualifier) arn += fmt::format(":{}", *qualifier);
  return ResolvedFunction{.function = *std::move(function), .arn = std::move(arn)};
}

Result<ResolvedFunction> resolve_function(const LambdaCall& call) {
  return resolve_function(call, call.parameters[0], call.query_parameter("Qualifier"));
}

}  // namespace parley::api
