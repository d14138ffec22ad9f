#include "messaging/live/record_events.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "messaging/domain/conversations.h"
#include "messaging/domain/view_json.h"
#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

LiveEvent message_event(const Message& message) {
  LiveEvent event{.name = "message",
                  .conversation = message.conversation,
                  .audience = Audience::kMembers,
                  .person = message.sender.id,
                  .data = message_json(message, false)};
  if (!message.client_token.empty()) event.data_for_person = message_json(message, true);
  return event;
}

LiveEvent left_event(std::string_view conversation, std::string_view user) {
  return {.name = "left",
          .conversation = std::string(conversation),
          .audience = Audience::kMembersAndPerson,
          .person = std::string(user),
          .data = fmt::format(R"({{"conversation_id":{},"user_id":{}}})", json_string(conversation),
                              json_string(user))};
}

/// What the person is told of the own membership.
LiveEvent conversation_event(const MemberItem& member) {
  const std::string last_read =
      member.last_read_sk.empty()
          ? std::string()
          : fmt::format(R"(,"last_read_at":{})", json_string(shown_time(member.last_read_sk)));
  return {.name = "conversation",
          .conversation = member.conversation,
          .audience = Audience::kPerson,
          .person = member.person.id,
          .data = fmt::format(R"({{"conversation_id":{},"unread":{}{},"muted":{}}})",
                              json_string(member.conversation),
                              std::clamp(member.unread, 0L, kUnreadMax), last_read, member.muted)};
}

/// A group is complete: whoever looked when they became a member did not find it yet.
LiveEvent made_event(const ConversationMeta& meta) {
  return {.name = "conversation",
          .conversation = meta.conversation,
          .audience = Audience::kMembers,
          .data = fmt::format(R"({{"conversation_id":{},"unread":0,"muted":false}})",
                              json_string(meta.conversation))};
}

LiveEvent read_event(const MemberItem& member) {
  return {.name = "read",
          .conversation = member.conversation,
          .audience = Audience::kOtherMembers,
          .person = member.person.id,
          .data = fmt::format(R"({{"conversation_id":{},"user_id":{},"last_read_at":{}}})",
                              json_string(member.conversation), json_string(member.person.id),
                              json_string(shown_time(member.last_read_sk)))};
}

LiveEvent renamed_event(const ConversationMeta& meta) {
  return {.name = "renamed",
          .conversation = meta.conversation,
          .audience = Audience::kMembers,
          .data = fmt::format(R"({{"conversation_id":{},"title":{}}})",
                              json_string(meta.conversation), json_string(meta.title))};
}

}  // namespace

RecordMeaning RecordEvents::read(const client::StreamRecord& record) {
  RecordMeaning meaning;
  const std::string pk(text_of(record.keys, "pk").value_or(""));
  const std::string sk(text_of(record.keys, "sk").value_or(""));
  const bool is_removal = record.event == "REMOVE";
  if (pk.starts_with(kMessagePrefix)) {
    const auto message =
        is_removal || !record.new_image ? std::nullopt : message_of(*record.new_image);
    if (message) meaning.events.push_back(message_event(*message));
    return meaning;
  }
  if (!pk.starts_with(kConversationPrefix)) return meaning;
  const std::string key = fmt::format("{} {}", pk, sk);
  if (is_removal) {
    remembered_.erase(key);
    if (!sk.starts_with(kMemberPrefix)) return meaning;
    const std::string_view conversation = std::string_view(pk).substr(kConversationPrefix.size());
    const std::string_view user = std::string_view(sk).substr(kMemberPrefix.size());
    meaning.membership = MembershipChange{std::string(conversation), std::string(user), false};
    meaning.events.push_back(left_event(conversation, user));
    return meaning;
  }
  if (!record.new_image) return meaning;
  std::optional<Image> before;
  if (const Image* remembered = remembered_.find(key)) {
    before = *remembered;
  } else if (record.old_image) {
    before = image_of(*record.old_image);
  }
  if (const auto member = member_of(*record.new_image)) read_member(*member, before, meaning);
  if (const auto meta = meta_of(*record.new_image)) {
    read_meta(*meta, record.event == "INSERT", before, meaning);
  }
  return meaning;
}

std::optional<RecordEvents::Image> RecordEvents::image_of(const simdjson::dom::element& item) {
  if (const auto member = member_of(item)) {
    return Image{.last_read_sk = member->last_read_sk,
                 .unread = member->unread,
                 .muted = member->muted,
                 .has_row = !member->row_sk.empty()};
  }
  if (const auto meta = meta_of(item)) {
    return Image{.title = meta->title, .making = meta->making};
  }
  return std::nullopt;
}

void RecordEvents::read_member(const MemberItem& member, const std::optional<Image>& before,
                               RecordMeaning& meaning) {
  meaning.membership = MembershipChange{member.conversation, member.person.id, true};
  const bool has_row = !member.row_sk.empty();
  if (before && before->has_row && !has_row && !member.pinned) {
    // The person took a conversation of two off the list; nobody else is told.
    LiveEvent gone = left_event(member.conversation, member.person.id);
    gone.audience = Audience::kPerson;
    meaning.events.push_back(std::move(gone));
  } else if (!before || before->unread != member.unread || before->muted != member.muted ||
             before->last_read_sk != member.last_read_sk) {
    meaning.events.push_back(conversation_event(member));
  }
  const bool has_read = !member.last_read_sk.empty();
  if (has_read && (!before || before->last_read_sk != member.last_read_sk)) {
    meaning.events.push_back(read_event(member));
  }
  remembered_.put(fmt::format("{}{} {}{}", kConversationPrefix, member.conversation, kMemberPrefix,
                              member.person.id),
                  {.last_read_sk = member.last_read_sk,
                   .unread = member.unread,
                   .muted = member.muted,
                   .has_row = has_row});
}

void RecordEvents::read_meta(const ConversationMeta& meta, bool is_new,
                             const std::optional<Image>& before, RecordMeaning& meaning) {
  remembered_.put(fmt::format("{}{} {}", kConversationPrefix, meta.conversation, kMetaKey),
                  {.title = meta.title, .making = meta.making});
  if (before && before->making && !meta.making) {
    meaning.events.push_back(made_event(meta));
    return;
  }
  if (meta.kind != ConversationKind::kGroup || meta.making || is_new) return;
  if (!before || before->title != meta.title) meaning.events.push_back(renamed_event(meta));
}

}  // namespace parley::messaging
