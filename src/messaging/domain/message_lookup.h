// Finding one message of a conversation by its id, and telling which messages are past their time.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "messaging/domain/domain.h"
#include "messaging/domain/items.h"
#include "messaging/domain/table_calls.h"

namespace parley::messaging {

[[nodiscard]] ItemKey message_key(std::string_view conversation, std::string_view sort_key);

/// The message, unless its ttl is over: the database takes up to two days to delete it.
/// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
[[nodiscard]] std::optional<Message> living_message_of(const simdjson::dom::element& item,
                                                       TimestampMicros now);

/// Read consistently: by the key that the id tells; of another program's version 7 ids those whose
/// time is within a few seconds of the message's, of any other id by looking through the whole
/// conversation. Refuses kNoSuchMessage.
[[nodiscard]] Result<Message> find_message(Domain& domain, std::string_view conversation,
                                           std::string_view id);

/// The time of the conversation's newest message, in Parley's form, as the table has it now; META
/// learns of it later, from the trigger. Empty: there is none.
[[nodiscard]] Result<std::string> newest_message_time(Domain& domain,
                                                      std::string_view conversation);

}  // namespace parley::messaging
