// The domain's values as JSON for people, in the shapes of docs/messaging-api.md.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "messaging/domain/conversations.h"
#include "messaging/domain/items.h"
#include "messaging/domain/people.h"

namespace parley::messaging {

/// "2026-11-22T18:20:33.000123Z" of a stored time; a text that is no time as it is.
[[nodiscard]] std::string shown_time(std::string_view stored);

[[nodiscard]] std::string person_json(const Person& person);
[[nodiscard]] std::string profile_json(const Profile& profile);
/// The same for every reader, but for client_token, which is for the sender alone.
[[nodiscard]] std::string message_json(const Message& message, bool with_client_token);
[[nodiscard]] std::string conversation_json(const ConversationView& conversation);
[[nodiscard]] std::string member_json(const MemberView& member, bool online);

/// "direct", "group"; "member", "owner".
[[nodiscard]] std::string_view kind_text(ConversationKind kind);
[[nodiscard]] std::string_view role_text(MemberRole role);

/// `[a,b]` of JSON texts.
[[nodiscard]] std::string json_array(std::span<const std::string> values);

}  // namespace parley::messaging
