// Who is in a conversation.
#include "messaging/domain/view_json.h"
#include "messaging/http/app.h"
#include "messaging/http/handlers.h"
#include "messaging/http/ids.h"
#include "messaging/http/json_body.h"
#include "messaging/refusal.h"

namespace parley::messaging {
namespace {

struct MemberPath {
  std::string conversation;
  std::string user;
};

Result<MemberPath> member_path(const Call& call) {
  MemberPath path;
  path.conversation = PARLEY_TRY(checked_id(call.parameters[0], RefusalReason::kNotAMember));
  path.user = PARLEY_TRY(checked_id(call.parameters[1], RefusalReason::kNoSuchPerson));
  return path;
}

std::string json_of(const Call& call, const MemberView& member) {
  return member_json(member, call.app.hub.is_online(member.person.id));
}

}  // namespace

Result<net::HttpReply> list_members(Call& call) {
  const std::string id = PARLEY_TRY(checked_id(call.parameters[0], RefusalReason::kNotAMember));
  const std::size_t limit = PARLEY_TRY(call.limit());
  const auto cursor = PARLEY_TRY(call.query("cursor"));
  const std::string scope = "members/" + id;
  const std::string from =
      PARLEY_TRY(call.app.cursors.open(call.asker, scope, cursor.value_or("")));
  const MemberPage page = PARLEY_TRY(call.app.conversations.members(call.asker, id, limit, from));
  std::vector<std::string> items;
  items.reserve(page.items.size());
  for (const MemberView& member : page.items) items.push_back(json_of(call, member));
  return page_reply(call, scope, json_array(items), page.next);
}

Result<net::HttpReply> invite_member(Call& call) {
  const std::string id = PARLEY_TRY(checked_id(call.parameters[0], RefusalReason::kNotAMember));
  const JsonBody body = PARLEY_TRY(JsonBody::parse(call.request.body, {"handle"}));
  const std::string handle = PARLEY_TRY(body.text("handle"));
  // Before anybody is looked up: who is no member learns nothing.
  PARLEY_TRY(call.app.conversations.membership(call.asker, id));
  const Person person = PARLEY_TRY(call.app.people.by_handle(handle));
  return json_reply(
      201, json_of(call, PARLEY_TRY(call.app.conversations.invite(call.asker, id, person.id))));
}

Result<net::HttpReply> change_member(Call& call) {
  const MemberPath path = PARLEY_TRY(member_path(call));
  const JsonBody body = PARLEY_TRY(JsonBody::parse(call.request.body, {"role"}));
  const std::string role = PARLEY_TRY(body.text("role"));
  if (role != "owner" && role != "member") {
    return refuse(RefusalReason::kInvalidInput, R"("role" must be "owner" or "member")");
  }
  return json_reply(
      200, json_of(call, PARLEY_TRY(call.app.conversations.set_role(
                             call.asker, path.conversation, path.user,
                             role == "owner" ? MemberRole::kOwner : MemberRole::kMember))));
}

Result<net::HttpReply> remove_member(Call& call) {
  const MemberPath path = PARLEY_TRY(member_path(call));
  PARLEY_TRY(call.app.conversations.remove(call.asker, path.conversation, path.user));
  return empty_reply();
}

}  // namespace parley::messaging
