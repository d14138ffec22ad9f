#include "messaging/domain/view_json.h"

#include <fmt/format.h>

#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

/// `,"name":"text"`, or nothing for an empty text.
std::string member_unless_empty(std::string_view name, std::string_view text) {
  return text.empty() ? std::string() : fmt::format(",\"{}\":{}", name, json_string(text));
}

std::string time_unless_empty(std::string_view name, std::string_view stored) {
  return stored.empty() ? std::string() : member_unless_empty(name, shown_time(stored));
}

/// A deleted message has none, though whoever deleted it may have ended before it lost them.
std::string reactions_json(const Message& message) {
  std::string out;
  if (!message.deleted_at.empty()) return out;
  for (const Reaction& reaction : message.reactions) {
    std::string people;
    for (const std::string& id : reaction.user_ids) {
      people += (people.empty() ? "" : ",") + json_string(id);
    }
    out += fmt::format(R"({}{{"emoji":{},"user_ids":[{}]}})", out.empty() ? "" : ",",
                       json_string(reaction.emoji), people);
  }
  return out;
}

}  // namespace

std::string shown_time(std::string_view stored) {
  constexpr std::string_view kZone = "+00:00";
  if (is_canonical_time(stored)) {
    return std::string(stored.substr(0, stored.size() - kZone.size())) + "Z";
  }
  const auto time = parse_iso(canonical_time(stored));
  if (!time) return std::string(stored);
  std::string text = iso_utc(*time);
  text.replace(text.find('+'), std::string::npos, "Z");
  return text;
}

std::string person_json(const Person& person) {
  return fmt::format(R"({{"id":{},"handle":{},"display_name":{}}})", json_string(person.id),
                     json_string(person.handle), json_string(person.display_name));
}

std::string profile_json(const Profile& profile) {
  std::string json = person_json(profile.person);
  json.pop_back();
  return json + time_unless_empty("created_at", profile.created_at) + "}";
}

std::string message_json(const Message& message, bool with_client_token) {
  return fmt::format(
      R"({{"id":{},"conversation_id":{},"sender":{},"text":{},"created_at":{}{}{}{},"reactions":[{}]{}}})",
      json_string(message.id), json_string(message.conversation), person_json(message.sender),
      json_string(message.text), json_string(shown_time(message.sort_key)),
      member_unless_empty("reply_to", message.reply_to),
      time_unless_empty("edited_at", message.edited_at),
      time_unless_empty("deleted_at", message.deleted_at), reactions_json(message),
      with_client_token ? member_unless_empty("client_token", message.client_token) : "");
}

std::string conversation_json(const ConversationView& view) {
  const std::string last =
      view.last_message_at.empty()
          ? std::string()
          : fmt::format(R"(,"last_message":{{"text":{},"created_at":{}{}}})",
                        json_string(view.last_text), json_string(shown_time(view.last_message_at)),
                        view.last_sender ? ",\"sender\":" + person_json(*view.last_sender) : "");
  return fmt::format(
      R"({{"id":{},"kind":"{}","title":{}{},"member_count":{}{},"unread":{},"muted":{},"role":"{}"{}{}}})",
      json_string(view.id), kind_text(view.kind), json_string(view.title),
      view.other ? ",\"other\":" + person_json(*view.other) : "", view.member_count, last,
      view.unread, view.muted, role_text(view.role),
      time_unless_empty("last_read_at", view.last_read_at),
      time_unless_empty("created_at", view.created_at));
}

std::string member_json(const MemberView& member, bool online) {
  return fmt::format(R"({{"user":{},"role":"{}"{}{},"online":{}}})", person_json(member.person),
                     role_text(member.role), time_unless_empty("joined_at", member.joined_at),
                     time_unless_empty("last_read_at", member.last_read_at), online);
}

std::string_view kind_text(ConversationKind kind) {
  return kind == ConversationKind::kDirect ? "direct" : "group";
}

std::string_view role_text(MemberRole role) {
  return role == MemberRole::kOwner ? "owner" : "member";
}

std::string json_array(std::span<const std::string> values) {
  std::string out = "[";
  for (const std::string& value : values) {
    if (out.size() > 1) out += ',';
    out += value;
  }
  return out + "]";
}

}  // namespace parley::messaging
