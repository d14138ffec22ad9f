// ListTables: names in ascending order, at most 100 a page.
// Source: …/APIReference/API_ListTables.html
#include <string>
#include <vector>

#include "api/input.h"
#include "api/json_object.h"
#include "api/operations.h"
#include "api/table_shapes.h"
#include "codec/item_json.h"

namespace parley::api {
namespace {

constexpr std::int64_t kTablesPerPageMax = 100;

constexpr Shape kLimit = integer(1, kTablesPerPageMax);
constexpr Member kMembers[] = {{"Limit", &kLimit}, {"ExclusiveStartTableName", &kIndexNameShape}};

}  // namespace

constinit const Shape kListTablesInput = structure("ListTablesInput", kMembers);

Result<OperationReply> list_tables(OperationContext& context, const simdjson::dom::object& input,
                                   std::string& out) {
  const auto limit =
      static_cast<std::size_t>(find_integer(input, "Limit").value_or(kTablesPerPageMax));
  const std::string_view start = find_string(input, "ExclusiveStartTableName").value_or("");
  std::vector<std::string> names = context.database.list_tables(start, limit + 1);
  const bool more = names.size() > limit;
  if (more) names.pop_back();
  ObjectWriter reply(out);
  reply.member("TableNames");
  out += '[';
  for (const std::string& name : names) {
    if (out.back() != '[') out += ',';
    codec::append_json_string(out, name);
  }
  out += ']';
  if (more) {
    reply.member("LastEvaluatedTableName");
    codec::append_json_string(out, names.back());
  }
  reply.finish();
  return OperationReply{};
}

}  // namespace parley::api
