// Generated items of every type and depth against a plain tree of our own: what JSON says, the
// views say, in any order of entries and members; sizes are added up by DynamoDB's rules from the
// tree.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/base64.h"
#include "base/md5.h"
#include "codec/item_json.h"
#include "codec/key_encoding.h"
#include "model/limits.h"

namespace parley::codec {
namespace {

using model::AttributeType;
using model::ValueView;

struct Tree {
  AttributeType type = AttributeType::kNull;
  std::string scalar = {};            // S text, B bytes, N plain text; BOOL "1" or ""
  std::vector<std::string> set = {};  // of the same, in the order given
  std::vector<Tree> list = {};
  std::map<std::string, Tree> map = {};
};

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  int between(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

  std::string text() {
    static const std::vector<std::string> kPieces = {"a",
                                                     "Z",
                                                     "0",
                                                     "\"",
                                                     "\\",
                                                     "\n",
                                                     "é",
                                                     "\x01",
                                                     "\xF0\x9F\x98\x80",
                                                     "/",
                                                     " ",
                                                     "{}",
                                                     "key",
                                                     "0123456789abcdef"};
    std::string text;
    for (int i = between(0, 6); i > 0; --i)
      text += kPieces[static_cast<std::size_t>(between(0, 13))];
    return text;
  }
  std::string bytes() {
    std::string bytes;
    for (int i = between(0, 9); i > 0; --i) bytes.push_back(static_cast<char>(between(0, 255)));
    return bytes;
  }
  /// In plain decimal, as DynamoDB returns it.
  std::string number() {
    std::string digits = std::to_string(between(1, 9));
    for (int i = between(0, 18); i > 0; --i) digits += std::to_string(between(0, 9));
    if (between(0, 9) == 0) return "0";
    if (between(0, 1) == 0) {
      digits += '.' + std::to_string(between(0, 99)) + std::to_string(between(1, 9));
    }
    return (between(0, 1) == 0 ? "-" : "") + digits;
  }
  std::string scalar(AttributeType type) {
    return type == AttributeType::kNumber   ? number()
           : type == AttributeType::kString ? text()
                                            : bytes();
  }
  Tree value(int depth) {
    Tree tree{.type = static_cast<AttributeType>(between(0, depth < 4 ? 9 : 2))};
    switch (tree.type) {
      case AttributeType::kStringSet:
      case AttributeType::kNumberSet:
      case AttributeType::kBinarySet: {
        const auto member_type = static_cast<AttributeType>(static_cast<int>(tree.type) - 3);
        std::set<std::string> members;
        for (int i = between(1, 5); i > 0; --i) members.insert(scalar(member_type));
        tree.set.assign(members.begin(), members.end());
        break;
      }
      case AttributeType::kList:
        for (int i = between(0, 4); i > 0; --i) tree.list.push_back(value(depth + 1));
        break;
      case AttributeType::kMap:
        tree.map = entries(between(0, 4), depth + 1);
        break;
      case AttributeType::kBool:
        tree.scalar = between(0, 1) == 0 ? "" : "1";
        break;
      case AttributeType::kNull:
        break;
      default:
        tree.scalar = scalar(tree.type);
    }
    return tree;
  }
  std::map<std::string, Tree> entries(int count, int depth) {
    std::map<std::string, Tree> entries;
    for (; count > 0; --count) entries["n" + text()] = value(depth);
    return entries;
  }
  template <class Range>
  void shuffle(Range& range) {
    std::ranges::shuffle(range, random_);
  }

 private:
  std::mt19937_64 random_;
};

std::string scalar_json(AttributeType type, const std::string& scalar) {
  std::string json;
  if (type == AttributeType::kBinary) {
    append_base64(json, scalar);
    return '"' + json + '"';
  }
  append_json_string(json, scalar);
  return json;
}

std::string entries_json(const std::map<std::string, Tree>& entries, Generator& generator);

/// Elements of sets and entries of maps come in an order of the generator's choice.
std::string value_json(const Tree& tree, Generator& generator) {
  std::string json;
  const auto join = [&json](const std::vector<std::string>& parts) {
    json += '[';
    for (const auto& part : parts) json += (json.back() == '[' ? "" : ",") + part;
    json += ']';
  };
  switch (tree.type) {
    case AttributeType::kStringSet:
    case AttributeType::kNumberSet:
    case AttributeType::kBinarySet: {
      const auto member_type = static_cast<AttributeType>(static_cast<int>(tree.type) - 3);
      std::vector<std::string> members;
      members.reserve(tree.set.size());
      for (const auto& member : tree.set) members.push_back(scalar_json(member_type, member));
      generator.shuffle(members);
      join(members);
      break;
    }
    case AttributeType::kList: {
      std::vector<std::string> elements;
      elements.reserve(tree.list.size());
      for (const auto& element : tree.list) elements.push_back(value_json(element, generator));
      join(elements);
      break;
    }
    case AttributeType::kMap:
      json = entries_json(tree.map, generator);
      break;
    case AttributeType::kNull:
      json = "true";
      break;
    case AttributeType::kBool:
      json = tree.scalar.empty() ? "false" : "true";
      break;
    default:
      json = scalar_json(tree.type, tree.scalar);
  }
  return "{\"" + std::string(model::wire_name(tree.type)) + "\":" + json + "}";
}

std::string entries_json(const std::map<std::string, Tree>& entries, Generator& generator) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : entries) {
    std::string part;
    append_json_string(part, name);
    parts.push_back(part + ":" + value_json(value, generator));
  }
  generator.shuffle(parts);
  std::string json = "{";
  for (const auto& part : parts) json += (json.size() == 1 ? "" : ",") + part;
  return json + "}";
}

std::size_t scalar_size(AttributeType type, const std::string& scalar) {
  if (type != AttributeType::kNumber) return scalar.size();
  if (scalar == "0") return 1;
  // Pairs of digits aligned to the point, without those that are zero at either end.
  const bool negative = scalar.front() == '-';
  const std::string digits = scalar.substr(negative ? 1 : 0);
  const std::size_t point = std::min(digits.find('.'), digits.size());
  std::string before = digits.substr(0, point);
  std::string after = point < digits.size() ? digits.substr(point + 1) : "";
  if (before.size() % 2 != 0) before.insert(0, "0");
  if (after.size() % 2 != 0) after += '0';
  std::string all = before + after;
  while (all.ends_with("00")) all.resize(all.size() - 2);
  while (all.starts_with("00")) all.erase(0, 2);
  return 1 + all.size() / 2 + (negative ? 1 : 0);
}

std::size_t entries_size(const std::map<std::string, Tree>& entries);

std::size_t value_size(const Tree& tree) {
  std::size_t size = 0;
  switch (tree.type) {
    case AttributeType::kStringSet:
    case AttributeType::kNumberSet:
    case AttributeType::kBinarySet:
      for (const auto& member : tree.set) {
        size += scalar_size(static_cast<AttributeType>(static_cast<int>(tree.type) - 3), member);
      }
      return size;
    case AttributeType::kList:
      for (const auto& element : tree.list) size += 1 + value_size(element);
      return 3 + size;
    case AttributeType::kMap:
      return 3 + tree.map.size() + entries_size(tree.map);
    case AttributeType::kNull:
    case AttributeType::kBool:
      return 1;
    default:
      return scalar_size(tree.type, tree.scalar);
  }
}

std::size_t entries_size(const std::map<std::string, Tree>& entries) {
  std::size_t size = 0;
  for (const auto& [name, value] : entries) size += name.size() + value_size(value);
  return size;
}

std::string scalar_of(AttributeType type, std::string_view bytes) {
  return type == AttributeType::kNumber ? model::Number::decode(bytes).to_text()
                                        : std::string(bytes);
}

void expect_same(const model::MapView& view, const std::map<std::string, Tree>& entries);

void expect_same(ValueView view, const Tree& tree) {
  ASSERT_EQ(view.type(), tree.type);
  switch (tree.type) {
    case AttributeType::kStringSet:
    case AttributeType::kNumberSet:
    case AttributeType::kBinarySet: {
      const auto member_type = static_cast<AttributeType>(static_cast<int>(tree.type) - 3);
      std::set<std::string> members;
      std::string previous;
      for (const std::string_view member : view.set()) {
        EXPECT_TRUE(members.empty() || previous < member);
        previous = member;
        EXPECT_TRUE(view.set().contains(member));
        members.insert(scalar_of(member_type, member));
      }
      EXPECT_EQ(members, std::set<std::string>(tree.set.begin(), tree.set.end()));
      break;
    }
    case AttributeType::kList:
      ASSERT_EQ(view.list().size(), tree.list.size());
      for (std::size_t i = 0; i < tree.list.size(); ++i) {
        expect_same(*view.list().at(i), tree.list[i]);
      }
      break;
    case AttributeType::kMap:
      expect_same(view.map(), tree.map);
      break;
    case AttributeType::kNull:
      break;
    case AttributeType::kBool:
      EXPECT_EQ(view.boolean(), !tree.scalar.empty());
      break;
    default:
      EXPECT_EQ(scalar_of(tree.type, view.scalar_bytes()), tree.scalar);
  }
  EXPECT_EQ(view.size_bytes(), value_size(tree));
}

void expect_same(const model::MapView& view, const std::map<std::string, Tree>& entries) {
  ASSERT_EQ(view.size(), entries.size());
  auto it = entries.begin();
  for (const auto& [name, value] : view) {
    ASSERT_EQ(name, it->first);
    expect_same(value, it->second);
    EXPECT_EQ(view.find(name), value);
    ++it;
  }
}

TEST(ItemGenerated, ViewsSayWhatTheJsonSaidInWhateverOrder) {
  Generator generator(11);
  for (int i = 0; i < 3000; ++i) {
    const auto entries = generator.entries(generator.between(0, i % 100 == 0 ? 60 : 8), 0);
    const std::string json = entries_json(entries, generator);
    const auto item = parse_item(json);
    ASSERT_TRUE(item.has_value()) << json << item.error().message;
    ASSERT_TRUE(model::is_valid_item(item->bytes())) << json;
    expect_same(item->view(), entries);
    ASSERT_FALSE(HasFailure()) << json;
    ASSERT_EQ(item->view().size_bytes(), entries_size(entries)) << json;

    const auto reordered = parse_item(entries_json(entries, generator));
    ASSERT_EQ(reordered->bytes(), item->bytes()) << json;
    std::string written;
    append_json(written, item->view());
    ASSERT_EQ(parse_item(written)->bytes(), item->bytes()) << written;
  }
}

TEST(ItemGenerated, ADamagedByteMakesAnInvalidItemOrAnotherOneThatIsStillReadable) {
  Generator generator(12);
  int invalid = 0;
  for (int i = 0; i < 3000; ++i) {
    const auto entries = generator.entries(generator.between(1, 5), 0);
    std::string bytes = parse_item(entries_json(entries, generator))->bytes();
    const auto at =
        static_cast<std::size_t>(generator.between(0, static_cast<int>(bytes.size()) - 1));
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << generator.between(0, 7)));
    if (!model::is_valid_item(bytes)) {
      ++invalid;
      continue;
    }
    std::string written;
    append_json(written, model::ItemView(bytes));
    ASSERT_EQ(parse_item(written)->bytes(), bytes);
  }
  EXPECT_GT(invalid, 500);
}

/// The bytes by which DynamoDB hashes a number, from its stored ones.
std::string as_hashed(std::string encoded) {
  for (std::size_t i = 1; i < encoded.size(); ++i) {
    encoded[i] = encoded[i] == '\xFF' ? 'f' : static_cast<char>(encoded[i] + 1);
  }
  return encoded;
}

TEST(KeyGenerated, IndexKeysOrderByTheirRangeAttributesAndThenByTheBaseKeysHash) {
  Generator generator(13);
  model::Table table;
  table.key = {.hash = {{"pk", AttributeType::kBinary}}, .range = {{"sk", AttributeType::kNumber}}};
  model::SecondaryIndex index;
  index.key = {.hash = {{"h"}}, .range = {{"r", AttributeType::kBinary}, {"s"}}};
  struct Entry {
    std::string key;
    std::vector<std::string> order;  // bytes of r, s, the base key's hash, pk, sk
  };
  std::vector<Entry> entries;
  for (int i = 0; i < 400; ++i) {
    // Short strings of few letters, zero bytes among them, so that prefixes are shared.
    const auto letters = [&] {
      std::string bytes;
      for (int n = generator.between(0, 3); n > 0; --n) {
        bytes.push_back("\x00\x01\xFF"[static_cast<std::size_t>(generator.between(0, 2))]);
      }
      return bytes;
    };
    const std::string r = letters();
    const std::string s = generator.text();
    const std::string pk = "p" + letters();
    const std::string sk = generator.number();
    const std::map<std::string, Tree> item = {
        {"h", {.type = AttributeType::kString, .scalar = "one"}},
        {"r", {.type = AttributeType::kBinary, .scalar = r}},
        {"s", {.type = AttributeType::kString, .scalar = s}},
        {"pk", {.type = AttributeType::kBinary, .scalar = pk}},
        {"sk", {.type = AttributeType::kNumber, .scalar = sk}}};
    const auto stored = parse_item(entries_json(item, generator)).value();
    std::string sk_bytes;
    model::Number::parse(sk).value().append_encoded(sk_bytes);
    const std::string hashed = "Outliers" + pk + as_hashed(sk_bytes);
    const Md5Digest digest = md5(hashed);
    const std::string base_hash(digest.begin(), digest.begin() + 8);
    entries.push_back(
        {index_key(table, index, stored.view()).value(), {r, s, base_hash, pk, sk_bytes}});
  }
  for (const Entry& left : entries) {
    for (const Entry& right : entries) {
      ASSERT_EQ(left.key < right.key, left.order < right.order);
      ASSERT_EQ(left.key == right.key, left.order == right.order);
    }
  }
}

}  // namespace
}  // namespace parley::codec
