#include "api/table_lookup.h"

#include <fmt/format.h>

namespace parley::api {

std::string_view table_name_of(std::string_view name_or_arn) {
  constexpr std::string_view kTable = ":table/";
  if (!name_or_arn.starts_with("arn:")) return name_or_arn;
  const std::size_t table = name_or_arn.find(kTable);
  if (table == std::string_view::npos) return name_or_arn;
  return name_or_arn.substr(table + kTable.size());
}

Result<engine::TableSnapshot> find_named_table(engine::Database& database,
                                               std::string_view name_or_arn) {
  auto table = database.find_table(name_or_arn);
  if (!table) return std::unexpected(named_table_error(std::move(table).error(), name_or_arn));
  return table;
}

Error named_table_error(Error error, std::string_view name_or_arn) {
  constexpr std::string_view kNotFound = "Requested resource not found";
  if (error.code == ErrorCode::kResourceNotFound && error.message == kNotFound) {
    error.message = fmt::format("{}: Table: {} not found", kNotFound, table_name_of(name_or_arn));
  }
  return error;
}

}  // namespace parley::api
