#include "messaging/domain/items.h"

#include <fmt/format.h>

#include <algorithm>

#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

constexpr std::string_view kGroup = "group";
constexpr std::string_view kDirect = "direct";
constexpr std::string_view kOwner = "owner";
constexpr std::string_view kMember = "member";

/// What follows `prefix` in the item's `key` attribute; none if it does not begin so.
std::optional<std::string> id_in(const simdjson::dom::element& item, std::string_view key,
                                 std::string_view prefix) {
  const auto text = text_of(item, key);
  if (!text || !text->starts_with(prefix) || text->size() == prefix.size()) return std::nullopt;
  return std::string(text->substr(prefix.size()));
}

std::string text_or_empty(const simdjson::dom::element& item, std::string_view name) {
  return std::string(text_of(item, name).value_or(""));
}

bool flag_of(const simdjson::dom::element& item, std::string_view name) {
  bool flag = false;
  return item[name]["BOOL"].get(flag) == simdjson::SUCCESS && flag;
}

/// The three attributes that name a person in messages and rows.
Person person_of(const simdjson::dom::element& item) {
  return {.id = text_or_empty(item, "user_uuid"),
          .handle = text_or_empty(item, "user_handle"),
          .display_name = text_or_empty(item, "user_display_name")};
}

/// The three that name the sender of the message that a row or META shows.
Person sender_of(const simdjson::dom::element& item) {
  return {.id = text_or_empty(item, kSenderAttributes[0]),
          .handle = text_or_empty(item, kSenderAttributes[2]),
          .display_name = text_or_empty(item, kSenderAttributes[1])};
}

std::vector<Reaction> reactions_of(const simdjson::dom::element& item) {
  std::vector<Reaction> reactions;
  simdjson::dom::object attributes;
  if (item.get(attributes) != simdjson::SUCCESS) return reactions;
  for (const auto& [name, value] : attributes) {
    simdjson::dom::array users;
    if (!name.starts_with(kReactionPrefix) || value["SS"].get(users) != simdjson::SUCCESS) continue;
    Reaction reaction{.emoji = std::string(name.substr(kReactionPrefix.size()))};
    for (const simdjson::dom::element user : users) {
      std::string_view id;
      if (user.get(id) == simdjson::SUCCESS) reaction.user_ids.emplace_back(id);
    }
    std::ranges::sort(reaction.user_ids);
    if (!reaction.emoji.empty() && !reaction.user_ids.empty()) {
      reactions.push_back(std::move(reaction));
    }
  }
  std::ranges::sort(reactions, {}, &Reaction::emoji);
  return reactions;
}

/// Puts an item's JSON together.
class ItemWriter {
 public:
  ItemWriter(std::string_view pk_prefix, std::string_view pk, std::string_view sk_prefix,
             std::string_view sk) {
    text("pk", fmt::format("{}{}", pk_prefix, pk));
    text("sk", fmt::format("{}{}", sk_prefix, sk));
  }

  void text(std::string_view name, std::string_view value) { attribute(name, string_value(value)); }
  void text_if_any(std::string_view name, std::string_view value) {
    if (!value.empty()) text(name, value);
  }
  void number(std::string_view name, std::int64_t value) {
    attribute(name, fmt::format(R"({{"N":"{}"}})", value));
  }
  void flag_if_set(std::string_view name, bool value) {
    if (value) attribute(name, R"({"BOOL":true})");
  }
  void person(const Person& person) {
    text("user_uuid", person.id);
    text("user_display_name", person.display_name);
    text("user_handle", person.handle);
  }
  void sender_if_any(const Person& sender) {
    if (sender.id.empty()) return;
    text(kSenderAttributes[0], sender.id);
    text(kSenderAttributes[1], sender.display_name);
    text(kSenderAttributes[2], sender.handle);
  }
  void string_set(std::string_view name, const std::vector<std::string>& values) {
    std::string list;
    for (const std::string& value : values) {
      if (!list.empty()) list += ',';
      list += json_string(value);
    }
    attribute(name, fmt::format(R"({{"SS":[{}]}})", list));
  }
  [[nodiscard]] std::string finish() && { return std::move(out_) + "}"; }

 private:
  void attribute(std::string_view name, std::string_view value) {
    out_ += out_.size() > 1 ? "," : "";
    out_ += json_string(name);
    out_ += ':';
    out_ += value;
  }

  std::string out_ = "{";
};

}  // namespace

std::optional<Message> message_of(const simdjson::dom::element& item) {
  auto conversation = id_in(item, "pk", kMessagePrefix);
  auto sort_key = id_in(item, "sk", "");
  if (!conversation || !sort_key) return std::nullopt;
  return Message{.id = text_or_empty(item, "message_uuid"),
                 .conversation = *std::move(conversation),
                 .sort_key = *std::move(sort_key),
                 .sender = person_of(item),
                 .text = text_or_empty(item, "message"),
                 .reply_to = text_or_empty(item, "reply_to"),
                 .edited_at = text_or_empty(item, "edited_at"),
                 .deleted_at = text_or_empty(item, "deleted_at"),
                 .client_token = text_or_empty(item, "client_token"),
                 .reactions = reactions_of(item)};
}

std::optional<ConversationMeta> meta_of(const simdjson::dom::element& item) {
  auto conversation = id_in(item, "pk", kConversationPrefix);
  if (!conversation || text_of(item, "sk") != kMetaKey) return std::nullopt;
  return ConversationMeta{.conversation = *std::move(conversation),
                          .kind = text_of(item, "kind") == kGroup ? ConversationKind::kGroup
                                                                  : ConversationKind::kDirect,
                          .title = text_or_empty(item, "title"),
                          .created_at = text_or_empty(item, "created_at"),
                          .created_by = text_or_empty(item, "created_by"),
                          .member_count = number_of(item, "member_count").value_or(0),
                          .last_message_at = text_or_empty(item, "last_message_at"),
                          .preview = text_or_empty(item, "preview"),
                          .sender = sender_of(item),
                          .making = flag_of(item, "making")};
}

std::optional<MemberItem> member_of(const simdjson::dom::element& item) {
  auto conversation = id_in(item, "pk", kConversationPrefix);
  auto user = id_in(item, "sk", kMemberPrefix);
  if (!conversation || !user) return std::nullopt;
  return MemberItem{
      .conversation = *std::move(conversation),
      .person = {.id = *std::move(user),
                 .handle = text_or_empty(item, "handle"),
                 .display_name = text_or_empty(item, "display_name")},
      .role = text_of(item, "role") == kOwner ? MemberRole::kOwner : MemberRole::kMember,
      .joined_at = text_or_empty(item, "joined_at"),
      .invited_by = text_or_empty(item, "invited_by"),
      .row_sk = text_or_empty(item, "row_sk"),
      .message_sk = text_or_empty(item, "message_sk"),
      .last_read_sk = text_or_empty(item, "last_read_sk"),
      .unread = number_of(item, "unread").value_or(0),
      .recounts = number_of(item, "recounts").value_or(0),
      .muted = flag_of(item, "muted"),
      .pinned = flag_of(item, "pinned")};
}

std::optional<ConversationRow> row_of(const simdjson::dom::element& item) {
  auto user = id_in(item, "pk", kRowPrefix);
  auto sort_key = id_in(item, "sk", "");
  auto conversation = id_in(item, "message_group_uuid", "");
  if (!user || !sort_key || !conversation) return std::nullopt;
  return ConversationRow{.user = *std::move(user),
                         .sort_key = *std::move(sort_key),
                         .conversation = *std::move(conversation),
                         .text = text_or_empty(item, "message"),
                         .other = person_of(item),
                         .sender = sender_of(item)};
}

std::optional<Person> profile_of(const simdjson::dom::element& item) {
  auto user = id_in(item, "pk", kUserPrefix);
  if (!user || text_of(item, "sk") != kProfileKey) return std::nullopt;
  return Person{.id = *std::move(user),
                .handle = text_or_empty(item, "handle"),
                .display_name = text_or_empty(item, "display_name")};
}

std::string item_of(const Message& message, std::int64_t ttl_s) {
  ItemWriter item(kMessagePrefix, message.conversation, "", message.sort_key);
  item.text("message", message.text);
  item.text("message_uuid", message.id);
  item.person(message.sender);
  item.text_if_any("reply_to", message.reply_to);
  item.text_if_any("edited_at", message.edited_at);
  item.text_if_any("deleted_at", message.deleted_at);
  item.text_if_any("client_token", message.client_token);
  for (const Reaction& reaction : message.reactions) {
    if (reaction.user_ids.empty()) continue;
    item.string_set(fmt::format("{}{}", kReactionPrefix, reaction.emoji), reaction.user_ids);
  }
  if (ttl_s != 0) item.number("ttl", ttl_s);
  return std::move(item).finish();
}

std::string item_of(const ConversationMeta& meta) {
  ItemWriter item(kConversationPrefix, meta.conversation, "", kMetaKey);
  item.text("kind", meta.kind == ConversationKind::kGroup ? kGroup : kDirect);
  item.text_if_any("title", meta.title);
  item.text_if_any("created_at", meta.created_at);
  item.text_if_any("created_by", meta.created_by);
  item.number("member_count", meta.member_count);
  item.text_if_any("last_message_at", meta.last_message_at);
  item.text_if_any("preview", meta.preview);
  item.sender_if_any(meta.sender);
  item.flag_if_set("making", meta.making);
  return std::move(item).finish();
}

std::string item_of(const MemberItem& member) {
  ItemWriter item(kConversationPrefix, member.conversation, kMemberPrefix, member.person.id);
  item.text("role", member.role == MemberRole::kOwner ? kOwner : kMember);
  item.text_if_any("handle", member.person.handle);
  item.text_if_any("display_name", member.person.display_name);
  item.text_if_any("joined_at", member.joined_at);
  item.text_if_any("invited_by", member.invited_by);
  item.text_if_any("row_sk", member.row_sk);
  item.text_if_any("message_sk", member.message_sk);
  item.text_if_any("last_read_sk", member.last_read_sk);
  item.number("unread", member.unread);
  if (member.recounts != 0) item.number("recounts", member.recounts);
  item.flag_if_set("muted", member.muted);
  item.flag_if_set("pinned", member.pinned);
  return std::move(item).finish();
}

std::string item_of(const ConversationRow& row) {
  ItemWriter item(kRowPrefix, row.user, "", row.sort_key);
  item.text("message_group_uuid", row.conversation);
  item.text("message", row.text);
  item.person(row.other);
  item.sender_if_any(row.sender);
  return std::move(item).finish();
}

}  // namespace parley::messaging
