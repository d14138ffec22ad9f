// A new message as requests have it.
#pragma once

#include "base/result.h"
#include "messaging/domain/messages.h"
#include "messaging/http/json_body.h"

namespace parley::messaging {

/// `{text, client_token?, reply_to?}`. Refuses kInvalidInput; what a text may be is the domain's to
/// say.
[[nodiscard]] Result<NewMessage> new_message(const JsonBody& body);

}  // namespace parley::messaging
