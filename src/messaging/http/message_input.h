// A new message as requests have it.
#pragma once

#include <string_view>

#include "base/result.h"
#include "messaging/domain/domain.h"
#include "messaging/domain/messages.h"
#include "messaging/http/json_body.h"

namespace parley::messaging {

/// `{text, client_token?, reply_to?}`. Refuses kInvalidInput; what a text may be is the domain's to
/// say.
[[nodiscard]] Result<NewMessage> new_message(const JsonBody& body);

/// What Messages::send would refuse of a text, for whoever makes something else first.
[[nodiscard]] Status check_message_text(const DomainSettings& settings, std::string_view text);

}  // namespace parley::messaging
