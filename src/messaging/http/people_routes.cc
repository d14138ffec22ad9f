// Oneself and other people.
#include <fmt/format.h>

#include "messaging/domain/view_json.h"
#include "messaging/http/app.h"
#include "messaging/http/handlers.h"
#include "messaging/http/ids.h"
#include "messaging/http/json_body.h"
#include "messaging/refusal.h"

namespace parley::messaging {

Result<net::HttpReply> get_me(Call& call) {
  return json_reply(200, profile_json(PARLEY_TRY(call.app.people.profile(call.asker))));
}

Result<net::HttpReply> change_me(Call& call) {
  const JsonBody body = PARLEY_TRY(JsonBody::parse(call.request.body, {"handle", "display_name"}));
  const auto handle = PARLEY_TRY(body.optional_text("handle"));
  const auto display_name = PARLEY_TRY(body.optional_text("display_name"));
  if (handle && handle->empty()) return refuse(RefusalReason::kHandleInvalid);
  if (display_name && display_name->empty()) {
    return refuse(RefusalReason::kInvalidInput, "\"display_name\" must not be empty");
  }
  return json_reply(200, profile_json(PARLEY_TRY(call.app.people.rename(
                             call.asker, handle.value_or(""), display_name.value_or("")))));
}

Result<net::HttpReply> erase_me(Call& call) {
  PARLEY_TRY(call.app.account.begin_erasure(call.asker));
  call.app.hub.disconnect(call.asker);
  // What is left undone here is done by the next start, or the next erasure.
  const Status completed = call.app.account.complete_erasures();
  if (!completed && call.app.log) call.app.log("erasure: " + completed.error().message);
  return json_reply(202, R"({"erased":true})");
}

Result<net::HttpReply> export_me(Call& call) {
  std::string document;
  PARLEY_TRY(call.app.account.export_to(call.asker,
                                        [&](std::string_view piece) { document.append(piece); }));
  net::HttpReply reply = json_reply(200, std::move(document));
  reply.headers.emplace_back("Content-Disposition", "attachment; filename=\"parley-export.json\"");
  return reply;
}

Result<net::HttpReply> get_unread(Call& call) {
  const UnreadTotal total = PARLEY_TRY(call.app.conversations.unread(call.asker));
  return json_reply(200, fmt::format(R"({{"conversations":{},"messages":{}}})", total.conversations,
                                     total.messages));
}

Result<net::HttpReply> get_user(Call& call) {
  return json_reply(200, person_json(PARLEY_TRY(call.app.people.by_handle(call.parameters[0]))));
}

Result<net::HttpReply> list_blocks(Call& call) {
  std::vector<std::string> people;
  for (const Person& person : PARLEY_TRY(call.app.people.blocked(call.asker))) {
    people.push_back(person_json(person));
  }
  return json_reply(200, R"({"items":)" + json_array(people) + "}");
}

Result<net::HttpReply> block_user(Call& call) {
  const auto user = PARLEY_TRY(checked_id(call.parameters[0], RefusalReason::kNoSuchPerson));
  PARLEY_TRY(call.app.people.block(call.asker, user));
  return empty_reply();
}

Result<net::HttpReply> unblock_user(Call& call) {
  const auto user = PARLEY_TRY(checked_id(call.parameters[0], RefusalReason::kNoSuchPerson));
  PARLEY_TRY(call.app.people.unblock(call.asker, user));
  return empty_reply();
}

}  // namespace parley::messaging
