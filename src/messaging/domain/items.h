// The messaging table's items as values, each with its reading from and writing to DynamoDB's JSON.
// Attributes that are not known are left alone: items are changed with UpdateItem, never read and
// put back. docs/formats/messaging.md is the table.
#pragma once

#include <simdjson.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace parley::messaging {

struct Person {
  std::string id = {};
  std::string handle = {};
  std::string display_name = {};
};

enum class ConversationKind : std::uint8_t { kDirect, kGroup };
enum class MemberRole : std::uint8_t { kMember, kOwner };

/// The attributes of a row and of META that name the sender of the message shown: id, display name,
/// handle.
inline constexpr std::array<std::string_view, 3> kSenderAttributes{
    "sender_uuid", "sender_display_name", "sender_handle"};

struct Reaction {
  std::string emoji = {};
  std::vector<std::string> user_ids = {};  // ascending
};

/// Times are as stored: ISO 8601, canonical where Parley wrote them.
struct Message {
  std::string id = {};
  std::string conversation = {};
  std::string sort_key = {};  // its time
  Person sender = {};         // as they were called then
  std::string text = {};      // empty if deleted
  std::string reply_to = {};  // empty: none
  std::string edited_at = {};
  std::string deleted_at = {};
  std::string client_token = {};
  std::vector<Reaction> reactions = {};  // in the order of their emojis' bytes
};

struct ConversationMeta {
  std::string conversation = {};
  ConversationKind kind = ConversationKind::kDirect;
  std::string title = {};  // of a group
  std::string created_at = {};
  std::string created_by = {};
  long member_count = 0;
  std::string last_message_at = {};  // empty: none yet
  std::string preview = {};
  Person sender = {};  // of that message, as they were called then; its id may be lost: empty
  bool making = false;
};

struct MemberItem {
  std::string conversation = {};
  Person person = {};
  MemberRole role = MemberRole::kMember;
  std::string joined_at = {};
  std::string invited_by = {};  // user id; empty: in the conversation from its beginning
  std::string row_sk = {};
  std::string message_sk = {};
  std::string last_read_sk = {};
  long unread = 0;
  long recounts = 0;  // how often unread was counted again from the messages
  bool muted = false;
  bool pinned = false;
};

struct ConversationRow {
  std::string user = {};  // whose
  std::string sort_key = {};
  std::string conversation = {};
  std::string text = {};
  Person other = {};   // of a group: the conversation's uuid, its title as display name, no handle
  Person sender = {};  // of the message that it shows; not of the founding document, so it may be
                       // lost: then its id is empty
};

// Readers take an item of DynamoDB's JSON; none if it is not such an item by its keys (a row: also
// by its message_group_uuid). What is missing of the other attributes, or of another type, stays
// empty.
[[nodiscard]] std::optional<Message> message_of(const simdjson::dom::element& item);
[[nodiscard]] std::optional<ConversationMeta> meta_of(const simdjson::dom::element& item);
[[nodiscard]] std::optional<MemberItem> member_of(const simdjson::dom::element& item);
[[nodiscard]] std::optional<ConversationRow> row_of(const simdjson::dom::element& item);
[[nodiscard]] std::optional<Person> profile_of(const simdjson::dom::element& item);

// Writers give the whole item as DynamoDB's JSON, for a PutItem; attributes that are empty are left
// out, but for those that the founding document's items always have. `ttl_s` is a time since the
// epoch, 0 for none.
[[nodiscard]] std::string item_of(const Message& message, std::int64_t ttl_s = 0);
[[nodiscard]] std::string item_of(const ConversationMeta& meta);
[[nodiscard]] std::string item_of(const MemberItem& member);
[[nodiscard]] std::string item_of(const ConversationRow& row);

}  // namespace parley::messaging
