// The endpoints of the founding document's application, in its shapes, so that its front end works.
#include <fmt/format.h>

#include <ranges>

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

// As the original.
constexpr std::size_t kPageLimit = 20;

std::string original_message_json(const Message& message) {
  return fmt::format(R"({{"uuid":{},"display_name":{},"handle":{},"message":{},"created_at":{}}})",
                     json_string(message.id), json_string(message.sender.display_name),
                     json_string(message.sender.handle), json_string(message.text),
                     json_string(message.sort_key));
}

std::string original_group_json(const ConversationView& view) {
  const Person other = view.other.value_or(Person{.display_name = view.title});
  const std::string& at = view.last_message_at.empty() ? view.created_at : view.last_message_at;
  return fmt::format(R"({{"uuid":{},"display_name":{},"handle":{},"message":{},"created_at":{}}})",
                     json_string(view.id), json_string(other.display_name),
                     json_string(other.handle), json_string(view.last_text), json_string(at));
}

Result<net::HttpReply> send_to(Call& call, std::string_view conversation, const std::string& text) {
  const Sent sent = PARLEY_TRY(call.app.messages.send(call.asker, conversation, {.text = text}));
  const Message& message = sent.message;
  return json_reply(
      200,
      fmt::format(
          R"({{"message_group_uuid":{},"uuid":{},"display_name":{},"handle":{},"message":{},"created_at":{}}})",
          json_string(conversation), json_string(message.id),
          json_string(message.sender.display_name), json_string(message.sender.handle),
          json_string(message.text), json_string(message.sort_key)));
}

}  // namespace

Result<net::HttpReply> original_message_groups(Call& call) {
  const ConversationPage page = PARLEY_TRY(call.app.conversations.list(call.asker, kPageLimit, ""));
  std::vector<std::string> items;
  items.reserve(page.items.size());
  for (const ConversationView& view : page.items) items.push_back(original_group_json(view));
  return json_reply(200, json_array(items));
}

// The newest messages, the oldest of them first; as the original, which knows no deleted ones. Its
// front end has no other way to say that a conversation was read than to ask for it.
Result<net::HttpReply> original_messages(Call& call) {
  const std::string id = PARLEY_TRY(checked_id(call.parameters[0], RefusalReason::kNotAMember));
  const HistoryPage page = PARLEY_TRY(call.app.messages.history(call.asker, id, {}, kPageLimit));
  std::vector<std::string> items;
  items.reserve(page.items.size());
  for (const Message& message : std::views::reverse(page.items)) {
    if (message.deleted_at.empty()) items.push_back(original_message_json(message));
  }
  if (!page.items.empty()) {
    static_cast<void>(
        PARLEY_TRY(call.app.conversations.mark_read(call.asker, id, page.items.front().sort_key)));
  }
  return json_reply(200, json_array(items));
}

Result<net::HttpReply> original_create_message(Call& call) {
  const JsonBody body = PARLEY_TRY(JsonBody::parse(call.request.body));
  const auto conversation = PARLEY_TRY(body.optional_text("message_group_uuid"));
  const auto handle = PARLEY_TRY(body.optional_text("handle"));
  const std::string text = PARLEY_TRY(body.optional_text("message")).value_or("");
  // Of several faults the original tells the message's. And nothing is made for one that is none.
  PARLEY_TRY(check_message_text(text, call.app.domain.settings.message_characters_max));
  if (conversation) {
    if (conversation->empty()) return refuse(RefusalReason::kConversationBlank);
    const std::string id = PARLEY_TRY(checked_id(*conversation, RefusalReason::kNotAMember));
    return send_to(call, id, text);
  }
  if (handle.value_or("").empty()) return refuse(RefusalReason::kReceiverBlank);
  const Person receiver = PARLEY_TRY(call.app.people.by_handle(*handle));
  const Made made = PARLEY_TRY(call.app.conversations.open_direct(call.asker, receiver.id));
  PARLEY_TRY(call.app.messages.send(call.asker, made.id, {.text = text}));
  return json_reply(200, fmt::format(R"({{"message_group_uuid":{}}})", json_string(made.id)));
}

Result<net::HttpReply> original_user_short(Call& call) {
  const std::string& handle = call.parameters[0];
  if (!handle.starts_with('@')) return refuse(RefusalReason::kNoSuchPerson);
  const Person person = PARLEY_TRY(call.app.people.by_handle(std::string_view(handle).substr(1)));
  return json_reply(
      200, fmt::format(R"({{"uuid":{},"handle":{},"display_name":{}}})", json_string(person.id),
                       json_string(person.handle), json_string(person.display_name)));
}

Result<net::HttpReply> original_counter(Call& call) {
  const UnreadTotal total = PARLEY_TRY(call.app.conversations.unread(call.asker));
  return json_reply(200, std::to_string(total.messages));
}

}  // namespace parley::messaging
