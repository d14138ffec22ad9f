#include "messaging/http/message_input.h"

#include "messaging/domain/message_text.h"
#include "messaging/http/ids.h"
#include "messaging/refusal.h"

namespace parley::messaging {

Result<NewMessage> new_message(const JsonBody& body) {
  NewMessage message;
  message.text = PARLEY_TRY(body.text("text"));
  message.client_token = PARLEY_TRY(body.optional_text("client_token")).value_or("");
  message.reply_to = PARLEY_TRY(body.optional_text("reply_to")).value_or("");
  if (!message.reply_to.empty()) {
    PARLEY_TRY(checked_id(message.reply_to, RefusalReason::kNoSuchMessage));
  }
  return message;
}

Status check_message_text(const DomainSettings& settings, std::string_view text) {
  if (is_blank(text)) return refuse(RefusalReason::kMessageBlank);
  const auto characters = count_characters(text);
  if (!characters || *characters > settings.message_characters_max) {
    return refuse(RefusalReason::kMessageTooLong);
  }
  return {};
}

}  // namespace parley::messaging
