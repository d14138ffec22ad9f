#include "engine/test_database.h"

#include "codec/item_json.h"
#include "storage/memory/memory_store.h"

namespace parley::engine {
namespace {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto at = text.find(separator);
    parts.emplace_back(text.substr(0, at));
    text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  }
  return parts;
}

std::vector<model::KeyAttribute> attributes_of(std::string_view text) {
  std::vector<model::KeyAttribute> attributes;
  for (const auto& part : split(text, ',')) {
    const auto colon = part.find(':');
    attributes.push_back(
        {part.substr(0, colon), model::parse_attribute_type(part.substr(colon + 1)).value()});
  }
  return attributes;
}

model::KeySchema key_of(std::string_view text) {
  const auto bar = text.find('|');
  if (bar != std::string_view::npos) {
    return {attributes_of(text.substr(0, bar)), attributes_of(text.substr(bar + 1))};
  }
  auto hash = attributes_of(text);
  std::vector<model::KeyAttribute> range(hash.begin() + 1, hash.end());
  hash.resize(1);
  return {std::move(hash), std::move(range)};
}

void define(model::Table& table, const model::KeySchema& key) {
  for (const auto* const attributes : {&key.hash, &key.range}) {
    for (const auto& attribute : *attributes) {
      bool is_known = false;
      for (const auto& known : table.attributes) is_known |= known.name == attribute.name;
      if (!is_known) table.attributes.push_back({attribute.name, attribute.type});
    }
  }
}

}  // namespace

Status SharedStore::write(const storage::WriteBatch& batch, storage::Sync sync) {
  return store_->write(batch, sync);
}
Result<bool> SharedStore::get(std::string_view key, std::string& value,
                              const storage::Snapshot* snapshot) const {
  return store_->get(key, value, snapshot);
}
std::unique_ptr<storage::Iterator> SharedStore::scan(const storage::KeyRange& range,
                                                     storage::Direction direction,
                                                     const storage::Snapshot* snapshot) const {
  return store_->scan(range, direction, snapshot);
}
std::unique_ptr<storage::Snapshot> SharedStore::snapshot() const {
  return store_->snapshot();
}
Status SharedStore::flush() {
  return store_->flush();
}

void JsonSink::item(const model::ItemView& item) {
  items.push_back(json_of(item));
}

TestDatabase::TestDatabase() : store_(storage::make_memory_store()) {
  reopen();
}

void TestDatabase::reopen() {
  database_.reset();
  database_ = Database::open(std::make_unique<SharedStore>(store_), {}, clock_, random_).value();
}

expr::Substitutions& TestDatabase::substitutions(const TestExpressions& expressions) {
  auto& bindings = bindings_.emplace_back();
  bindings.names = expressions.names;
  bindings.values = item_of(expressions.values);
  for (const auto& [placeholder, name] : bindings.names) {
    bindings.substitutions.add_name(placeholder, name).value();
  }
  for (const auto& entry : bindings.values.view()) {
    bindings.substitutions.add_value(entry.name, entry.value).value();
  }
  return bindings.substitutions;
}

PutItem TestDatabase::put_request(std::string_view table, std::string_view item,
                                  const TestExpressions& expressions) {
  PutItem request{std::string(table), item_of(item), {}, true};
  if (!expressions.condition.empty()) {
    request.condition = expr::Condition::parse(expr::ExpressionKind::kConditionExpression,
                                               expressions.condition, substitutions(expressions))
                            .value();
  }
  return request;
}

UpdateItem TestDatabase::update_request(std::string_view table, std::string_view key,
                                        const TestExpressions& expressions) {
  UpdateItem request{std::string(table), item_of(key), {}, {}, true};
  auto& bound = substitutions(expressions);
  if (!expressions.update.empty()) {
    request.update = expr::Update::parse(expressions.update, bound).value();
  }
  if (!expressions.condition.empty()) {
    request.condition = expr::Condition::parse(expr::ExpressionKind::kConditionExpression,
                                               expressions.condition, bound)
                            .value();
  }
  return request;
}

DeleteItem TestDatabase::delete_request(std::string_view table, std::string_view key,
                                        const TestExpressions& expressions) {
  auto put = put_request(table, key, expressions);
  return {std::move(put.table), std::move(put.item), std::move(put.condition), true};
}

ConditionCheck TestDatabase::check_request(std::string_view table, std::string_view key,
                                           const TestExpressions& expressions) {
  auto put = put_request(table, key, expressions);
  return {std::move(put.table), std::move(put.item), std::move(put.condition), true};
}

ReadPage TestDatabase::page_request(std::string_view table, const TestExpressions& expressions) {
  ReadPage page;
  page.table = table;
  auto& bound = substitutions(expressions);
  if (!expressions.filter.empty()) {
    page.filter =
        expr::Condition::parse(expr::ExpressionKind::kFilterExpression, expressions.filter, bound)
            .value();
  }
  if (!expressions.projection.empty()) {
    page.projection = expr::Projection::parse(expressions.projection, bound).value();
  }
  return page;
}

expr::KeyCondition TestDatabase::key_condition(const TestExpressions& expressions) {
  return expr::KeyCondition::parse(expressions.key_condition, substitutions(expressions)).value();
}

Result<WriteOutcome> TestDatabase::committed(Result<WriteOutcome> outcome) {
  if (outcome) PARLEY_TRY(database_->commits().wait(outcome->ticket));
  return outcome;
}

Result<WriteOutcome> TestDatabase::put(std::string_view table, std::string_view item,
                                       const TestExpressions& expressions) {
  return committed(database_->put_item(put_request(table, item, expressions)));
}
Result<WriteOutcome> TestDatabase::update(std::string_view table, std::string_view key,
                                          const TestExpressions& expressions) {
  return committed(database_->update_item(update_request(table, key, expressions)));
}
Result<WriteOutcome> TestDatabase::erase(std::string_view table, std::string_view key,
                                         const TestExpressions& expressions) {
  return committed(database_->delete_item(delete_request(table, key, expressions)));
}

Result<TransactWriteOutcome> TestDatabase::transact(std::vector<TransactWriteItem> items,
                                                    std::string token, std::uint64_t fingerprint) {
  auto outcome = database_->transact_write({std::move(items), std::move(token), fingerprint, 0});
  if (outcome) PARLEY_TRY(database_->commits().wait(outcome->ticket));
  return outcome;
}

Result<std::string> TestDatabase::get(std::string_view table, std::string_view key) {
  const auto outcome = PARLEY_TRY(database_->get_item({std::string(table), item_of(key), true}));
  return outcome.item ? json_of(outcome.item->view()) : std::string();
}

model::Item item_of(std::string_view json) {
  return codec::parse_item(json).value();
}

std::string json_of(const model::MapView& item) {
  std::string json;
  codec::append_json(json, item);
  return json;
}

model::Table test_table(std::string_view name, std::string_view key) {
  model::Table table;
  table.name = name;
  table.key = key_of(key);
  table.billing_mode = model::BillingMode::kPayPerRequest;
  define(table, table.key);
  return table;
}

model::SecondaryIndex test_index(model::IndexKind kind, std::string_view name, std::string_view key,
                                 std::string_view projection) {
  model::SecondaryIndex index;
  index.name = name;
  index.kind = kind;
  index.key = key_of(key);
  if (projection == "KEYS_ONLY") {
    index.projection.type = model::ProjectionType::kKeysOnly;
  } else if (projection != "ALL") {
    index.projection = {model::ProjectionType::kInclude, split(projection, ',')};
  }
  return index;
}

void add_index(model::Table& table, model::IndexKind kind, std::string_view name,
               std::string_view key, std::string_view projection) {
  auto index = test_index(kind, name, key, projection);
  define(table, index.key);
  (kind == model::IndexKind::kLocal ? table.local_indexes : table.global_indexes)
      .push_back(std::move(index));
}

}  // namespace parley::engine
