#include <gtest/gtest.h>

#include <string>

#include "expr/expr.h"
#include "expr/test_request.h"

namespace parley::expr {
namespace {

constexpr std::string_view kValues = R"({
  ":n":{"N":"1"}, ":m":{"N":"2"}, ":s":{"S":"x"}, ":l":{"L":[{"S":"a"}]},
  ":map":{"M":{"k":{"N":"1"}}}, ":ss":{"SS":["b","a"]}, ":cd":{"SS":["c","d"]},
  ":null":{"NULL":true}, ":t":{"BOOL":true}, ":B":{"B":"aGk="}, ":ns":{"NS":["1"]}})";

constexpr std::string_view kItem = R"({
  "p":{"S":"k"}, "n":{"N":"5"}, "s":{"S":"xyz"}, "ss":{"SS":["a","b"]},
  "l":{"L":[{"N":"1"},{"N":"2"},{"S":"x"}]},
  "m":{"M":{"a":{"N":"1"},"b":{"M":{"c":{"S":"q"}}},"l":{"L":[{"S":"i"},{"S":"j"}]}}}})";

std::string error_of(std::string_view text) {
  TestRequest request(kValues, {{"#a", "a"}, {"#three", "[3]"}});
  const auto update = Update::parse(text, request.substitutions);
  if (update) return "";
  constexpr std::string_view kPrefix = "Invalid UpdateExpression: ";
  EXPECT_TRUE(update.error().message.starts_with(kPrefix)) << update.error().message;
  return update.error().message.substr(kPrefix.size());
}

/// The item after the update as JSON, or the error's message.
std::string applied(std::string_view text, std::string_view item = kItem, bool exists = true) {
  TestRequest request(kValues);
  const auto update = Update::parse(text, request.substitutions);
  if (!update) return update.error().message;
  const model::Item old_item = item_of(item);
  const auto result = update->apply(old_item.view(), exists);
  if (!result) return result.error().message;
  EXPECT_TRUE(model::is_valid_item(result->bytes())) << text;
  return json_of(result->view());
}

/// How `text` changes the value of `attribute`, as JSON; "" when it is gone.
std::string changed(std::string_view text, std::string_view attribute) {
  TestRequest request(kValues);
  const auto update = Update::parse(text, request.substitutions);
  if (!update) return update.error().message;
  const model::Item old_item = item_of(kItem);
  const auto result = update->apply(old_item.view(), true);
  if (!result) return result.error().message;
  EXPECT_TRUE(model::is_valid_item(result->bytes())) << text;
  const auto value = result->view().find(attribute);
  if (!value) return "";
  std::string json;
  codec::append_json(json, *value);
  return json;
}

struct Case {
  std::string_view text;
  std::string_view expected;
};

TEST(UpdateErrors, SyntaxErrorsNameTheTokenAndItsNeighbours) {
  struct SyntaxCase {
    std::string_view text;
    std::string_view token;
    std::string_view near;
  };
  const SyntaxCase cases[] = {
      {"SET", "<EOF>", "SET"},
      {"SET a =", "<EOF>", "="},
      {"SET a = :n  ,  ", "<EOF>", ",  "},
      {"foo", "foo", "foo"},
      {"  5 ", "5", "  5 "},
      {"SET a = :n + :m + :n", "+", ":m + :n"},
      {"SET a = (b + c) + :n", "+", ") + :n"},
      {"SET a = b + (c + d)", "+", "c + d"},
      {"SET a = if_not_exists(a,b+c)", "+", "b+c"},
      {"SET a[-1] = :n", "-", "[-1"},
      {"SET a..b=:n", ".", "..b"},
      {"SET #=:n", "#", "SET #="},
      {"SET a = :n REMOVE", "<EOF>", "REMOVE"},
      {"SET a = 5  ", "5", "= 5  "},
      {"SET a <> :n", "<>", "a <> :n"},
      {"SET and = :n", "and", "SET and ="},
      {"SET a = set", "set", "= set"},
      {"SETa = :n", "SETa", "SETa ="},
      {"SET (a) = :n", "(", "SET (a"},
      {"REMOVE (a)", "(", "REMOVE (a"},
      {"REMOVE a b", "b", "a b"},
      {"ADD a :n, b", "<EOF>", "b"},
      {"ADD a b", "b", "a b"},
      {"ADD a (:n)", "(", "a (:n"},
      {"DELETE a = :ss", "=", "a = :ss"},
      {"SET a = :n,REMOVE b", "REMOVE", ",REMOVE b"},
  };
  for (const SyntaxCase& c : cases) {
    EXPECT_EQ(error_of(c.text), "Syntax error; token: \"" + std::string(c.token) + "\", near: \"" +
                                    std::string(c.near) + "\"")
        << c.text;
  }
  EXPECT_EQ(error_of(""), "The expression can not be empty;");
  EXPECT_EQ(error_of("SET a = ((:n))"), "The expression has redundant parentheses;");
  EXPECT_EQ(error_of("SET a = ((b) + (c))"), "");
}

TEST(UpdateErrors, WordsThenClausesThenPathsThenValues) {
  const Case cases[] = {
      {"SET abort = :n", "Attribute name is a reserved keyword; reserved keyword: abort"},
      {"SET a = :n SET abort = :q",
       "Attribute name is a reserved keyword; reserved keyword: abort"},
      {"SET a = foo(:n) SET b = :n", "Invalid function name; function: foo"},
      {"SET a = size(a)", "The function is not allowed in an update expression; function: size"},
      {"SET a = list_append(b,list_append(b,c))",
       "The function is not allowed to be used this way in an expression; function: list_append"},
      {"SET a = :n SET b = :q",
       "The \"SET\" section can only be used once in an update expression;"},
      {"remove a add b :n REMOVE c",
       "The \"REMOVE\" section can only be used once in an update expression;"},
      {"SET a = :q, #q = :n",
       "An expression attribute name used in the document path is not defined; attribute name: #q"},
      {"SET a = #q, b = :n, b = :n",
       "Two document paths overlap with each other; must remove or rewrite one of these paths; "
       "path "
       "one: [b], path two: [b]"},
      {"SET a = :q",
       "An expression attribute value used in expression is not defined; attribute value: :q"},
      {"SET a = b[99999999999]",
       "List index is not within the allowable range; index: [99999999999]"},
      {"SET a = :n ADD b :q SET c = :n",
       "The \"SET\" section can only be used once in an update expression;"},
  };
  for (const Case& c : cases) EXPECT_EQ(error_of(c.text), c.expected) << c.text;
}

TEST(UpdateErrors, PathsMayNotOverlapNorConflict) {
  const std::string overlap =
      "Two document paths overlap with each other; must remove or rewrite one of these paths; ";
  const std::string conflict =
      "Two document paths conflict with each other; must remove or rewrite one of these paths; ";
  EXPECT_EQ(error_of("SET a=:n,a.b=:m"), overlap + "path one: [a], path two: [a, b]");
  EXPECT_EQ(error_of("REMOVE c[0].#three, c[0]"),
            overlap + "path one: [c, [0], [3]], path two: [c, [0]]");
  EXPECT_EQ(error_of("SET d[1] = a, d.b = a, c[1].a = a, c = if_not_exists(a)"),
            overlap + "path one: [c, [1], a], path two: [c]");
  EXPECT_EQ(error_of("REMOVE a.c SET a[1] = b"), conflict + "path one: [a, c], path two: [a, [1]]");
  EXPECT_EQ(error_of("SET c[3].#three = a, c.#three[3] = if_not_exists(a)"),
            conflict + "path one: [c, [3], [3]], path two: [c, [3], [3]]");
  EXPECT_EQ(error_of("SET a[0] = :n, a[1] = :n, b.c = :n, b.d.e = :n, b.d.f = :n"), "");
}

TEST(UpdateErrors, OperandsAreCheckedBeforeAnyItem) {
  const Case cases[] = {
      {"ADD a :s",
       "Incorrect operand type for operator or function; operator: ADD, operand type: "
       "STRING, typeSet: ALLOWED_FOR_ADD_OPERAND"},
      {"DELETE a :n",
       "Incorrect operand type for operator or function; operator: DELETE, operand "
       "type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND"},
      {"ADD a :t",
       "Incorrect operand type for operator or function; operator: ADD, operand type: "
       "BOOLEAN, typeSet: ALLOWED_FOR_ADD_OPERAND"},
      {"SET a = :s + :n",
       "Incorrect operand type for operator or function; operator or function: +, operand type: S"},
      {"SET a = b - :l",
       "Incorrect operand type for operator or function; operator or function: -, operand type: L"},
      {"SET a = list_append(b, :n)",
       "Incorrect operand type for operator or function; operator or "
       "function: list_append, operand type: N"},
      {"SET a = list_append(b)",
       "Incorrect number of operands for operator or function; operator "
       "or function: list_append, number of operands: 1"},
      {"SET a = if_not_exists(:n, b)",
       "Operator or function requires a document path; operator or function: if_not_exists"},
      {"SET a = if_not_exists(b, b)",
       "The first operand must be distinct from the remaining operands for this operator or "
       "function; operator: if_not_exists, first operand: [b]"},
      {"SET a = list_append(b, b)", ""},
      {"SET a = b + b", ""},
      {"SET b=:s+:n ADD a :s",
       "Incorrect operand type for operator or function; operator: ADD, "
       "operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND"},
  };
  for (const Case& c : cases) EXPECT_EQ(error_of(c.text), c.expected) << c.text;
}

TEST(UpdateErrors, HostileNestingIsAnErrorAndNoStackOverflow) {
  std::string nested = "SET a=";
  for (int i = 0; i < 230; ++i) nested += "if_not_exists(a,";
  EXPECT_EQ(error_of(nested + ":n" + std::string(230, ')')), "");
  EXPECT_EQ(error_of("SET a=" + std::string(2000, '(') + ":n" + std::string(2000, ')')),
            "The expression has redundant parentheses;");
  EXPECT_NE(error_of("SET a=" + std::string(100'000, '(')), "");
  std::string sums = "SET a0=:n+:n";
  for (int i = 1; i < 301; ++i) sums += ",a" + std::to_string(i) + "=:n+:n";
  EXPECT_EQ(error_of(sums), "The expression contains too many operators; operator count: 301");
  EXPECT_EQ(error_of("SET a = :n" + std::string(4087, ' ')),
            "Expression size has exceeded the maximum allowed size;");
}

TEST(UpdateSet, ReadsTheOldItem) {
  EXPECT_EQ(changed("SET a = n, n = :n", "a"), R"({"N":"5"})");
  EXPECT_EQ(changed("SET l[0] = l[2], l[2] = l[0]", "l"),
            R"({"L":[{"S":"x"},{"N":"2"},{"N":"1"}]})");
  EXPECT_EQ(changed("SET n = n + :n, s = n", "s"), R"({"N":"5"})");
  EXPECT_EQ(changed("REMOVE m SET a = m.b.c", "a"), R"({"S":"q"})");
}

TEST(UpdateSet, Computes) {
  EXPECT_EQ(changed("SET n = n - :m", "n"), R"({"N":"3"})");
  EXPECT_EQ(changed("SET n = if_not_exists(q, :n) + n", "n"), R"({"N":"6"})");
  EXPECT_EQ(changed("SET a = if_not_exists(q, if_not_exists(r, s))", "a"), R"({"S":"xyz"})");
  EXPECT_EQ(changed("SET a = if_not_exists(n, q)", "a"), R"({"N":"5"})");
  EXPECT_EQ(changed("SET l = list_append(:l, l)", "l"),
            R"({"L":[{"S":"a"},{"N":"1"},{"N":"2"},{"S":"x"}]})");
  EXPECT_EQ(changed("SET a = list_append(l, l)", "a"),
            R"({"L":[{"N":"1"},{"N":"2"},{"S":"x"},{"N":"1"},{"N":"2"},{"S":"x"}]})");
  EXPECT_EQ(changed("SET m.b.d = :map", "m"),
            R"({"M":{"a":{"N":"1"},"b":{"M":{"c":{"S":"q"},"d":{"M":{"k":{"N":"1"}}}}},)"
            R"("l":{"L":[{"S":"i"},{"S":"j"}]}}})");
}

TEST(UpdateSet, PastTheEndOfAListAppendsInTheOrderOfTheIndexes) {
  EXPECT_EQ(changed("SET l[7] = :s, l[5] = :n", "l"),
            R"({"L":[{"N":"1"},{"N":"2"},{"S":"x"},{"N":"1"},{"S":"x"}]})");
  EXPECT_EQ(changed("SET l[3] = :s REMOVE l[0]", "l"), R"({"L":[{"N":"2"},{"S":"x"},{"S":"x"}]})");
  EXPECT_EQ(changed("REMOVE l[0], l[1], l[9]", "l"), R"({"L":[{"S":"x"}]})");
  EXPECT_EQ(changed("SET m.l[1] = :n", "m"),
            R"({"M":{"a":{"N":"1"},"b":{"M":{"c":{"S":"q"}}},"l":{"L":[{"S":"i"},{"N":"1"}]}}})");
}

TEST(UpdateErrors, ValuesThatDoNotFitTheItem) {
  const std::string_view missing =
      "The provided expression refers to an attribute that does not exist in the item";
  const std::string_view type = "An operand in the update expression has an incorrect data type";
  const std::string_view path =
      "The document path provided in the update expression is invalid for update";
  const Case cases[] = {
      {"SET a = q", missing},
      {"SET a = l[3]", missing},
      {"SET a = n + q", missing},
      {"SET a = list_append(l, q)", missing},
      {"SET a = s + :n", type},
      {"SET a = if_not_exists(s, :n) + :n", type},
      {"SET a = list_append(l, n)", type},
      {"ADD s :n", type},
      {"ADD n :ss", type},
      {"ADD ss :ns", type},
      {"DELETE ss :ns", type},
      {"DELETE m.a :ns", type},
      {"SET q.a = :n", path},
      {"SET s.a = :n", path},
      {"SET l.a = :n", path},
      {"SET m[0] = :n", path},
      {"SET l[9].a = :n", path},
      {"REMOVE q.a", path},
      {"REMOVE m.q.c", path},
      {"ADD q.a :n", path},
      {"DELETE q.a :ss", path},
  };
  for (const Case& c : cases) EXPECT_EQ(applied(c.text), c.expected) << c.text;
}

TEST(UpdateRemove, IsSilentWhenOnlyTheLeafOrTheWholeItemIsMissing) {
  EXPECT_EQ(applied("REMOVE m.q, q, l[9]"), json_of(item_of(kItem).view()));
  EXPECT_EQ(applied("REMOVE x.y", R"({"p":{"S":"k"}})", false), R"({"p":{"S":"k"}})");
  EXPECT_EQ(applied("REMOVE x[0] SET a = :n", R"({"p":{"S":"k"}})", false),
            R"({"a":{"N":"1"},"p":{"S":"k"}})");
  EXPECT_EQ(applied("DELETE x.y :ss", R"({"p":{"S":"k"}})", false),
            "The document path provided in the update expression is invalid for update");
  EXPECT_EQ(applied("SET x.y = :n", R"({"p":{"S":"k"}})", false),
            "The document path provided in the update expression is invalid for update");
  EXPECT_EQ(changed("REMOVE m.b.c", "m"),
            R"({"M":{"a":{"N":"1"},"b":{"M":{}},"l":{"L":[{"S":"i"},{"S":"j"}]}}})");
}

TEST(UpdateAddAndDelete, NumbersAndSets) {
  EXPECT_EQ(changed("ADD n :m", "n"), R"({"N":"7"})");
  EXPECT_EQ(changed("ADD q :m", "q"), R"({"N":"2"})");
  EXPECT_EQ(changed("ADD m.q :m", "m"),
            R"({"M":{"a":{"N":"1"},"b":{"M":{"c":{"S":"q"}}},"l":{"L":[{"S":"i"},{"S":"j"}]},)"
            R"("q":{"N":"2"}}})");
  EXPECT_EQ(changed("ADD l[9] :m", "l"), R"({"L":[{"N":"1"},{"N":"2"},{"S":"x"},{"N":"2"}]})");
  EXPECT_EQ(changed("ADD ss :cd", "ss"), R"({"SS":["a","b","c","d"]})");
  EXPECT_EQ(changed("ADD ss :ss", "ss"), R"({"SS":["a","b"]})");
  EXPECT_EQ(changed("DELETE ss :cd", "ss"), R"({"SS":["a","b"]})");
  EXPECT_EQ(changed("DELETE ss :ss", "ss"), "");
  EXPECT_EQ(changed("DELETE q :ss", "q"), "");
}

TEST(UpdateAddAndDelete, ResultsOfArithmeticAreChecked) {
  TestRequest request(R"({":big":{"N":"1e50"},":one":{"N":"1"}})");
  const auto update = Update::parse("SET a = :big + :one", request.substitutions).value();
  EXPECT_EQ(update.apply(item_of("{}").view(), true).error().code, ErrorCode::kValidation);
}

TEST(Update, RefusesToNestTooDeeply) {
  std::string deep = R"({"N":"1"})";
  for (int i = 0; i < 30; ++i) deep = R"({"L":[)" + deep + "]}";
  TestRequest request(R"({":deep":)" + deep + "}");
  const auto fits = Update::parse("SET m.a = :deep", request.substitutions).value();
  EXPECT_TRUE(fits.apply(item_of(kItem).view(), true).has_value());
  const auto too_deep = Update::parse("SET m.b.c = :deep", request.substitutions).value();
  EXPECT_EQ(too_deep.apply(item_of(kItem).view(), true).error().message,
            "Nesting Levels have exceeded supported limits");
}

TEST(Update, UpdatedPartsAreTheLeavesInsideTheirHierarchy) {
  TestRequest request(kValues);
  const auto update =
      Update::parse("SET m.b.c = :n, l[1] = :s REMOVE n, q", request.substitutions).value();
  const model::Item old_item = item_of(kItem);
  const model::Item new_item = update.apply(old_item.view(), true).value();
  EXPECT_EQ(json_of(update.updated_parts(old_item.view())->view()),
            R"({"l":{"L":[{"N":"2"}]},"m":{"M":{"b":{"M":{"c":{"S":"q"}}}}},"n":{"N":"5"}})");
  EXPECT_EQ(json_of(update.updated_parts(new_item.view())->view()),
            R"({"l":{"L":[{"S":"x"}]},"m":{"M":{"b":{"M":{"c":{"N":"1"}}}}}})");
  EXPECT_FALSE(update.updated_parts(item_of("{}").view()).has_value());
}

TEST(Update, KnowsWhetherItOnlyRemoves) {
  auto only_removes = [](std::string_view text) {
    TestRequest request(kValues);
    return Update::parse(text, request.substitutions).value().only_removes();
  };
  EXPECT_TRUE(only_removes("REMOVE a DELETE b :ss"));
  EXPECT_FALSE(only_removes("REMOVE a SET b = :n"));
  EXPECT_FALSE(only_removes("ADD b :n"));
}

TEST(Update, MayNotTouchTheKey) {
  model::KeySchema key;
  key.hash = {{"h", model::AttributeType::kString}};
  key.range = {{"r", model::AttributeType::kString}};
  auto error = [&](std::string_view text) {
    TestRequest request(kValues);
    const auto status = Update::parse(text, request.substitutions).value().check_key(key);
    return status ? std::string() : status.error().message;
  };
  EXPECT_EQ(error("SET a = :n, r.x = :n"),
            "One or more parameter values were invalid: Cannot update attribute r. This attribute "
            "is part of the key");
  EXPECT_NE(error("REMOVE h"), "");
  EXPECT_EQ(error("SET a = h, b.h = r"), "");
}

TEST(Update, TellsWhatIndexKeysMustKnow) {
  TestRequest request(kValues);
  const auto update =
      Update::parse("SET a = :s, b = n + :n, c = d, e = f.g ADD i :ss", request.substitutions)
          .value();
  EXPECT_EQ(update.static_type_of("a"), model::AttributeType::kString);
  EXPECT_EQ(update.static_type_of("b"), model::AttributeType::kNumber);
  EXPECT_EQ(update.static_type_of("c"), std::nullopt);
  EXPECT_EQ(update.static_type_of("i"), model::AttributeType::kStringSet);
  model::KeySchema index;
  index.hash = {{"f", model::AttributeType::kString}};
  EXPECT_EQ(update.first_nested_key_attribute(index), "f");
  index.hash = {{"e", model::AttributeType::kString}};
  EXPECT_EQ(update.first_nested_key_attribute(index), std::nullopt);
}

}  // namespace
}  // namespace parley::expr
