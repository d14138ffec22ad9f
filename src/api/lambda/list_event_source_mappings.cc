// ListEventSourceMappings: in order of their UUIDs, at most 100 a page, all or those of a stream or
// a function. Source: lambda/latest/api/API_ListEventSourceMappings.html
#include "api/lambda/function_name.h"
#include "api/lambda/json_members.h"
#include "api/lambda/mapping_json.h"
#include "api/lambda/page.h"
#include "api/lambda/routes.h"

namespace parley::api {
namespace {

constexpr std::size_t kMappingsPerPageMax = 100;

}  // namespace

Result<LambdaReply> list_event_source_mappings(const LambdaCall& call) {
  const LambdaPage page = PARLEY_TRY(read_page(call, kMappingsPerPageMax));
  const std::string_view stream_arn = call.query_parameter("EventSourceArn").value_or("");
  std::string function_name;
  if (const auto text = call.query_parameter("FunctionName"); text && !text->empty()) {
    const auto reference = parse_function_reference(*text);
    if (!reference) return std::unexpected(resolve_function(call, *text, std::nullopt).error());
    function_name = reference->name;
  }
  LambdaReply reply;
  JsonMembers members(reply.body);
  members.name("EventSourceMappings");
  reply.body += '[';
  std::size_t count = 0;
  std::string last;
  bool more = false;
  for (const trigger::Mapping& mapping :
       call.context.parts.mappings.list(stream_arn, function_name)) {
    if (!page.after.empty() && mapping.uuid <= page.after) continue;
    more = count == page.items_max;
    if (more) break;
    if (count++ > 0) reply.body += ',';
    append_mapping(reply.body, mapping, call.context.parts.realm);
    last = mapping.uuid;
  }
  reply.body += ']';
  if (more) members.text("NextMarker", make_marker(last));
  members.finish();
  return reply;
}

}  // namespace parley::api
