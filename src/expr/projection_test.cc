#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "expr/expr.h"
#include "expr/test_request.h"

namespace parley::expr {
namespace {

constexpr std::string_view kItem = R"({
  "a":{"M":{"b":{"N":"1"},"c":{"L":[{"S":"x"},{"M":{"d":{"S":"y"},"e":{"S":"z"}}}]}}},
  "l":{"L":[{"N":"0"},{"N":"1"},{"N":"2"}]}, "s":{"S":"t"}, "x.y":{"S":"dotted"}})";

std::string projected(std::string_view text) {
  TestRequest request("{}", {{"#xy", "x.y"}, {"#r", "abort"}});
  const auto projection = Projection::parse(text, request.substitutions);
  if (!projection) return projection.error().message;
  std::string bytes;
  projection->project(item_of(kItem).view(), bytes);
  EXPECT_TRUE(model::is_valid_item(bytes)) << text;
  return json_of(model::ItemView(bytes));
}

TEST(Projection, KeepsTheHierarchyAndClosesUpLists) {
  EXPECT_EQ(projected("s, #xy"), R"({"s":{"S":"t"},"x.y":{"S":"dotted"}})");
  EXPECT_EQ(projected("l[2], l[0], l[7]"), R"({"l":{"L":[{"N":"0"},{"N":"2"}]}})");
  EXPECT_EQ(projected("a.c[1].e, a.b"),
            R"({"a":{"M":{"b":{"N":"1"},"c":{"L":[{"M":{"e":{"S":"z"}}}]}}}})");
  EXPECT_EQ(projected("a.c[1]"),
            R"({"a":{"M":{"c":{"L":[{"M":{"d":{"S":"y"},"e":{"S":"z"}}}]}}}})");
}

TEST(Projection, OfNothingThatIsThereIsTheEmptyItem) {
  for (const std::string_view text :
       {"q", "#r", "a.q", "a[0]", "l.x", "l[9]", "s.x", "s[0]", "a.c[1].q", "a.c[0].q"}) {
    EXPECT_EQ(projected(text), "{}") << text;
  }
}

TEST(Projection, Errors) {
  const std::string prefix = "Invalid ProjectionExpression: ";
  EXPECT_EQ(projected(""), prefix + "The expression can not be empty;");
  EXPECT_EQ(projected("a,"), prefix + R"(Syntax error; token: "<EOF>", near: ",")");
  EXPECT_EQ(projected("a b"), prefix + R"(Syntax error; token: "b", near: "a b")");
  EXPECT_EQ(projected("size(a)"), prefix + R"(Syntax error; token: "(", near: "size(a")");
  EXPECT_EQ(projected("a.abort"),
            prefix + "Attribute name is a reserved keyword; reserved keyword: abort");
  EXPECT_EQ(projected("#q"), prefix +
                                 "An expression attribute name used in the document path is not "
                                 "defined; attribute name: #q");
  EXPECT_EQ(projected("a, l, a.b"),
            prefix +
                "Two document paths overlap with each other; must remove or rewrite one of these "
                "paths; path one: [a], path two: [a, b]");
  EXPECT_EQ(projected("a[0], a.b"),
            prefix +
                "Two document paths conflict with each other; must remove or rewrite one of these "
                "paths; path one: [a, [0]], path two: [a, b]");
  EXPECT_EQ(projected("a" + std::string(4096, ' ')),
            prefix + "Expression size has exceeded the maximum allowed size;");
}

TEST(Projection, FromAttributeNamesTakesThemLiterally) {
  const std::vector<std::string_view> names = {"x.y", "s", "abort"};
  const auto projection = Projection::from_attribute_names(names).value();
  std::string bytes;
  projection.project(item_of(kItem).view(), bytes);
  EXPECT_EQ(json_of(model::ItemView(bytes)), R"({"s":{"S":"t"},"x.y":{"S":"dotted"}})");
  const std::string too_long(65'536, 'a');
  EXPECT_EQ(Projection::from_attribute_names({too_long}).error().message,
            "Attribute name is too large, must be less than 65536 bytes");
  EXPECT_EQ(Projection::from_attribute_names({"a", ""}).error().message, "Empty attribute name");
  EXPECT_EQ(Projection::from_attribute_names({"a", "b", "a"}).error().message,
            "One or more parameter values were invalid: Duplicate value in attribute name: a");
}

TEST(Projection, NamesWhatItReads) {
  TestRequest request;
  const auto projection = Projection::parse("b.c, a, b.d[1]", request.substitutions).value();
  EXPECT_EQ(projection.attribute_names(), (std::vector<std::string_view>{"a", "b"}));
  model::KeySchema key;
  key.hash = {{"a", model::AttributeType::kString}};
  EXPECT_EQ(projection.first_nested_key_attribute(key), std::nullopt);
  key.range = {{"b", model::AttributeType::kString}};
  EXPECT_EQ(projection.first_nested_key_attribute(key), "b");
}

TEST(Projection, WideMapsKeepTheirCountCanonical) {
  std::string item = "{";
  std::string text;
  for (int i = 0; i < 300; ++i) {
    const std::string name = "a" + std::to_string(i);
    item += (i > 0 ? ",\"" : "\"") + name + R"(":{"N":"1"})";
    text += (i > 0 ? "," : "") + name;
  }
  item += "}";
  TestRequest request;
  const auto projection = Projection::parse(text, request.substitutions).value();
  const model::Item whole = item_of(item);
  std::string bytes;
  projection.project(whole.view(), bytes);
  EXPECT_EQ(bytes, whole.bytes());
}

}  // namespace
}  // namespace parley::expr
