#include "messaging/http/message_input.h"

#include <utility>

#include "messaging/http/ids.h"
#include "messaging/refusal.h"

namespace parley::messaging {

Result<NewMessage> new_message(const JsonBody& body) {
  PARLEY_TRY(body.has_only({"text", "client_token", "reply_to"}));
  NewMessage message;
  message.text = PARLEY_TRY(body.text("text"));
  auto token = PARLEY_TRY(body.optional_text("client_token"));
  if (token && token->empty()) {
    return refuse(RefusalReason::kInvalidInput, R"("client_token" must not be empty)");
  }
  message.client_token = std::move(token).value_or("");
  message.reply_to = PARLEY_TRY(body.optional_text("reply_to")).value_or("");
  if (!message.reply_to.empty()) {
    PARLEY_TRY(checked_id(message.reply_to, RefusalReason::kNoSuchMessage));
  }
  return message;
}

}  // namespace parley::messaging
