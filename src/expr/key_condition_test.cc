#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "expr/expr.h"
#include "expr/test_request.h"

namespace parley::expr {
namespace {

using model::AttributeType;

constexpr std::string_view kValues = R"({
  ":n":{"N":"1"}, ":m":{"N":"2"}, ":s":{"S":"x"}, ":S":{"S":"S"}, ":e":{"S":""},
  ":map":{"M":{"k":{"N":"1"}}}, ":ss":{"SS":["b","a"]}})";

model::KeySchema composite() {
  model::KeySchema key;
  key.hash = {{"pk", AttributeType::kString}};
  key.range = {{"sk", AttributeType::kNumber}};
  return key;
}

/// The error of parsing or, failing that, of resolving against `key`.
std::string error_of(std::string_view text, const model::KeySchema& key = composite()) {
  TestRequest request(kValues);
  const auto condition = KeyCondition::parse(text, request.substitutions);
  if (!condition) return condition.error().message;
  const auto resolved = condition->resolve(key);
  return resolved ? "" : resolved.error().message;
}

struct Case {
  std::string_view text;
  std::string_view error;
};

TEST(KeyCondition, ErrorsThatNeedNoTable) {
  const std::string_view nested = "KeyConditionExpressions cannot contain nested operations";
  const Case cases[] = {
      {"pk", R"(Invalid KeyConditionExpression: Syntax error; token: "<EOF>", near: "pk")"},
      {"((pk = :s))", "Invalid KeyConditionExpression: The expression has redundant parentheses;"},
      {"pk = :s OR sk = :n", "Invalid operator used in KeyConditionExpression: OR"},
      {"pk = :s AND NOT sk = :n", "Invalid operator used in KeyConditionExpression: NOT"},
      {"pk <> :s", "Invalid operator used in KeyConditionExpression: <>"},
      {"pk = :s AND sk IN (:n)", "Invalid operator used in KeyConditionExpression: IN"},
      {"attribute_exists(pk)", "Invalid operator used in KeyConditionExpression: attribute_exists"},
      {"pk = :s and contains(sk,:s)", "Invalid operator used in KeyConditionExpression: contains"},
      {"pk = :s and attribute_type(sk,:S)",
       "Invalid operator used in KeyConditionExpression: attribute_type"},
      {"size(pk) = :n", nested},
      {"pk = size(sk)", nested},
      {"pk between size(pk) and :s", nested},
      {"begins_with(:s,pk)",
       "Invalid condition in KeyConditionExpression: begins_with operator "
       "must have the key attribute as its first operand"},
      {":s between pk and pk",
       "Invalid condition in KeyConditionExpression: BETWEEN operator must "
       "have the key attribute as its first operand"},
      {"pk = sk",
       "Invalid condition in KeyConditionExpression: Multiple attribute names used in "
       "one condition"},
      {":s = :s", "Invalid condition in KeyConditionExpression: No key attribute specified"},
      {"a.b = :s", "KeyConditionExpressions cannot have conditions on nested attributes"},
      {"pk=:s and sk=:n and sk=:m",
       "Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition "
       "per "
       "key"},
      {"pk < :map",
       "Invalid KeyConditionExpression: Incorrect operand type for operator or "
       "function; operator or function: <, operand type: M"},
      {"pk = :q OR sk = :n",
       "Invalid KeyConditionExpression: An expression attribute value used "
       "in expression is not defined; attribute value: :q"},
      {"pk=:s and sk between :m and :n",
       "Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to be greater "
       "than or equal to lower bound; lower bound operand: AttributeValue: {N:2}, upper bound "
       "operand: AttributeValue: {N:1}"},
      {"abort = :s",
       "Invalid KeyConditionExpression: Attribute name is a reserved keyword; "
       "reserved keyword: abort"},
  };
  for (const Case& c : cases) EXPECT_EQ(error_of(c.text), c.error) << c.text;
}

TEST(KeyCondition, ErrorsAgainstTheSchema) {
  const std::string_view type =
      "One or more parameter values were invalid: Condition parameter type does not match schema "
      "type";
  const Case cases[] = {
      {"pk = :n", type},
      {"pk = :s AND sk = :s", type},
      {"pk = :map", type},
      {"pk = :s and begins_with(sk,:s)", type},
      {"sk = :n", "Query condition missed key schema element: pk"},
      {"pk = :s and c = :n", "Query condition missed key schema element: sk"},
      {"pk > :s", "Query key condition not supported"},
      {"begins_with(pk,:s)", "Query key condition not supported"},
      {"pk between :S and :s", "Query key condition not supported"},
      {"pk=:s and sk=:n and c=:n",
       "The number of query conditions (3) exceeds the number of key attributes defined in the "
       "schema (2)"},
      {"pk = :e",
       "One or more parameter values are not valid. The AttributeValue for a key "
       "attribute cannot contain an empty string value. Key: pk"},
  };
  for (const Case& c : cases) EXPECT_EQ(error_of(c.text), c.error) << c.text;
  model::KeySchema simple = composite();
  simple.range.clear();
  EXPECT_EQ(error_of("pk = :s", simple), "");
  EXPECT_EQ(error_of("pk = :s AND sk = :n", simple), "Query key condition not supported");
}

TEST(KeyCondition, KeyValuesAreNeitherEmptyNorTooLong) {
  model::KeySchema key = composite();
  key.range[0].type = AttributeType::kBinary;
  auto error = [&](std::string_view text, const std::string& hash, const std::string& range) {
    std::string bytes;
    model::append_string(bytes, hash);
    const std::size_t hash_size = bytes.size();
    model::append_binary(bytes, range);
    const std::string_view all = bytes;
    Substitutions substitutions;
    EXPECT_TRUE(substitutions.add_value(":h", model::ValueView(all.substr(0, hash_size))));
    EXPECT_TRUE(substitutions.add_value(":r", model::ValueView(all.substr(hash_size))));
    const auto condition = KeyCondition::parse(text, substitutions).value();
    const auto resolved = condition.resolve(key);
    return resolved ? std::string() : resolved.error().message;
  };
  const std::string_view text = "pk = :h AND sk < :r";
  EXPECT_EQ(error(text, std::string(2048, 'h'), std::string(1024, 'r')), "");
  EXPECT_EQ(error(text, std::string(2049, 'h'), "r"),
            "One or more parameter values were invalid: Size of hashkey has exceeded the maximum "
            "size limit of2048 bytes");
  EXPECT_EQ(error(text, "h", std::string(1025, 'r')),
            "One or more parameter values were invalid: Aggregated size of all range keys has "
            "exceeded the size limit of 1024 bytes");
  EXPECT_EQ(error("pk = :h AND begins_with(sk, :r)", "h", ""),
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            "cannot contain an empty binary value. Key: sk");
  EXPECT_EQ(error("pk > :h AND sk = :r", "", "r"), "Query key condition not supported");
}

TEST(KeyCondition, AnyOrderReversedOperandsAndParentheses) {
  struct Good {
    std::string_view text;
    RangeOperator op;
  };
  const Good cases[] = {
      {"pk = :s AND sk = :n", RangeOperator::kEqual},
      {"sk < :n AND pk = :s", RangeOperator::kLess},
      {":s = pk and :n < sk", RangeOperator::kGreater},
      {"(pk = :s) and (:n <= sk)", RangeOperator::kGreaterOrEqual},
      {"((pk = :s) and (:n > sk))", RangeOperator::kLess},
      {"pk = :s and :n >= sk", RangeOperator::kLessOrEqual},
      {"pk = :s and sk between :n and :m", RangeOperator::kBetween},
  };
  for (const Good& c : cases) {
    TestRequest request(kValues);
    const auto resolved =
        KeyCondition::parse(c.text, request.substitutions).value().resolve(composite());
    ASSERT_TRUE(resolved.has_value()) << c.text;
    EXPECT_EQ(resolved->hash.at(0).scalar_bytes(), "x");
    ASSERT_EQ(resolved->range.size(), 1U);
    EXPECT_EQ(resolved->range[0].op, c.op) << c.text;
    EXPECT_EQ(resolved->range[0].first.number(), model::Number::from_int64(1)) << c.text;
    if (c.op == RangeOperator::kBetween) {
      EXPECT_EQ(resolved->range[0].second.number(), model::Number::from_int64(2));
    }
  }
}

TEST(KeyCondition, MultiAttributeKeysTakeAllHashAndALeftPrefixOfRange) {
  model::KeySchema key;
  key.hash = {{"h1", AttributeType::kString}, {"h2", AttributeType::kNumber}};
  key.range = {{"r1", AttributeType::kString}, {"r2", AttributeType::kNumber}};
  EXPECT_EQ(error_of("h1 = :s AND h2 = :n", key), "");
  EXPECT_EQ(error_of("r2 > :n AND h2 = :n AND r1 = :s AND h1 = :s", key), "");
  EXPECT_EQ(error_of("h1 = :s AND h2 = :n AND begins_with(r1, :s)", key), "");
  EXPECT_EQ(error_of("h1 = :s", key), "Query condition missed key schema element: h2");
  EXPECT_EQ(
      error_of("h1 = :s AND h2 = :n AND r2 = :n", key),
      "RANGE key attributes r1 must have equality conditions specified in the query because a "
      "condition is present on key attribute r2");
  EXPECT_EQ(
      error_of("h1 = :s AND h2 = :n AND r1 > :s AND r2 = :n", key),
      "RANGE key attributes r1 must have equality conditions specified in the query because a "
      "condition is present on key attribute r2");
  EXPECT_EQ(error_of("h1 = :s AND h2 > :n", key), "Query key condition not supported");
}

}  // namespace
}  // namespace parley::expr
