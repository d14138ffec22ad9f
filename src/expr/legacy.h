// The parameters of DynamoDB's first API, bound to the same evaluators as expressions: Expected,
// ScanFilter, QueryFilter, KeyConditions (conditions on top-level attributes) and AttributeUpdates.
//
// The caller turns JSON into the structs below, entries in the order of the request, and hands them
// over; every rule about how many values of which type an operator takes is checked here, with
// DynamoDB's messages. Values are borrowed, as in Substitutions; names are copied where a result
// keeps them longer than the call.
//
// Sources: …/developerguide/LegacyConditionalParameters.html and its sub-pages.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "expr/expr.h"
#include "model/value_view.h"

namespace parley::expr {

enum class ComparisonOperator : std::uint8_t {
  kEq,
  kNe,
  kLe,
  kLt,
  kGe,
  kGt,
  kNotNull,
  kNull,
  kContains,
  kNotContains,
  kBeginsWith,
  kIn,
  kBetween,
};

/// "EQ", "NOT_NULL", "BEGINS_WITH", ….
[[nodiscard]] std::string_view wire_name(ComparisonOperator op);

/// The inverse of wire_name; nullopt for anything else (case matters).
[[nodiscard]] std::optional<ComparisonOperator> parse_comparison_operator(std::string_view name);

enum class ConditionalOperator : std::uint8_t { kAnd, kOr };

/// One entry of ScanFilter, QueryFilter or KeyConditions.
struct LegacyCondition {
  std::string_view attribute;
  ComparisonOperator op = ComparisonOperator::kEq;
  std::vector<model::ValueView> values = {};  // AttributeValueList; absent and empty are the same
};

/// One entry of Expected. The members are those of the wire; nullopt is absent.
struct LegacyExpectation {
  std::string_view attribute;
  std::optional<ComparisonOperator> op = {};
  std::optional<std::vector<model::ValueView>> values = {};  // AttributeValueList
  std::optional<bool> exists = {};
  std::optional<model::ValueView> value = {};
};

enum class AttributeAction : std::uint8_t { kPut, kAdd, kDelete };

/// One entry of AttributeUpdates.
struct LegacyUpdate {
  std::string_view attribute;
  std::optional<AttributeAction> action = {};  // absent: PUT
  std::optional<model::ValueView> value = {};
};

/// Whether a legacy parameter may name an attribute so: 1 to 65,535 bytes. Errors: kValidation
/// "Empty attribute name", "Attribute name is too large, must be less than 65536 bytes". The
/// functions below check theirs.
[[nodiscard]] Status check_attribute_name(std::string_view name);

/// Expected with its ConditionalOperator (nullopt: absent, which is AND). The condition of no
/// expectations is always true.
/// Errors: kValidation for members that exclude each other, a wrong number of values, values of
/// different types or of a type the operator does not take, reversed BETWEEN bounds.
[[nodiscard]] Result<Condition> bind_expected(const std::vector<LegacyExpectation>& expectations,
                                              std::optional<ConditionalOperator> combine);

/// ScanFilter or QueryFilter with its ConditionalOperator. Errors as for bind_expected.
[[nodiscard]] Result<Condition> bind_filter(const std::vector<LegacyCondition>& conditions,
                                            std::optional<ConditionalOperator> combine);

/// KeyConditions. Errors: as above, and for operators that no key takes ("Attempted conditional
/// constraint is not an indexable operation") when the result is resolved against a schema.
[[nodiscard]] Result<KeyCondition> bind_key_conditions(
    const std::vector<LegacyCondition>& conditions);

/// AttributeUpdates. Errors: kValidation for an action without the value it needs or with a value
/// of a type it does not take. ADD takes N, sets and lists here; applying it to an attribute of
/// another type is the error "Type mismatch for attribute to update".
[[nodiscard]] Result<Update> bind_attribute_updates(const std::vector<LegacyUpdate>& updates);

}  // namespace parley::expr
