// Thousands of random writes on random tables, against the plainest model there is: a map from key
// to item for each table. Every read path must agree with the map, and every index with its table.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "engine/consistency_check.h"
#include "engine/test_database.h"

namespace parley::engine {
namespace {

using Attributes = std::map<std::string, std::string>;  // name to the value's JSON
using Items = std::map<std::string, Attributes>;        // by the key's JSON

std::string json(const Attributes& attributes) {
  std::string text = "{";
  for (const auto& [name, value] : attributes) {
    text += fmt::format("{}\"{}\":{}", text.size() > 1 ? "," : "", name, value);
  }
  return text + "}";
}

struct ModelIndex {
  std::string name;
  std::vector<std::string> keys;       // HASH and RANGE attributes
  std::vector<std::string> projected;  // of INCLUDE and KEYS_ONLY; empty is ALL
  bool is_all = true;
};

struct ModelTable {
  std::string name;
  std::vector<std::string> keys;
  std::vector<ModelIndex> indexes;
  Items items;

  [[nodiscard]] Attributes key_of(const Attributes& item) const {
    Attributes key;
    for (const auto& attribute : keys) key[attribute] = item.at(attribute);
    return key;
  }

  /// What the index holds, as JSON, sorted.
  [[nodiscard]] std::vector<std::string> entries(const ModelIndex& index) const {
    std::vector<std::string> found;
    for (const auto& [key, item] : items) {
      const auto has = [&](const std::string& attribute) { return item.contains(attribute); };
      if (!std::ranges::all_of(index.keys, has)) continue;
      Attributes entry;
      for (const auto& attribute : item) {
        const auto is_in = [&](const std::vector<std::string>& names) {
          return std::ranges::find(names, attribute.first) != names.end();
        };
        if (index.is_all || is_in(keys) || is_in(index.keys) || is_in(index.projected)) {
          entry.insert(attribute);
        }
      }
      found.push_back(json(entry));
    }
    std::ranges::sort(found);
    return found;
  }
};

class RandomDatabase {
 public:
  explicit RandomDatabase(std::uint32_t seed) : random_(seed) {
    for (int i = 0; i < 3; ++i) make_table(i);
  }

  void run(int steps) {
    for (int step = 0; step < steps; ++step) {
      switch (random(8)) {
        case 0:
          write_batch();
          break;
        case 1:
          transact();
          break;
        case 2:
          erase(pick_table());
          break;
        case 3:
        case 4:
          update(pick_table());
          break;
        default:
          put(pick_table());
          break;
      }
      if (step % 200 == 199) check();
      if (step % 500 == 250) change_indexes();
      if (step % 1000 == 999) database_.reopen();
      if (testing::Test::HasFailure()) return;
    }
  }

 private:
  std::size_t random(std::size_t below) { return random_() % below; }
  bool chance(std::size_t one_in) { return random(one_in) == 0; }
  ModelTable& pick_table() { return tables_[random(tables_.size())]; }

  // Few values, so that keys meet; some with zero bytes and unequal lengths.
  std::string string_value() {
    static constexpr const char* kValues[] = {"a", "b", "ab", "a\\u0000", "a\\u0000b", "é", "zz"};
    return fmt::format(R"({{"S":"{}"}})", kValues[random(std::size(kValues))]);
  }
  std::string number_value() {
    static constexpr const char* kValues[] = {"0", "1", "-1", "10", "2", "-0.5", "1234567890"};
    return fmt::format(R"({{"N":"{}"}})", kValues[random(std::size(kValues))]);
  }

  void make_table(int number) {
    const bool has_range = number != 0;
    ModelTable model{fmt::format("t{}", number), {"p"}, {}, {}};
    if (has_range) model.keys.emplace_back("n");
    auto table = test_table(model.name, has_range ? "p:S,n:N" : "p:S");
    if (has_range) {
      add(table, model, model::IndexKind::kLocal, "local", "p:S,s:S", {"p", "s"}, "KEYS_ONLY");
      add(table, model, model::IndexKind::kLocal, "local_all", "p:S,m:N", {"p", "m"}, "ALL");
    }
    add(table, model, model::IndexKind::kGlobal, "by_s", "s:S", {"s"}, "x");
    add(table, model, model::IndexKind::kGlobal, "multi", "s:S,m:N|r:S,p:S", {"s", "m", "r", "p"},
        "ALL");
    database_->create_table(table).value();
    tables_.push_back(std::move(model));
  }

  static void add(model::Table& table, ModelTable& model, model::IndexKind kind,
                  std::string_view name, std::string_view key, std::vector<std::string> keys,
                  std::string_view projection) {
    add_index(table, kind, name, key, projection);
    ModelIndex index{std::string(name), std::move(keys), {}, projection == "ALL"};
    if (projection == "x") index.projected = {"x"};
    model.indexes.push_back(std::move(index));
  }

  Attributes key(const ModelTable& table) {
    Attributes key;
    for (const auto& name : table.keys) key[name] = name == "p" ? string_value() : number_value();
    return key;
  }
  Attributes item(const ModelTable& table) {
    auto item = key(table);
    for (const auto* name : {"s", "r"}) {
      if (!chance(3)) item[name] = string_value();
    }
    if (!chance(3)) item["m"] = number_value();
    for (const auto* name : {"x", "y"}) {
      if (chance(2)) item[name] = string_value();
    }
    return item;
  }

  void put(ModelTable& table) {
    const auto added = item(table);
    const auto outcome = database_.put(table.name, json(added));
    ASSERT_EQ(message_of(outcome), "");
    check_old(table, added, *outcome);
    table.items[json(table.key_of(added))] = added;
  }

  void erase(ModelTable& table) {
    const auto gone = key(table);
    const auto outcome = database_.erase(table.name, json(gone));
    ASSERT_EQ(message_of(outcome), "");
    check_old(table, gone, *outcome);
    table.items.erase(json(gone));
  }

  static void check_old(const ModelTable& table, const Attributes& item,
                        const WriteOutcome& outcome) {
    const auto known = table.items.find(json(table.key_of(item)));
    EXPECT_EQ(outcome.old_item ? json_of(outcome.old_item->view()) : "",
              known == table.items.end() ? "" : json(known->second));
  }

  /// An update: what it sets, what it removes, and what that makes of the item.
  struct Change {
    Attributes key;
    TestExpressions expressions;
    bool creates = false;
    std::map<std::string, std::string> set;  // name to JSON, empty to remove
  };
  Change change(const ModelTable& table) {
    Change change{key(table), {}, false, {}};
    const auto source = item(table);
    std::string set;
    std::string remove;
    std::string values;
    for (const auto* name : {"s", "r", "m", "x"}) {
      if (chance(2)) continue;
      if (source.contains(name)) {
        set += fmt::format("{}{} = :{}", set.empty() ? "SET " : ", ", name, name);
        values += fmt::format("{}\":{}\":{}", values.empty() ? "" : ",", name, source.at(name));
        change.set[name] = source.at(name);
      } else {
        remove += fmt::format("{}{}", remove.empty() ? " REMOVE " : ", ", name);
        change.set[name] = "";
      }
    }
    change.creates = !set.empty() || remove.empty();
    change.expressions.update = set + remove;
    change.expressions.values = "{" + values + "}";
    return change;
  }
  static void apply(ModelTable& table, const Change& change) {
    const auto name = json(change.key);
    if (!table.items.contains(name) && !change.creates) return;
    auto& item = table.items.try_emplace(name, change.key).first->second;
    for (const auto& [attribute, value] : change.set) {
      if (value.empty()) {
        item.erase(attribute);
      } else {
        item[attribute] = value;
      }
    }
  }

  void update(ModelTable& table) {
    const auto made = change(table);
    const auto outcome = database_.update(table.name, json(made.key), made.expressions);
    ASSERT_EQ(message_of(outcome), "") << made.expressions.update;
    apply(table, made);
    const auto known = table.items.find(json(made.key));
    EXPECT_EQ(outcome->new_item ? json_of(outcome->new_item->view()) : "",
              known == table.items.end() ? "" : json(known->second));
  }

  void write_batch() {
    auto& table = pick_table();
    std::vector<std::variant<PutItem, DeleteItem>> requests;
    std::map<std::string, Attributes> puts;
    std::vector<std::string> erased;
    for (std::size_t i = random(5) + 1; i > 0; --i) {
      const auto added = item(table);
      const auto name = json(table.key_of(added));
      if (puts.contains(name) || std::ranges::find(erased, name) != erased.end()) continue;
      if (chance(3)) {
        requests.emplace_back(database_.delete_request(table.name, name));
        erased.push_back(name);
      } else {
        requests.emplace_back(database_.put_request(table.name, json(added)));
        puts[name] = added;
      }
    }
    ASSERT_EQ(message_of(database_->batch_write(requests)), "");
    for (const auto& [name, added] : puts) table.items[name] = added;
    for (const auto& name : erased) table.items.erase(name);
  }

  void transact() {
    std::vector<TransactWriteItem> requests;
    auto after = tables_;
    std::vector<std::string> used;
    bool is_fine = true;
    for (std::size_t i = random(4) + 1; i > 0; --i) {
      auto& table = after[random(after.size())];
      const auto added = item(table);
      const auto name = json(table.key_of(added));
      if (std::ranges::find(used, table.name + name) != used.end()) continue;
      used.push_back(table.name + name);
      const bool exists = table.items.contains(name);
      if (chance(4)) {
        requests.emplace_back(
            database_.check_request(table.name, name, {.condition = "attribute_exists(p)"}));
        is_fine = is_fine && exists;
      } else if (chance(3)) {
        requests.emplace_back(database_.delete_request(table.name, name));
        table.items.erase(name);
      } else {
        const bool conditional = chance(3);
        requests.emplace_back(database_.put_request(
            table.name, json(added), {.condition = conditional ? "attribute_not_exists(p)" : ""}));
        is_fine = is_fine && !(conditional && exists);
        table.items[name] = added;
      }
    }
    const auto outcome = database_.transact(std::move(requests));
    ASSERT_EQ(outcome.has_value(), is_fine) << message_of(outcome);
    if (is_fine) tables_ = std::move(after);
  }

  /// Takes one global index away and gives it back under another name.
  void change_indexes() {
    auto& table = pick_table();
    auto& index = table.indexes.back();
    TableUpdate update;
    update.table = table.name;
    update.index_updates.push_back({GlobalIndexUpdate::Kind::kDelete, {}});
    update.index_updates[0].index.name = index.name;
    ASSERT_EQ(message_of(database_->update_table(update)), "");
    for (int i = 0; i < 20; ++i) put(table);
    index.name += "_";
    update.index_updates[0] = {
        GlobalIndexUpdate::Kind::kCreate,
        test_index(model::IndexKind::kGlobal, index.name, "s:S,m:N|r:S,p:S", "ALL")};
    for (const auto* const name : {"s", "r"}) {
      update.attributes.push_back({name, model::AttributeType::kString});
    }
    update.attributes.push_back({"m", model::AttributeType::kNumber});
    ASSERT_EQ(message_of(database_->update_table(update)), "");
  }

  // --- checks
  // --------------------------------------------------------------------------------------

  void check() {
    ASSERT_EQ(message_of(verify_indexes(*database_)), "");
    for (const auto& table : tables_) {
      std::vector<std::string> whole;
      for (const auto& [name, item] : table.items) {
        whole.push_back(json(item));
        ASSERT_EQ(database_.get(table.name, name).value(), json(item));
      }
      std::ranges::sort(whole);
      check_scan(table, "", whole);
      check_queries(table, nullptr, whole);
      for (const auto& index : table.indexes) {
        const auto entries = table.entries(index);
        check_scan(table, index.name, entries);
        check_queries(table, &index, entries);
      }
    }
  }

  /// Reads all pages of the scan, in segments.
  void check_scan(const ModelTable& table, const std::string& index,
                  const std::vector<std::string>& wanted) {
    JsonSink sink;
    Scan request;
    request.page.table = table.name;
    if (!index.empty()) request.page.index = index;
    request.total_segments = static_cast<std::uint32_t>(random(3) + 1);
    for (request.segment = 0; request.segment < request.total_segments; ++request.segment) {
      request.page.exclusive_start_key.reset();
      read_pages(request.page, [&] { return database_->scan(request, sink); });
    }
    std::ranges::sort(sink.items);
    EXPECT_EQ(sink.items, wanted) << table.name << " " << index;
  }

  template <class Read>
  void read_pages(ReadPage& page, Read read) {
    do {
      page.limit = static_cast<std::uint32_t>(random(5) + 1);
      auto outcome = read();
      ASSERT_EQ(message_of(outcome), "");
      page.exclusive_start_key = std::move(outcome->last_evaluated_key);
    } while (page.exclusive_start_key);
  }

  /// Queries every item collection, in both directions; together they must give everything.
  void check_queries(const ModelTable& table, const ModelIndex* index,
                     const std::vector<std::string>& wanted) {
    const bool is_multi = index != nullptr && index->name.starts_with("multi");
    const std::string hash =
        index == nullptr || index->name.starts_with("local") ? "p" : index->keys[0];
    std::map<std::string, std::vector<std::string>> collections;  // by condition and values
    for (const auto& entry : wanted) {
      const auto item = item_of(entry);
      std::string values = value_json(item, hash);
      if (is_multi) values += R"(,":m":)" + value_json(item, "m");
      collections[R"({":h":)" + values + "}"].push_back(entry);
    }
    for (auto& [values, entries] : collections) {
      const TestExpressions expressions = {
          .values = values, .key_condition = hash + " = :h" + (is_multi ? " AND m = :m" : "")};
      JsonSink forward;
      JsonSink backward;
      for (auto* const sink : {&forward, &backward}) {
        Query request{database_.page_request(table.name, expressions),
                      database_.key_condition(expressions), sink == &forward};
        if (index != nullptr) request.page.index = index->name;
        read_pages(request.page, [&] { return database_->query(request, *sink); });
      }
      check_order(table, index, forward.items);
      std::ranges::reverse(backward.items);
      EXPECT_EQ(forward.items, backward.items);
      std::ranges::sort(forward.items);
      EXPECT_EQ(forward.items, entries) << table.name << " " << (index ? index->name : "");
    }
  }

  static std::string value_json(const model::Item& item, const std::string& name) {
    const auto text = json_of(item.view());
    const auto start = text.find("\"" + name + "\":") + name.size() + 3;
    return text.substr(start, text.find('}', start) + 1 - start);
  }

  /// The items of one collection come in the order of their range attributes.
  static void check_order(const ModelTable& table, const ModelIndex* index,
                          const std::vector<std::string>& items) {
    std::vector<std::string> range;
    if (index == nullptr) {
      range.assign(table.keys.begin() + 1, table.keys.end());
    } else if (index->name.starts_with("multi")) {
      range = {"r", "p"};
    } else {
      range.assign(index->keys.begin() + 1, index->keys.end());
    }
    for (std::size_t i = 1; i < items.size(); ++i) {
      const auto before = item_of(items[i - 1]);
      const auto after = item_of(items[i]);
      for (const auto& name : range) {
        const auto order =
            model::compare_scalars(*before.view().find(name), *after.view().find(name));
        EXPECT_TRUE(order <= 0) << items[i - 1] << items[i];
        if (order < 0) break;
      }
    }
  }

  std::mt19937 random_;
  TestDatabase database_;
  std::vector<ModelTable> tables_;
};

TEST(RandomWrites, EveryReadAgreesWithAPlainMap) {
  for (std::uint32_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(seed);
    RandomDatabase(seed).run(2'000);
  }
}

}  // namespace
}  // namespace parley::engine
