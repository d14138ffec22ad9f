#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "expr/expr.h"
#include "expr/test_request.h"

namespace parley::expr {
namespace {

constexpr std::string_view kValues = R"({
  ":n":{"N":"1"}, ":m":{"N":"2"}, ":s":{"S":"x"}, ":S":{"S":"S"}, ":l":{"L":[{"S":"a"}]},
  ":map":{"M":{"k":{"N":"1"}}}, ":ss":{"SS":["b","a"]}, ":null":{"NULL":true},
  ":t":{"BOOL":true}, ":B":{"B":"aGk="}, ":ns":{"NS":["1"]}})";

constexpr std::string_view kItem = R"({
  "n":{"N":"5"}, "s":{"S":"xyz"}, "u":{"S":"é😀"}, "b":{"B":"aGk="}, "z":{"NULL":true},
  "t":{"BOOL":true}, "l":{"L":[{"N":"1"},{"S":"x"},{"M":{"a":{"N":"1"}}}]},
  "m":{"M":{"a":{"N":"1"},"b":{"M":{"c":{"S":"q"}}}}}, "ss":{"SS":["a","b"]},
  "ns":{"NS":["1","2"]}, "bs":{"BS":["aGk="]}})";

std::string error_of(std::string_view text, std::string_view values = kValues) {
  TestRequest request(values, {{"#a", "a"}, {"#r", "abort"}, {"#ab", "a.b"}});
  const auto condition =
      Condition::parse(ExpressionKind::kConditionExpression, text, request.substitutions);
  if (condition) return "";
  constexpr std::string_view kPrefix = "Invalid ConditionExpression: ";
  EXPECT_TRUE(condition.error().message.starts_with(kPrefix)) << condition.error().message;
  EXPECT_EQ(condition.error().code, ErrorCode::kValidation);
  return condition.error().message.substr(kPrefix.size());
}

bool holds(std::string_view text, std::string_view values, std::string_view item = kItem) {
  TestRequest request(values);
  const auto condition =
      Condition::parse(ExpressionKind::kFilterExpression, text, request.substitutions);
  EXPECT_TRUE(condition.has_value()) << text << ": " << condition.error().message;
  return condition && condition->evaluate(item_of(item).view());
}

struct Case {
  std::string_view text;
  std::string_view error;  // without "Invalid ConditionExpression: "; empty: none
};

TEST(ConditionErrors, SyntaxErrorsNameTheTokenAndItsNeighbours) {
  struct SyntaxCase {
    std::string_view text;
    std::string_view token;
    std::string_view near;
  };
  const SyntaxCase cases[] = {
      {"   ", "<EOF>", "   "},
      {"a", "<EOF>", "a"},
      {"a =", "<EOF>", "="},
      {"a = :n)", ")", ":n)"},
      {"(a = :n", "<EOF>", ":n"},
      {"a = b = c", "=", "b = c"},
      {"a = b + c", "+", "b + c"},
      {"a AND b", "AND", "a AND b"},
      {"NOT a", "<EOF>", "a"},
      {"(a)", "<EOF>", ")"},
      {"(a,b) in (:n)", ",", "a,b"},
      {"size()=:n", ")", "()="},
      {"a not in (:n)", "not", "a not in"},
      {"a in ()", ")", "()"},
      {"a in (:n,)", ")", ",)"},
      {"a between :n", "<EOF>", ":n"},
      {"a = ::n", ":", "= ::n"},
      {"a = #", "#", "= #"},
      {"a == :n", "=", "== :n"},
      {"a != :n", "!", "a !="},
      {"and = :n", "and", "and ="},
      {"_a = :n", "_", "_a"},
      {"a[01] = :n", "1", "01]"},
      {"a[-1] = :n", "-", "[-1"},
      {"é = :n", "é", "é ="},
      {"(a = :n) = :t", "=", ") = :t"},
      {"a = (b = :n)", "=", "b = :n"},
      {"a=:nand b=:n", "b", ":nand b="},
      {"a \" b", "\"", "a \" b"},
  };
  for (const SyntaxCase& c : cases) {
    EXPECT_EQ(error_of(c.text), "Syntax error; token: \"" + std::string(c.token) + "\", near: \"" +
                                    std::string(c.near) + "\"")
        << c.text;
  }
  EXPECT_EQ(error_of(""), "The expression can not be empty;");
}

TEST(ConditionErrors, OneParenthesisIsFineTwoAreRedundant) {
  for (const std::string_view fine :
       {"(a = :n)", "((a) = :n)", "(a = (:n))", "a in ((:n))", "(a = :n AND (b = :n))",
        "((a = :n) AND b = :n)", "(size(a)) = :n", "size((a)) = :n", "NOT (NOT a = :n)",
        "a between (:n) and (:m)", "(begins_with(a,:s))"}) {
    EXPECT_EQ(error_of(fine), "") << fine;
  }
  for (const std::string_view redundant :
       {"((a = :n))", "(((a = :n)))", "((a)) = :n", "NOT ((a = :n))", "((size(a))) = :n",
        "size(((a))) = :n", "a in (((:n)))", "((a = :n AND b = :n))", "foo(b) AND ((a=:n))",
        "((begins_with(a,:s)))"}) {
    EXPECT_EQ(error_of(redundant), "The expression has redundant parentheses;") << redundant;
  }
}

TEST(ConditionErrors, WordsAreCheckedInReadingOrder) {
  const std::string_view reserved = "Attribute name is a reserved keyword; reserved keyword: ";
  EXPECT_EQ(error_of("abort = :n"), std::string(reserved) + "abort");
  EXPECT_EQ(error_of("a.aBort = :n"), std::string(reserved) + "aBort");
  EXPECT_EQ(error_of("#r = :n"), "");
  const Case cases[] = {
      {"foo(a)", "Invalid function name; function: foo"},
      {"SIZE(a) = :n", "Invalid function name; function: SIZE"},
      {"foo(a) AND abort = :n", "Invalid function name; function: foo"},
      {"abort = :n AND foo(a)", "Attribute name is a reserved keyword; reserved keyword: abort"},
      {"foo(abort)", "Invalid function name; function: foo"},
      {"if_not_exists(a,b)",
       "The function is not allowed in a condition expression; function: if_not_exists"},
      {"size(a)",
       "The function is not allowed to be used this way in an expression; function: size"},
      {"attribute_exists(a) = :t",
       "The function is not allowed to be used this way in an expression; function: "
       "attribute_exists"},
      {"contains(abort,contains(a,b))",
       "Attribute name is a reserved keyword; reserved keyword: abort"},
      {"a = contains(abort,b)",
       "The function is not allowed to be used this way in an expression; function: contains"},
      {"a[99999999999] = :n and abort=:n",
       "List index is not within the allowable range; index: [99999999999]"},
  };
  for (const Case& c : cases) EXPECT_EQ(error_of(c.text), c.error) << c.text;
}

TEST(ConditionErrors, NamesAndValuesMustBeDefined) {
  EXPECT_EQ(error_of("a = :undefined"),
            "An expression attribute value used in expression is not defined; attribute value: "
            ":undefined");
  EXPECT_EQ(error_of("#u = :undefined"),
            "An expression attribute name used in the document path is not defined; attribute "
            "name: #u");
  EXPECT_EQ(error_of("begins_with(:n, :undefined)"),
            "An expression attribute value used in expression is not defined; attribute value: "
            ":undefined");
}

TEST(ConditionErrors, OperandsAreCheckedBeforeAnyItem) {
  const Case cases[] = {
      {"a < :map",
       "Incorrect operand type for operator or function; operator or function: <, "
       "operand type: M"},
      {"a >= :t",
       "Incorrect operand type for operator or function; operator or function: >=, "
       "operand type: BOOL"},
      {":null < a",
       "Incorrect operand type for operator or function; operator or function: <, "
       "operand type: NULL"},
      {"a between :ss and :n",
       "Incorrect operand type for operator or function; operator or "
       "function: BETWEEN, operand type: SS"},
      {"a between :n and :s",
       "The BETWEEN operator requires same data type for lower and upper bounds; lower bound "
       "operand: AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:x}"},
      {"a between :m and :n",
       "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; "
       "lower "
       "bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}"},
      {"size(:n) > :n",
       "Incorrect operand type for operator or function; operator or function: "
       "size, operand type: N"},
      {"size(size(a)) = :n",
       "Incorrect operand type for operator or function; operator or "
       "function: size, operand type: N"},
      {"size(a,b) = :n",
       "Incorrect number of operands for operator or function; operator or "
       "function: size, number of operands: 2"},
      {"begins_with(a,:n)",
       "Incorrect operand type for operator or function; operator or "
       "function: begins_with, operand type: N"},
      {"attribute_exists(:n)",
       "Operator or function requires a document path; operator or function: attribute_exists"},
      {"attribute_type(a,b)",
       "Incorrect operand type for operator or function; operator or function: attribute_type, "
       "operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}"},
      {"attribute_type(a,:n)",
       "Incorrect operand type for operator or function; operator or "
       "function: attribute_type, operand type: N"},
      {"attribute_type(a,:s)",
       "Invalid attribute type name found; type: x, valid types: "
       "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}"},
      {"a = a",
       "The first operand must be distinct from the remaining operands for this operator "
       "or function; operator: =, first operand: [a]"},
      {"a.b[1] < a.b[1]",
       "The first operand must be distinct from the remaining operands for this "
       "operator or function; operator: <, first operand: [a, b, [1]]"},
      {"contains(a,#a)",
       "The first operand must be distinct from the remaining operands for this "
       "operator or function; operator: contains, first operand: [a]"},
      {"a in (b,a)",
       "The first operand must be distinct from the remaining operands for this "
       "operator or function; operator: IN, first operand: [a]"},
      {"a < :ss AND b = :q",
       "Incorrect operand type for operator or function; operator or "
       "function: <, operand type: SS"},
      {"a = :map", ""},
      {":n = :n", ""},
      {"size(:s) = size(a)", ""},
      {"attribute_type(a,:S)", ""},
      {"contains(a,:ss)", ""},
      {"#ab <> a.b", ""},
  };
  for (const Case& c : cases) EXPECT_EQ(error_of(c.text), c.error) << c.text;
}

std::string repeated(std::string_view part, std::string_view separator, int count) {
  std::string text(part);
  for (int i = 1; i < count; ++i) text.append(separator).append(part);
  return text;
}

TEST(ConditionLimits, FourKibibytesAndThreeHundredOperators) {
  const std::string longest = "a=:n" + std::string(4092, ' ');
  EXPECT_EQ(error_of(longest), "");
  EXPECT_EQ(error_of(longest + ' '),
            "Expression size has exceeded the maximum allowed size; expression size: 4097");
  const std::string_view too_many =
      "The expression contains too many operators; operator count: 301";
  EXPECT_EQ(error_of(repeated("a=:n", " and ", 150)), "");
  EXPECT_EQ(error_of(repeated("a=:n", " and ", 151)), too_many);
  EXPECT_EQ(error_of(repeated("NOT", " ", 299) + " a=:n"), "");
  EXPECT_EQ(error_of(repeated("NOT", " ", 300) + " a=:n"), too_many);
  EXPECT_EQ(error_of(repeated("size(a)=:n", " OR ", 101)), too_many);
  EXPECT_EQ(error_of("a in (" + repeated(":n", ",", 100) + ")"), "");
  EXPECT_EQ(error_of("a in (" + repeated(":n", ",", 101) + ")"),
            "The IN operator is provided with too many operands; number of operands: 101");
  EXPECT_EQ(error_of("a" + repeated("[0]", "", 31) + "=:n"), "");
  EXPECT_EQ(error_of("a" + repeated("[0]", "", 32) + "=:n"),
            "The document path has too many nesting levels; nesting levels: 33");
}

TEST(ConditionLimits, HostileNestingIsAnErrorAndNoStackOverflow) {
  for (const std::string& text :
       {std::string(100'000, '('), std::string(4000, '(') + "a", repeated("NOT", " ", 1000),
        repeated("size(", "", 800), repeated("(NOT ", "", 800),
        std::string(2000, '(') + "a=:n" + std::string(2000, ')'),
        repeated("a=:n AND (", "", 380) + "a=:n" + std::string(200, ')'),
        "a" + std::string(4000, '[')}) {
    EXPECT_NE(error_of(text), "") << text.substr(0, 40);
  }
  // The deepest that is allowed: bound, evaluated and destroyed.
  EXPECT_EQ(error_of(repeated("NOT (", "", 299) + "a=:n" + std::string(299, ')')), "");
}

TEST(ConditionLimits, DeepCallsOfNoFunctionAreToldByTheirName) {
  EXPECT_EQ(error_of(repeated("f(", "", 1300) + "a" + std::string(1300, ')')),
            "Invalid function name; function: f");
  EXPECT_EQ(error_of(repeated("(", "", 1300) + "a=:n" + std::string(1300, ')')),
            "The expression has redundant parentheses;");
}

TEST(ConditionEvaluation, MissingAttributeIsUnequalToEverything) {
  EXPECT_FALSE(holds("q = :v", R"({":v":{"N":"1"}})"));
  EXPECT_TRUE(holds("q <> :v", R"({":v":{"N":"1"}})"));
  EXPECT_TRUE(holds("q <> r", "{}"));
  EXPECT_FALSE(holds("q = r", "{}"));
  EXPECT_FALSE(holds("q < :v", R"({":v":{"N":"1"}})"));
  EXPECT_FALSE(holds("q in (:v)", R"({":v":{"N":"1"}})"));
  EXPECT_FALSE(holds("q = :v", R"({":v":{"N":"1"}})", "{}"));
}

TEST(ConditionEvaluation, ComparesByValueWithinATypeOnly) {
  EXPECT_TRUE(holds("n = :v", R"({":v":{"N":"5.00"}})"));
  EXPECT_TRUE(holds("n < :v AND n <= :v", R"({":v":{"N":"10"}})"));
  EXPECT_FALSE(holds("n > :v OR n >= :v", R"({":v":{"N":"10"}})"));
  EXPECT_FALSE(holds("n < :v", R"({":v":{"S":"9"}})"));
  EXPECT_TRUE(holds("n <> :v", R"({":v":{"S":"5"}})"));
  EXPECT_TRUE(holds("ss = :v", R"({":v":{"SS":["b","a"]}})"));
  EXPECT_TRUE(holds("b < :v", R"({":v":{"B":"/w=="}})"));  // 0xFF is the greatest byte
  EXPECT_FALSE(holds("t < n", "{}"));
  EXPECT_FALSE(holds("m < l", "{}"));
  EXPECT_TRUE(holds("m.a = l[0]", "{}"));
  EXPECT_TRUE(holds("m.b.c = :v", R"({":v":{"S":"q"}})"));
  EXPECT_TRUE(holds("l[2].a = :v", R"({":v":{"N":"1"}})"));
  EXPECT_FALSE(holds("l[3] = :v", R"({":v":{"N":"1"}})"));
  EXPECT_FALSE(holds("s[0] = :v", R"({":v":{"S":"x"}})"));
}

TEST(ConditionEvaluation, BetweenIsInclusiveAndInIsAnyOf) {
  EXPECT_TRUE(holds("n between :a and :b", R"({":a":{"N":"5"},":b":{"N":"5"}})"));
  EXPECT_FALSE(holds("n between :a and :b", R"({":a":{"N":"6"},":b":{"N":"7"}})"));
  EXPECT_FALSE(holds("n between s and :b", R"({":b":{"N":"9"}})"));
  EXPECT_TRUE(holds("n in (:a, :b)", R"({":a":{"S":"5"},":b":{"N":"5.0"}})"));
  EXPECT_TRUE(holds("l[0] in (m.a)", "{}"));
}

TEST(ConditionEvaluation, Functions) {
  EXPECT_TRUE(holds("attribute_exists(z) AND attribute_not_exists(q)", "{}"));
  EXPECT_TRUE(holds("attribute_type(l, :v)", R"({":v":{"S":"L"}})"));
  EXPECT_FALSE(holds("attribute_type(q, :v)", R"({":v":{"S":"NULL"}})"));
  EXPECT_TRUE(holds("begins_with(s, :v)", R"({":v":{"S":"xy"}})"));
  EXPECT_TRUE(holds("begins_with(s, :v)", R"({":v":{"S":""}})"));
  EXPECT_FALSE(holds("begins_with(s, :v)", R"({":v":{"B":"eA=="}})"));
  EXPECT_FALSE(holds("begins_with(n, s)", "{}"));
  EXPECT_TRUE(holds("contains(s, :v)", R"({":v":{"S":"yz"}})"));
  EXPECT_TRUE(holds("contains(ss, :v)", R"({":v":{"S":"b"}})"));
  EXPECT_FALSE(holds("contains(ss, :v)", R"({":v":{"SS":["b"]}})"));
  EXPECT_TRUE(holds("contains(ns, l[0])", "{}"));
  EXPECT_FALSE(holds("contains(ss, l[0])", "{}"));
  EXPECT_TRUE(holds("contains(bs, b)", "{}"));
  EXPECT_TRUE(holds("contains(l, :v)", R"({":v":{"M":{"a":{"N":"1"}}}})"));
  EXPECT_TRUE(holds("contains(:v, s)", R"({":v":{"L":[{"S":"xyz"}]}})"));
  EXPECT_FALSE(holds("contains(n, :v)", R"({":v":{"N":"5"}})"));
}

TEST(ConditionEvaluation, SizeCountsUtf16BytesMembersAndEntries) {
  EXPECT_TRUE(holds("size(u) = :v", R"({":v":{"N":"3"}})"));
  EXPECT_TRUE(holds("size(b) = :v AND size(ss) = :v AND size(m) = :v", R"({":v":{"N":"2"}})"));
  EXPECT_TRUE(holds("size(l) = size(s)", "{}"));
  EXPECT_TRUE(holds("size(:s) = :v", R"({":s":{"S":""},":v":{"N":"0"}})"));
  for (const std::string_view unsized_ : {"n", "t", "z", "q"}) {
    const std::string text = "size(" + std::string(unsized_) + ")";
    EXPECT_FALSE(holds(text + " = :v", R"({":v":{"N":"1"}})"));
    EXPECT_FALSE(holds(text + " >= :v", R"({":v":{"N":"0"}})"));
    EXPECT_TRUE(holds(text + " <> :v", R"({":v":{"N":"1"}})"));
  }
}

TEST(ConditionEvaluation, NotBindsTighterThanAndWhichBindsTighterThanOr) {
  const std::string_view values = R"({":v":{"N":"5"},":w":{"N":"6"}})";
  EXPECT_TRUE(holds("n = :v OR n = :v AND n = :w", values));
  EXPECT_FALSE(holds("(n = :v OR n = :v) AND n = :w", values));
  EXPECT_TRUE(holds("NOT n = :w AND n = :v", values));
  EXPECT_FALSE(holds("NOT (n = :w OR n = :v)", values));
  EXPECT_TRUE(holds("NOT NOT n = :v AND NOT n = :w", values));
}

TEST(Condition, NamesWhatItReads) {
  TestRequest request(R"({":v":{"N":"1"}})", {{"#x", "x.y"}});
  const auto condition =
      Condition::parse(ExpressionKind::kFilterExpression,
                       "b.c = :v AND attribute_exists(a[0]) OR size(#x) < b", request.substitutions)
          .value();
  EXPECT_EQ(condition.attribute_names(), (std::vector<std::string_view>{"b", "a", "x.y"}));
  model::KeySchema key;
  key.hash = {{"h", model::AttributeType::kString}};
  key.range = {{"a", model::AttributeType::kString}};
  EXPECT_EQ(condition.first_key_attribute(key), "a");
  EXPECT_EQ(condition.first_nested_key_attribute(key), "a");
  EXPECT_EQ(condition.check_no_key_attribute(key).error().message,
            "Filter Expression can only contain non-primary key attributes: Primary key attribute: "
            "a");
  key.range.clear();
  EXPECT_EQ(condition.first_key_attribute(key), std::nullopt);
  EXPECT_TRUE(condition.check_no_key_attribute(key).has_value());
}

TEST(Substitutions, ReportMalformedAndUnusedPlaceholders) {
  Substitutions substitutions;
  EXPECT_EQ(substitutions.add_name("x", "a").error().message,
            "ExpressionAttributeNames contains invalid key: Syntax error; key: \"x\"");
  EXPECT_EQ(substitutions.add_name("#", "a").error().message,
            "ExpressionAttributeNames contains invalid key: Syntax error; key: \"#\"");
  EXPECT_EQ(substitutions.add_name("#x y", "a").error().message,
            "ExpressionAttributeNames contains invalid key: Syntax error; key: \"#x y\"");
  const std::string longest = "#" + std::string(254, 'x');
  EXPECT_TRUE(substitutions.add_name(longest, "a"));
  EXPECT_EQ(substitutions.add_name(longest + "x", "a").error().message,
            "ExpressionAttributeNames contains invalid key: The expression attribute map contains "
            "a key that is too long; size of key: 256");
  EXPECT_EQ(substitutions.add_name("#y", std::string(65'536, 'a')).error().message,
            "ExpressionAttributeNames contains invalid value: Attribute name is too large, must be "
            "less than 65536 bytes for key #y");
  EXPECT_EQ(substitutions.add_name("#x", "").error().message,
            "ExpressionAttributeNames contains invalid value: Empty attribute name for key #x");
  EXPECT_EQ(substitutions.add_value("#x", {}).error().message,
            "ExpressionAttributeValues contains invalid key: Syntax error; key: \"#x\"");
  TestRequest request(R"({":v":{"N":"1"},":w":{"N":"1"}})", {{"#x", "x"}, {"#y", "y"}});
  EXPECT_EQ(request.substitutions.check_all_used().error().message,
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#x, #y}");
  EXPECT_TRUE(request.substitutions.use_name("#x").has_value());
  EXPECT_TRUE(request.substitutions.use_name("#y").has_value());
  EXPECT_TRUE(request.substitutions.use_value(":w").has_value());
  EXPECT_EQ(request.substitutions.check_all_used().error().message,
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}");
  EXPECT_TRUE(request.substitutions.use_value(":v").has_value());
  EXPECT_TRUE(request.substitutions.check_all_used().has_value());
}

TEST(Substitutions, ManyAreFoundAsFewAre) {
  std::vector<std::string> placeholders;
  for (int i = 0; i < 1000; ++i) placeholders.push_back("#n" + std::to_string(i * 7 % 1000));
  Substitutions substitutions;
  for (const auto& placeholder : placeholders) {
    substitutions.add_name(placeholder, std::string_view(placeholder).substr(1)).value();
  }
  EXPECT_EQ(substitutions.use_name("#n777"), "n777");
  EXPECT_EQ(substitutions.use_name("#n1000"), std::nullopt);
}

}  // namespace
}  // namespace parley::expr
