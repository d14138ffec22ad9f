#include "expr/legacy.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "expr/test_request.h"

namespace parley::expr {
namespace {

using Op = ComparisonOperator;
using model::ValueView;

/// Values by name, from a JSON object of attribute values.
class Values {
 public:
  explicit Values(std::string_view json) : item_(item_of(json)) {}
  ValueView operator[](std::string_view name) const { return item_.view().find(name).value(); }

 private:
  model::Item item_;
};

const Values& values() {
  static const Values all(R"({"a":{"S":"a"},"b":{"S":"b"},"xyz":{"S":"xyz"},"1":{"N":"1"},
    "2":{"N":"2"},"5":{"N":"5"},"SS":{"SS":["a"]},"NS":{"NS":["1"]},"L":{"L":[{"N":"9"}]},
    "M":{"M":{}},"NULL":{"NULL":true},"BOOL":{"BOOL":true},"B":{"B":"aGk="},"empty":{"S":""}})");
  return all;
}

std::vector<ValueView> list(std::initializer_list<std::string_view> names) {
  std::vector<ValueView> result;
  for (const auto name : names) result.push_back(values()[name]);
  return result;
}

constexpr std::string_view kItem = R"({"s":{"S":"xyz"},"n":{"N":"5"},"ss":{"SS":["a","b"]},
  "l":{"L":[{"N":"1"},{"S":"a"}]},"z":{"NULL":true}})";

std::string filter_error(Op op, std::initializer_list<std::string_view> names) {
  const auto condition = bind_filter({{"s", op, list(names)}}, std::nullopt);
  return condition ? "" : condition.error().message;
}

bool passes(std::string_view attribute, Op op, std::initializer_list<std::string_view> names) {
  const auto condition = bind_filter({{attribute, op, list(names)}}, std::nullopt);
  EXPECT_TRUE(condition.has_value());
  return condition && condition->evaluate(item_of(kItem).view());
}

std::string expected_error(const LegacyExpectation& expectation) {
  const auto condition = bind_expected({expectation}, std::nullopt);
  return condition ? "" : condition.error().message;
}

TEST(LegacyOperators, HaveWireNames) {
  EXPECT_EQ(wire_name(Op::kNotContains), "NOT_CONTAINS");
  EXPECT_EQ(parse_comparison_operator("BEGINS_WITH"), Op::kBeginsWith);
  EXPECT_EQ(parse_comparison_operator("eq"), std::nullopt);
}

TEST(LegacyFilter, CountsItsValues) {
  auto wrong_number = [](std::string_view op) {
    return "One or more parameter values were invalid: Invalid number of argument(s) for the " +
           std::string(op) + " ComparisonOperator";
  };
  for (const Op op : {Op::kEq, Op::kNe, Op::kLe, Op::kLt, Op::kGe, Op::kGt, Op::kContains,
                      Op::kNotContains, Op::kBeginsWith}) {
    EXPECT_EQ(filter_error(op, {}), wrong_number(wire_name(op)));
    EXPECT_EQ(filter_error(op, {"a", "1"}), wrong_number(wire_name(op)));
    EXPECT_EQ(filter_error(op, {"a"}), "");
  }
  for (const Op op : {Op::kNull, Op::kNotNull}) {
    EXPECT_EQ(filter_error(op, {"a"}), wrong_number(wire_name(op)));
    EXPECT_EQ(filter_error(op, {}), "");
  }
  EXPECT_EQ(filter_error(Op::kIn, {}), wrong_number("IN"));
  EXPECT_EQ(filter_error(Op::kIn, {"a", "b", "xyz"}), "");
  EXPECT_EQ(filter_error(Op::kBetween, {"a"}), wrong_number("BETWEEN"));
  EXPECT_EQ(filter_error(Op::kBetween, {"a", "b"}), "");
}

TEST(LegacyFilter, ChecksTheTypesOfItsValues) {
  EXPECT_EQ(filter_error(Op::kIn, {"a", "1"}),
            "One or more parameter values were invalid: AttributeValues inside AttributeValueList "
            "must be of same type");
  auto not_valid = [](std::string_view op, std::string_view type) {
    return "One or more parameter values were invalid: ComparisonOperator " + std::string(op) +
           " is not valid for " + std::string(type) + " AttributeValue type";
  };
  for (const std::string_view type : {"SS", "NULL", "L", "M", "BOOL"}) {
    for (const Op op : {Op::kLe, Op::kLt, Op::kGe, Op::kGt, Op::kIn, Op::kContains,
                        Op::kNotContains, Op::kBeginsWith}) {
      EXPECT_EQ(filter_error(op, {type}), not_valid(wire_name(op), type));
    }
    EXPECT_EQ(filter_error(Op::kBetween, {type, type}), not_valid("BETWEEN", type));
    EXPECT_EQ(filter_error(Op::kEq, {type}), "");
    EXPECT_EQ(filter_error(Op::kNe, {type}), "");
  }
  EXPECT_EQ(filter_error(Op::kBeginsWith, {"1"}), not_valid("BEGINS_WITH", "N"));
  EXPECT_EQ(filter_error(Op::kBetween, {"b", "a"}),
            "The BETWEEN condition was provided a range where the lower bound is greater than the "
            "upper bound");
}

TEST(LegacyFilter, Evaluates) {
  EXPECT_TRUE(passes("s", Op::kEq, {"xyz"}));
  EXPECT_TRUE(passes("s", Op::kNe, {"a"}));
  EXPECT_TRUE(passes("n", Op::kGt, {"2"}));
  EXPECT_FALSE(passes("n", Op::kLe, {"2"}));
  EXPECT_TRUE(passes("n", Op::kIn, {"1", "5"}));
  EXPECT_TRUE(passes("n", Op::kBetween, {"1", "5"}));
  EXPECT_TRUE(passes("ss", Op::kContains, {"a"}));
  EXPECT_FALSE(passes("ss", Op::kNotContains, {"a"}));
  EXPECT_TRUE(passes("ss", Op::kNotContains, {"xyz"}));
  EXPECT_TRUE(passes("l", Op::kContains, {"1"}));
  EXPECT_TRUE(passes("s", Op::kBeginsWith, {"xyz"}));
  EXPECT_TRUE(passes("z", Op::kNotNull, {}));
  EXPECT_FALSE(passes("z", Op::kNull, {}));
}

TEST(LegacyFilter, OfAMissingAttributeOnlyNullAndNePass) {
  EXPECT_TRUE(passes("q", Op::kNull, {}));
  EXPECT_TRUE(passes("q", Op::kNe, {"a"}));
  EXPECT_FALSE(passes("q", Op::kNotNull, {}));
  for (const Op op : {Op::kEq, Op::kLe, Op::kLt, Op::kGe, Op::kGt, Op::kContains, Op::kNotContains,
                      Op::kBeginsWith, Op::kIn}) {
    EXPECT_FALSE(passes("q", op, {"a"})) << wire_name(op);
  }
}

TEST(LegacyFilter, CombinesByAndOrOr) {
  const std::vector<LegacyCondition> one_of_two = {{"s", Op::kEq, list({"a"})},
                                                   {"n", Op::kEq, list({"5"})}};
  const model::Item item = item_of(kItem);
  EXPECT_FALSE(bind_filter(one_of_two, std::nullopt)->evaluate(item.view()));
  EXPECT_FALSE(bind_filter(one_of_two, ConditionalOperator::kAnd)->evaluate(item.view()));
  EXPECT_TRUE(bind_filter(one_of_two, ConditionalOperator::kOr)->evaluate(item.view()));
  EXPECT_TRUE(bind_filter({}, std::nullopt)->evaluate(item.view()));
  EXPECT_EQ(
      bind_filter({one_of_two[0]}, ConditionalOperator::kOr).error().message,
      "ConditionalOperator can only be used when Filter or Expected has two or more elements");
  EXPECT_EQ(bind_filter({}, ConditionalOperator::kAnd).error().message,
            "ConditionalOperator cannot be used without Filter or Expected");
}

TEST(LegacyFilter, MayNotNameTheKey) {
  model::KeySchema key;
  key.hash = {{"s", model::AttributeType::kString}};
  const auto filter = bind_filter({{"s", Op::kNotNull, {}}}, std::nullopt).value();
  EXPECT_EQ(filter.check_no_key_attribute(key).error().message,
            "QueryFilter can only contain non-primary key attributes: Primary key attribute: s");
}

TEST(LegacyParameters, NameAttributesByOneTo65535Bytes) {
  const std::string longest(65'535, 'a');
  const std::string too_long(65'536, 'a');
  const auto errors = [](std::string_view name) {
    const auto message = [](const auto& bound) { return bound ? "" : bound.error().message; };
    return std::vector<std::string>{
        message(bind_expected({{.attribute = name, .exists = false}}, std::nullopt)),
        message(bind_filter({{name, Op::kNull, {}}}, std::nullopt)),
        message(bind_key_conditions({{name, Op::kEq, list({"a"})}})),
        message(bind_attribute_updates({{.attribute = name, .action = AttributeAction::kDelete}}))};
  };
  EXPECT_EQ(errors(longest), std::vector<std::string>(4));
  EXPECT_EQ(errors(too_long), std::vector<std::string>(
                                  4, "Attribute name is too large, must be less than 65536 bytes"));
  EXPECT_EQ(errors(""), std::vector<std::string>(4, "Empty attribute name"));
}

TEST(LegacyExpected, MembersExcludeEachOther) {
  const std::string prefix = "One or more parameter values were invalid: ";
  EXPECT_EQ(expected_error({.attribute = "s"}),
            prefix + "Value must be provided when Exists is null for Attribute: s");
  EXPECT_EQ(expected_error({.attribute = "s", .exists = true}),
            prefix + "Value must be provided when Exists is true for Attribute: s");
  EXPECT_EQ(expected_error({.attribute = "s", .exists = false, .value = values()["a"]}),
            prefix + "Value cannot be used when Exists is false for Attribute: s");
  EXPECT_EQ(
      expected_error({.attribute = "s", .op = Op::kEq, .exists = true, .value = values()["a"]}),
      prefix + "Exists and ComparisonOperator cannot be used together for Attribute: s");
  EXPECT_EQ(
      expected_error({.attribute = "s", .values = list({"a"})}),
      prefix + "AttributeValueList can only be used with a ComparisonOperator for Attribute: s");
  EXPECT_EQ(expected_error(
                {.attribute = "s", .op = Op::kEq, .values = list({"a"}), .value = values()["a"]}),
            prefix + "Value and AttributeValueList cannot be used together for Attribute: s");
  EXPECT_EQ(expected_error({.attribute = "s", .op = Op::kEq}),
            prefix +
                "Value or AttributeValueList must be used with ComparisonOperator: EQ for "
                "Attribute: s");
  EXPECT_EQ(expected_error({.attribute = "s", .op = Op::kEq, .values = list({})}),
            prefix + "Invalid number of argument(s) for the EQ ComparisonOperator");
  EXPECT_EQ(expected_error({.attribute = "s", .op = Op::kLt, .value = values()["SS"]}),
            prefix + "ComparisonOperator LT is not valid for SS AttributeValue type");
  EXPECT_EQ(expected_error({.attribute = "s", .op = Op::kNotNull}), "");
}

TEST(LegacyExpected, Evaluates) {
  auto holds = [](const LegacyExpectation& expectation) {
    return bind_expected({expectation}, std::nullopt)->evaluate(item_of(kItem).view());
  };
  EXPECT_TRUE(holds({.attribute = "s", .value = values()["xyz"]}));
  EXPECT_TRUE(holds({.attribute = "s", .exists = true, .value = values()["xyz"]}));
  EXPECT_FALSE(holds({.attribute = "s", .value = values()["a"]}));
  EXPECT_FALSE(holds({.attribute = "s", .exists = false}));
  EXPECT_TRUE(holds({.attribute = "q", .exists = false}));
  EXPECT_TRUE(holds({.attribute = "n", .op = Op::kGe, .value = values()["5"]}));
}

TEST(LegacyKeyConditions, ResolveAsExpressionsDo) {
  model::KeySchema key;
  key.hash = {{"pk", model::AttributeType::kString}};
  key.range = {{"sk", model::AttributeType::kNumber}};
  auto error = [&](const std::vector<LegacyCondition>& conditions) -> std::string {
    const auto bound = bind_key_conditions(conditions);
    if (!bound) return bound.error().message;
    const auto resolved = bound->resolve(key);
    return resolved ? "" : resolved.error().message;
  };
  const LegacyCondition pk{"pk", Op::kEq, list({"a"})};
  EXPECT_EQ(error({pk}), "");
  EXPECT_EQ(error({pk, {"sk", Op::kBetween, list({"1", "5"})}}), "");
  EXPECT_EQ(error({}), "Conditions can be of length 1 or 2 only");
  EXPECT_EQ(error({{"pk", Op::kNull, {}}}),
            "Attempted conditional constraint is not an indexable operation");
  EXPECT_EQ(error({pk, {"sk", Op::kIn, list({"1"})}}),
            "Attempted conditional constraint is not an indexable operation");
  EXPECT_EQ(error({{"c", Op::kNull, {}}}), "Query condition missed key schema element: pk");
  EXPECT_EQ(error({{"pk", Op::kLt, list({"a"})}}), "Query key condition not supported");
  EXPECT_EQ(
      error({pk, {"sk", Op::kBeginsWith, list({"1"})}}),
      "One or more parameter values were invalid: ComparisonOperator BEGINS_WITH is not valid "
      "for N AttributeValue type");
}

std::string updated(const LegacyUpdate& update) {
  const auto bound = bind_attribute_updates({update});
  if (!bound) return bound.error().message;
  const auto item = bound->apply(item_of(R"({"n":{"N":"5"},"ss":{"SS":["a","b"]},
    "l":{"L":[{"N":"1"}]}})")
                                     .view(),
                                 true);
  return item ? json_of(item->view()) : item.error().message;
}

TEST(LegacyUpdates, PutAddDelete) {
  using Action = AttributeAction;
  EXPECT_EQ(updated({"n", std::nullopt, values()["a"]}),
            R"({"l":{"L":[{"N":"1"}]},"n":{"S":"a"},"ss":{"SS":["a","b"]}})");
  EXPECT_EQ(updated({"x.y", Action::kPut, values()["1"]}),
            R"({"l":{"L":[{"N":"1"}]},"n":{"N":"5"},"ss":{"SS":["a","b"]},"x.y":{"N":"1"}})");
  EXPECT_EQ(updated({"n", Action::kAdd, values()["1"]}),
            R"({"l":{"L":[{"N":"1"}]},"n":{"N":"6"},"ss":{"SS":["a","b"]}})");
  EXPECT_EQ(updated({"l", Action::kAdd, values()["L"]}),
            R"({"l":{"L":[{"N":"1"},{"N":"9"}]},"n":{"N":"5"},"ss":{"SS":["a","b"]}})");
  EXPECT_EQ(updated({"ss", Action::kDelete, values()["SS"]}),
            R"({"l":{"L":[{"N":"1"}]},"n":{"N":"5"},"ss":{"SS":["b"]}})");
  EXPECT_EQ(updated({"ss", Action::kDelete, std::nullopt}),
            R"({"l":{"L":[{"N":"1"}]},"n":{"N":"5"}})");
  EXPECT_EQ(updated({"n", Action::kAdd, values()["SS"]}), "Type mismatch for attribute to update");
  EXPECT_EQ(updated({"ss", Action::kDelete, values()["NS"]}),
            "Type mismatch for attribute to update");
}

TEST(LegacyUpdates, RefuseWhatAnActionDoesNotTake) {
  using Action = AttributeAction;
  const std::string prefix = "One or more parameter values were invalid: ";
  EXPECT_EQ(updated({"n", Action::kPut, std::nullopt}),
            prefix + "Only DELETE action is allowed when no attribute value is specified");
  EXPECT_EQ(updated({"n", std::nullopt, std::nullopt}),
            prefix + "Only DELETE action is allowed when no attribute value is specified");
  for (const std::string_view type : {"B", "NULL", "BOOL", "M"}) {
    EXPECT_EQ(updated({"n", Action::kAdd, values()[type]}),
              prefix + "ADD action is not supported for the type " + std::string(type));
    EXPECT_EQ(
        updated({"n", Action::kDelete, values()[type]}),
        prefix + "DELETE action with value is not supported for the type " + std::string(type));
  }
  EXPECT_EQ(updated({"n", Action::kDelete, values()["L"]}),
            prefix + "DELETE action with value is not supported for the type L");
}

}  // namespace
}  // namespace parley::expr
