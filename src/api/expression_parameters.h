// ExpressionAttributeNames and ExpressionAttributeValues, and which parameters of a request may
// come together: expressions and the parameters of DynamoDB's first API exclude each other.
//
// The order in which an operation finds its errors is AWS's: check_parameter_use() first, then what
// is wrong with items and keys, then ExpressionParameters::read(), then each expression, then
// check_all_used().
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "expr/expr.h"

namespace parley::api {

class LegacyParameters;  // api/legacy_parameters.h

/// The parameters of one operation, in the order AWS lists them in the error.
struct ParameterUse {
  std::span<const std::string_view> expressions;
  std::span<const std::string_view> non_expressions = {};
};

/// PutItem, DeleteItem.
inline constexpr std::string_view kConditionExpressions[] = {"ConditionExpression"};
inline constexpr std::string_view kConditionNonExpressions[] = {"Expected", "ConditionalOperator"};
inline constexpr ParameterUse kConditionalWriteParameters{kConditionExpressions,
                                                          kConditionNonExpressions};

/// UpdateItem.
inline constexpr std::string_view kUpdateExpressions[] = {"UpdateExpression",
                                                          "ConditionExpression"};
inline constexpr std::string_view kUpdateNonExpressions[] = {"AttributeUpdates", "Expected",
                                                             "ConditionalOperator"};
inline constexpr ParameterUse kUpdateParameters{kUpdateExpressions, kUpdateNonExpressions};

/// GetItem, a table of BatchGetItem, a Get of TransactGetItems.
inline constexpr std::string_view kProjectionExpressions[] = {"ProjectionExpression"};
inline constexpr std::string_view kProjectionNonExpressions[] = {"AttributesToGet"};
inline constexpr ParameterUse kProjectionParameters{kProjectionExpressions,
                                                    kProjectionNonExpressions};

inline constexpr std::string_view kQueryExpressions[] = {"ProjectionExpression", "FilterExpression",
                                                         "KeyConditionExpression"};
inline constexpr std::string_view kQueryNonExpressions[] = {"AttributesToGet", "QueryFilter",
                                                            "ConditionalOperator", "KeyConditions"};
inline constexpr ParameterUse kQueryParameters{kQueryExpressions, kQueryNonExpressions};

inline constexpr std::string_view kScanExpressions[] = {"ProjectionExpression", "FilterExpression"};
inline constexpr std::string_view kScanNonExpressions[] = {"AttributesToGet", "ScanFilter",
                                                           "ConditionalOperator"};
inline constexpr ParameterUse kScanParameters{kScanExpressions, kScanNonExpressions};

/// Errors: kValidation
///   "Can not use both expression and non-expression parameters in the same request: …"
///     (KeyConditions may go with expressions other than KeyConditionExpression)
///   "ExpressionAttributeNames can only be specified when using expressions"
///   "ExpressionAttributeValues can only be specified when using expressions: … is null"
[[nodiscard]] Status check_parameter_use(const simdjson::dom::object& input,
                                         const ParameterUse& use);

/// The names and values of one request (or of one member of a transaction), and the bytes of the
/// values. Expressions bound with it borrow from it and from the parsed request, so it must outlive
/// them and does not move. Not thread-safe.
class ExpressionParameters {
 public:
  ExpressionParameters() = default;
  ExpressionParameters(const ExpressionParameters&) = delete;
  ExpressionParameters& operator=(const ExpressionParameters&) = delete;

  /// Reads both maps of `input`; to be called once. Errors: kValidation "ExpressionAttributeNames
  /// must not be empty", a malformed placeholder, "ExpressionAttributeValues contains invalid
  /// value: … for key :v"; kSerialization.
  [[nodiscard]] Status read(const simdjson::dom::object& input);
  /// Reads the names alone, for operations that have no values: there ExpressionAttributeValues is
  /// a member like any other that AWS does not know, and ignored.
  [[nodiscard]] Status read_names_of(const simdjson::dom::object& input);

  // The expression in the parameter of that name, or nullopt without one.
  [[nodiscard]] Result<std::optional<expr::Condition>> condition(
      const simdjson::dom::object& input);
  /// The condition of a write that has no other expression: reads the names and values, the
  /// ConditionExpression or, through `legacy`, the Expected of DynamoDB's first API, and checks
  /// that all is used. Called instead of read(). Errors: those of its parts.
  [[nodiscard]] Result<std::optional<expr::Condition>> write_condition(
      const simdjson::dom::object& input, LegacyParameters& legacy);
  [[nodiscard]] Result<std::optional<expr::Condition>> filter(const simdjson::dom::object& input);
  [[nodiscard]] Result<std::optional<expr::KeyCondition>> key_condition(
      const simdjson::dom::object& input);
  [[nodiscard]] Result<std::optional<expr::Update>> update(const simdjson::dom::object& input);
  [[nodiscard]] Result<std::optional<expr::Projection>> projection(
      const simdjson::dom::object& input);

  /// What names and values count for in the size of a transaction: the names that stand for others
  /// and the values, by the sizes of attribute names and values, without their placeholders.
  [[nodiscard]] std::size_t size_bytes() const { return size_bytes_; }

  /// To be called when every expression is bound. Errors: kValidation for unused names or values.
  [[nodiscard]] Status check_all_used() const { return substitutions_.check_all_used(); }

 private:
  [[nodiscard]] Status read_names(const simdjson::dom::object& names);
  [[nodiscard]] Status read_values(const simdjson::dom::object& values);

  expr::Substitutions substitutions_;
  std::string value_bytes_;
  std::size_t size_bytes_ = 0;
};

}  // namespace parley::api
