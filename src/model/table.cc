#include "model/table.h"

#include <algorithm>

namespace parley::model {
namespace {

const SecondaryIndex* find_by_name(const std::vector<SecondaryIndex>& indexes,
                                   std::string_view name) {
  const auto found = std::ranges::find(indexes, name, &SecondaryIndex::name);
  return found == indexes.end() ? nullptr : &*found;
}

}  // namespace

bool KeySchema::contains(std::string_view name) const {
  const auto is_named = [name](const KeyAttribute& attribute) { return attribute.name == name; };
  return std::ranges::any_of(hash, is_named) || std::ranges::any_of(range, is_named);
}

const SecondaryIndex* Table::find_index(std::string_view index_name) const {
  const SecondaryIndex* local = find_by_name(local_indexes, index_name);
  return local != nullptr ? local : find_by_name(global_indexes, index_name);
}

std::string table_arn(const Realm& realm, std::string_view table_name) {
  std::string arn = "arn:aws:dynamodb:";
  arn.append(realm.region).append(1, ':').append(realm.account).append(":table/");
  return arn.append(table_name);
}

std::string index_arn(const Realm& realm, std::string_view table_name,
                      std::string_view index_name) {
  return table_arn(realm, table_name).append("/index/").append(index_name);
}

std::string stream_arn(const Realm& realm, std::string_view table_name, std::string_view label) {
  return table_arn(realm, table_name).append("/stream/").append(label);
}

}  // namespace parley::model
