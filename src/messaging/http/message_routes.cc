// Messages: history, sending, and what may be done to one.
#include <fmt/format.h>

#include "messaging/domain/view_json.h"
#include "messaging/http/app.h"
#include "messaging/http/handlers.h"
#include "messaging/http/ids.h"
#include "messaging/http/json_body.h"
#include "messaging/http/message_input.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

struct MessagePath {
  std::string conversation;
  std::string message;
};

Result<MessagePath> message_path(const Call& call) {
  MessagePath path;
  path.conversation = PARLEY_TRY(checked_id(call.parameters[0], RefusalReason::kNotAMember));
  path.message = PARLEY_TRY(checked_id(call.parameters[1], RefusalReason::kNoSuchMessage));
  return path;
}

std::string json_for(const Call& call, const Message& message) {
  return message_json(message, message.sender.id == call.asker);
}

Result<HistoryFrom> history_from(const Call& call, std::string_view scope) {
  const auto older = PARLEY_TRY(call.query("older"));
  const auto newer = PARLEY_TRY(call.query("newer"));
  if (older && newer) {
    return refuse(RefusalReason::kInvalidInput, "Either older or newer, not both");
  }
  HistoryFrom from;
  if (older) from.older_than = PARLEY_TRY(call.app.cursors.open(call.asker, scope, *older));
  if (newer) from.newer_than = PARLEY_TRY(call.app.cursors.open(call.asker, scope, *newer));
  return from;
}

}  // namespace

Result<net::HttpReply> list_messages(Call& call) {
  const std::string id = PARLEY_TRY(checked_id(call.parameters[0], RefusalReason::kNotAMember));
  const std::size_t limit = PARLEY_TRY(call.limit());
  const std::string scope = "messages/" + id;
  const HistoryFrom from = PARLEY_TRY(history_from(call, scope));
  const JsonPage page = PARLEY_TRY(call.app.messages.history_json(call.asker, id, from, limit));
  const auto cursor = [&](std::string_view name, std::string_view place) {
    if (place.empty()) return std::string();
    return fmt::format(R"(,"{}":{})", name,
                       json_string(call.app.cursors.seal(call.asker, scope, place)));
  };
  return json_reply(
      200, fmt::format(R"({{"items":{}{}{}}})",
                       page.own_items.empty() ? page.items : std::string_view(page.own_items),
                       cursor("older", page.older), cursor("newer", page.newer)));
}

Result<net::HttpReply> send_message(Call& call) {
  const std::string id = PARLEY_TRY(checked_id(call.parameters[0], RefusalReason::kNotAMember));
  const JsonBody body = PARLEY_TRY(JsonBody::parse(call.request.body));
  const NewMessage message = PARLEY_TRY(new_message(body));
  const Sent sent = PARLEY_TRY(call.app.messages.send(call.asker, id, message));
  return json_reply(sent.was_there ? 200 : 201, json_for(call, sent.message));
}

Result<net::HttpReply> get_message(Call& call) {
  const MessagePath path = PARLEY_TRY(message_path(call));
  return json_reply(200, json_for(call, PARLEY_TRY(call.app.messages.get(
                                            call.asker, path.conversation, path.message))));
}

Result<net::HttpReply> edit_message(Call& call) {
  const MessagePath path = PARLEY_TRY(message_path(call));
  const JsonBody body = PARLEY_TRY(JsonBody::parse(call.request.body, {"text"}));
  const std::string text = PARLEY_TRY(body.text("text"));
  return json_reply(200, json_for(call, PARLEY_TRY(call.app.messages.edit(
                                            call.asker, path.conversation, path.message, text))));
}

Result<net::HttpReply> delete_message(Call& call) {
  const MessagePath path = PARLEY_TRY(message_path(call));
  return json_reply(200, json_for(call, PARLEY_TRY(call.app.messages.remove(
                                            call.asker, path.conversation, path.message))));
}

Result<net::HttpReply> add_reaction(Call& call) {
  const MessagePath path = PARLEY_TRY(message_path(call));
  return json_reply(
      200, json_for(call, PARLEY_TRY(call.app.messages.react(call.asker, path.conversation,
                                                             path.message, call.parameters[2]))));
}

Result<net::HttpReply> remove_reaction(Call& call) {
  const MessagePath path = PARLEY_TRY(message_path(call));
  return json_reply(
      200, json_for(call, PARLEY_TRY(call.app.messages.unreact(call.asker, path.conversation,
                                                               path.message, call.parameters[2]))));
}

}  // namespace parley::messaging
