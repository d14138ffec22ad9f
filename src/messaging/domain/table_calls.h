// TableCalls: reading and changing single items of the messaging table, as every part of the domain
// does it: the keys spelled, a failed condition told from a failed call, the cache told of each
// write.
//
// A write whose reply is lost may have happened, and a client of the database that then sends it
// again sees its own first write: a failed condition says "it is not so", never "somebody else was
// first". Whoever puts on condition that nothing is there has to look whose it is.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "messaging/domain/domain.h"

namespace parley::messaging {

struct ItemKey {
  std::string pk;
  std::string sk;
};

/// `prefix` and `rest` together: `key_of(kMessagePrefix, conversation)`.
[[nodiscard]] std::string key_of(std::string_view prefix, std::string_view rest);

/// The names ("#r") and values (":u") that an expression mentions. A name may be given only once.
class Parameters {
 public:
  Parameters& name(std::string_view placeholder, std::string_view attribute);
  Parameters& text(std::string_view placeholder, std::string_view value);
  Parameters& number(std::string_view placeholder, std::int64_t value);
  Parameters& flag(std::string_view placeholder, bool value);
  /// A string set of one.
  Parameters& set_of(std::string_view placeholder, std::string_view value);
  /// Both as members of a request, each after a comma; nothing where there is none.
  [[nodiscard]] std::string json() const;

 private:
  void add(std::string& list, std::string_view placeholder, std::string_view json);

  std::string names_ = {};
  std::string values_ = {};
};

/// An UpdateItem, or of a PutItem and DeleteItem the condition.
struct ItemChange {
  std::string update = {};     // "SET a = :a"; of UpdateItem alone
  std::string condition = {};  // empty: none
  Parameters parameters = {};
};

/// Of a call both of whose answers are fine: a write whose condition may fail, a look at what may
/// not be there.
[[nodiscard]] inline Status attempted(const Result<bool>& outcome) {
  if (!outcome) return std::unexpected(outcome.error());
  return {};
}

/// Thread-safe; borrows the domain. Errors of all calls: the database's.
class TableCalls {
 public:
  explicit TableCalls(Domain& domain) : domain_(domain) {}

  /// Reads the item consistently and hands it over; false: there is none.
  [[nodiscard]] Result<bool> visit(
      const ItemKey& key, const std::function<void(const simdjson::dom::element&)>& visitor);
  /// The item as `reader` (message_of, …) sees it; none if there is none.
  template <class Value>
  [[nodiscard]] Result<std::optional<Value>> get(
      const ItemKey& key, std::optional<Value> (*reader)(const simdjson::dom::element&)) {
    std::optional<Value> value;
    static_cast<void>(
        PARLEY_TRY(visit(key, [&](const simdjson::dom::element& item) { value = reader(item); })));
    return value;
  }
  [[nodiscard]] Result<bool> exists(const ItemKey& key);

  /// Writes a whole item (JSON) of the collection `pk`. False: the condition did not hold.
  [[nodiscard]] Result<bool> put(std::string_view pk, std::string_view item,
                                 const ItemChange& change = {});
  /// The same of an item whose changes other collections are told of too (domain.h).
  [[nodiscard]] Result<bool> put(const ItemKey& key, std::string_view item,
                                 const ItemChange& change = {});
  /// False: the condition did not hold.
  [[nodiscard]] Result<bool> update(const ItemKey& key, const ItemChange& change);
  /// The item as it then is; none: the condition did not hold.
  template <class Value>
  [[nodiscard]] Result<std::optional<Value>> updated(
      const ItemKey& key, const ItemChange& change,
      std::optional<Value> (*reader)(const simdjson::dom::element&)) {
    std::optional<Value> value;
    PARLEY_TRY(attempted(update_and_visit(
        key, change, [&](const simdjson::dom::element& item) { value = reader(item); })));
    return value;
  }
  /// False: the condition did not hold. Deleting what is not there is true, without a condition.
  [[nodiscard]] Result<bool> erase(const ItemKey& key, const ItemChange& change = {});

  /// Visits the items of a collection in the order of their sort keys, read consistently, until
  /// `visitor` returns false. `filter` (a FilterExpression) may be empty; ":pk" is taken.
  [[nodiscard]] Status for_each(std::string_view pk,
                                const std::function<bool(const simdjson::dom::element&)>& visitor,
                                std::string_view filter = {}, Parameters parameters = {});

  /// Database::call, again after a pause where a transaction on the item is ongoing.
  [[nodiscard]] Result<std::string> call(std::string_view operation, std::string_view input);
  /// `"TableName":…`
  [[nodiscard]] std::string table() const;

 private:
  [[nodiscard]] Result<bool> update_and_visit(
      const ItemKey& key, const ItemChange& change,
      const std::function<void(const simdjson::dom::element&)>& visitor);
  /// Tells the cache of the change of an item that is read as part of other collections (domain.h).
  void list_changed(const ItemKey& key);
  /// A write's reply; none: the condition did not hold.
  [[nodiscard]] Result<std::optional<std::string>> write(std::string_view collection,
                                                         std::string_view operation,
                                                         std::string_view input);

  Domain& domain_;
};

}  // namespace parley::messaging
