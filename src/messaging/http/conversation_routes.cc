// Conversations: the list, making one, what a member sets for themselves.
#include <fmt/format.h>

#include <algorithm>

#include "messaging/domain/sender.h"
#include "messaging/domain/view_json.h"
#include "messaging/http/app.h"
#include "messaging/http/handlers.h"
#include "messaging/http/ids.h"
#include "messaging/http/json_body.h"
#include "messaging/http/message_input.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

constexpr std::string_view kScope = "conversations";
// People who are invited when a group is made; more are invited one by one.
constexpr std::size_t kHandlesMax = 100;

Result<std::string> conversation_id(const Call& call) {
  return checked_id(call.parameters[0], RefusalReason::kNotAMember);
}

Result<net::HttpReply> conversation_reply(Call& call, int status, std::string_view id) {
  return json_reply(status,
                    conversation_json(PARLEY_TRY(call.app.conversations.get(call.asker, id))));
}

Result<std::string> person_id(Call& call, std::string_view handle) {
  if (handle.empty()) return refuse(RefusalReason::kReceiverBlank);
  return PARLEY_TRY(call.app.people.by_handle(handle)).id;
}

/// `client_token`: of the message that comes with it; empty if there is none.
Result<Made> make(Call& call, const JsonBody& body, const std::string& client_token) {
  const std::string kind = PARLEY_TRY(body.text("kind"));
  if (kind == "direct") {
    PARLEY_TRY(body.has_only({"kind", "handle", "message"}));
    const std::string handle = PARLEY_TRY(body.text("handle"));
    const std::string other = PARLEY_TRY(person_id(call, handle));
    return call.app.conversations.open_direct(call.asker, other);
  }
  if (kind != "group") {
    return refuse(RefusalReason::kInvalidInput, R"("kind" must be "direct" or "group")");
  }
  PARLEY_TRY(body.has_only({"kind", "title", "handles", "message"}));
  const std::string title = PARLEY_TRY(body.text("title"));
  std::vector<std::string> others;
  for (const std::string& handle : PARLEY_TRY(body.texts("handles", kHandlesMax))) {
    others.push_back(PARLEY_TRY(person_id(call, handle)));
  }
  if (!client_token.empty()) {
    // The request has come before: it is not another group that is wanted.
    auto known = PARLEY_TRY(call.app.messages.conversation_of_token(call.asker, client_token));
    if (known) return Made{.id = *std::move(known), .was_there = true};
  }
  return call.app.conversations.make_group(call.asker, title, others);
}

}  // namespace

Result<net::HttpReply> list_conversations(Call& call) {
  const std::size_t limit = PARLEY_TRY(call.limit());
  const auto cursor = PARLEY_TRY(call.query("cursor"));
  const std::string from =
      PARLEY_TRY(call.app.cursors.open(call.asker, kScope, cursor.value_or("")));
  const JsonPage page = PARLEY_TRY(call.app.conversations.list_json(call.asker, limit, from));
  return page_reply(call, kScope, page.items, page.older);
}

Result<net::HttpReply> make_conversation(Call& call) {
  const JsonBody body = PARLEY_TRY(JsonBody::parse(call.request.body));
  const auto message_body = PARLEY_TRY(body.optional_object("message"));
  std::optional<NewMessage> message;
  if (message_body) {
    message = PARLEY_TRY(new_message(*message_body));
    PARLEY_TRY(check_message_text(
        message->text,
        call.app.domain.settings.message_characters_max));  // before anything is made
  }
  const Made made = PARLEY_TRY(make(call, body, message ? message->client_token : ""));
  if (message) PARLEY_TRY(call.app.messages.send(call.asker, made.id, *message));
  return conversation_reply(call, made.was_there ? 200 : 201, made.id);
}

Result<net::HttpReply> get_conversation(Call& call) {
  return conversation_reply(call, 200, PARLEY_TRY(conversation_id(call)));
}

Result<net::HttpReply> rename_conversation(Call& call) {
  const std::string id = PARLEY_TRY(conversation_id(call));
  const JsonBody body = PARLEY_TRY(JsonBody::parse(call.request.body, {"title"}));
  const std::string title = PARLEY_TRY(body.text("title"));
  PARLEY_TRY(call.app.conversations.rename(call.asker, id, title));
  return conversation_reply(call, 200, id);
}

Result<net::HttpReply> change_settings(Call& call) {
  const std::string id = PARLEY_TRY(conversation_id(call));
  const JsonBody body = PARLEY_TRY(JsonBody::parse(call.request.body, {"muted"}));
  const bool muted = PARLEY_TRY(body.flag("muted"));
  PARLEY_TRY(call.app.conversations.set_muted(call.asker, id, muted));
  return conversation_reply(call, 200, id);
}

Result<net::HttpReply> mark_read(Call& call) {
  const std::string id = PARLEY_TRY(conversation_id(call));
  const JsonBody body = PARLEY_TRY(JsonBody::parse(call.request.body, {"message_id"}));
  const std::string given = PARLEY_TRY(body.text("message_id"));
  const auto message_id = PARLEY_TRY(checked_id(given, RefusalReason::kNoSuchMessage));
  const Message message = PARLEY_TRY(call.app.messages.get(call.asker, id, message_id));
  const long unread =
      PARLEY_TRY(call.app.conversations.mark_read(call.asker, id, message.sort_key));
  const MemberItem member = PARLEY_TRY(call.app.conversations.membership(call.asker, id));
  // The cache may not know yet what another process has marked.
  const std::string last_read = std::max(member.last_read_sk, canonical_time(message.sort_key));
  return json_reply(200, fmt::format(R"({{"unread":{},"last_read_at":{}}})", unread,
                                     json_string(shown_time(last_read))));
}

Result<net::HttpReply> set_typing(Call& call) {
  const std::string id = PARLEY_TRY(conversation_id(call));
  const JsonBody body = PARLEY_TRY(JsonBody::parse(call.request.body, {"typing"}));
  const bool typing = PARLEY_TRY(body.flag("typing"));
  if (typing) {
    PARLEY_TRY(checked_sender(call.app.domain, call.asker, id));
  } else {
    PARLEY_TRY(call.app.conversations.membership(call.asker, id));
  }
  call.app.hub.typing(call.asker, id, typing);
  return empty_reply();
}

}  // namespace parley::messaging
