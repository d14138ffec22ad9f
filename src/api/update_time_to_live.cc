// UpdateTimeToLive: the attribute that says when an item expires.
// Source: …/APIReference/API_UpdateTimeToLive.html
#include "api/common_shapes.h"
#include "api/input.h"
#include "api/json_object.h"
#include "api/operations.h"
#include "api/table_lookup.h"
#include "api/table_shapes.h"
#include "codec/item_json.h"

namespace parley::api {
namespace {

constexpr Member kSpecificationMembers[] = {
    {"AttributeName", &kAttributeNameShape, Presence::kRequired},
    {"Enabled", &kBooleanShape, Presence::kRequired}};
constexpr Shape kSpecification = structure("TimeToLiveSpecification", kSpecificationMembers);
constexpr Member kMembers[] = {{"TableName", &kTableNameShape, Presence::kParameter},
                               {"TimeToLiveSpecification", &kSpecification, Presence::kRequired}};

}  // namespace

constinit const Shape kUpdateTimeToLiveInput = structure("UpdateTimeToLiveInput", kMembers);

Result<OperationReply> update_time_to_live(OperationContext& context,
                                           const simdjson::dom::object& input, std::string& out) {
  const auto table = string_member(input, "TableName");
  const auto specification = object_member(input, "TimeToLiveSpecification");
  const bool enabled = find_boolean(specification, "Enabled").value_or(false);
  const auto attribute = string_member(specification, "AttributeName");
  PARLEY_TRY(context.database.update_time_to_live(table, enabled, attribute));
  ObjectWriter reply(out);
  reply.member("TimeToLiveSpecification");
  ObjectWriter echo(out);
  echo.member("Enabled");
  out += enabled ? "true" : "false";
  echo.member("AttributeName");
  codec::append_json_string(out, attribute);
  echo.finish();
  reply.finish();
  return OperationReply{};
}

}  // namespace parley::api
