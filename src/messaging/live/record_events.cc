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
                  .time = message.sort_key,
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

LiveEvent conversation_event(const MemberItem& member) {
  return {.name = "conversation",
          .conversation = member.conversation,
          .audience = Audience::kPerson,
          .person = member.person.id,
          .data = membership_json(member)};
}

/// What the others are told of a member.
LiveEvent others_event(std::string_view name, const MemberItem& member, std::string data) {
  return {.name = name,
          .conversation = member.conversation,
          .audience = Audience::kOtherMembers,
          .person = member.person.id,
          .data = std::move(data)};
}

/// Somebody was invited.
LiveEvent joined_event(const MemberItem& member) {
  return others_event(
      "joined", member,
      fmt::format(
          R"({{"conversation_id":{},"user":{},"role":"{}","joined_at":{},"invited_by":{}}})",
          json_string(member.conversation), person_json(member.person), role_text(member.role),
          json_string(shown_time(member.joined_at)), json_string(member.invited_by)));
}

/// How a member is called, and the role.
LiveEvent member_event(const MemberItem& member) {
  return others_event("member", member,
                      fmt::format(R"({{"conversation_id":{},"user":{},"role":"{}"}})",
                                  json_string(member.conversation), person_json(member.person),
                                  role_text(member.role)));
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
  return others_event("read", member,
                      fmt::format(R"({{"conversation_id":{},"user_id":{},"last_read_at":{}}})",
                                  json_string(member.conversation), json_string(member.person.id),
                                  json_string(shown_time(member.last_read_sk))));
}

/// How the person is called, for the person's own other clients.
LiveEvent profile_event(const Person& person) {
  return {.name = "profile",
          .audience = Audience::kPerson,
          .person = person.id,
          .data = fmt::format(R"({{"user":{}}})", person_json(person))};
}

LiveEvent group_event(const ConversationMeta& meta) {
  return {.name = "group",
          .conversation = meta.conversation,
          .audience = Audience::kMembers,
          .data = fmt::format(R"({{"conversation_id":{},"title":{},"member_count":{}}})",
                              json_string(meta.conversation), json_string(meta.title),
                              meta.member_count)};
}

}  // namespace

std::string membership_json(const MemberItem& member) {
  const std::string last_read =
      member.last_read_sk.empty()
          ? std::string()
          : fmt::format(R"(,"last_read_at":{})", json_string(shown_time(member.last_read_sk)));
  return fmt::format(R"({{"conversation_id":{},"unread":{}{},"muted":{},"role":"{}"}})",
                     json_string(member.conversation), std::clamp(member.unread, 0L, kUnreadMax),
                     last_read, member.muted, role_text(member.role));
}

bool share_audience(const LiveEvent& one, const LiveEvent& other) {
  const auto is_one_and_the_others = [](const LiveEvent& person, const LiveEvent& others) {
    return person.audience == Audience::kPerson && others.audience == Audience::kOtherMembers &&
           person.person == others.person;
  };
  return !is_one_and_the_others(one, other) && !is_one_and_the_others(other, one);
}

bool RecordMeaning::completes(std::size_t index) const {
  return std::none_of(events.begin() + static_cast<std::ptrdiff_t>(index) + 1, events.end(),
                      [&](const LiveEvent& later) { return share_audience(events[index], later); });
}

RecordMeaning RecordEvents::read(const client::StreamRecord& record) {
  RecordMeaning meaning;
  const std::string pk(text_of(record.keys, "pk").value_or(""));
  const std::string sk(text_of(record.keys, "sk").value_or(""));
  const bool is_removal = record.event == "REMOVE";
  if (pk.starts_with(kMessagePrefix)) {
    const auto message =
        is_removal || !record.new_image ? std::nullopt : message_of(*record.new_image);
    if (message) meaning.events.push_back(message_event(*message));
    if (message) meaning.pinned = PinnedChange{.conversation = message->conversation, .user = {}};
    return meaning;
  }
  if (!pk.starts_with(kConversationPrefix) && !pk.starts_with(kUserPrefix)) return meaning;
  const std::string key = fmt::format("{} {}", pk, sk);
  if (is_removal) {
    remembered_.erase(key);
    if (pk.starts_with(kUserPrefix) || !sk.starts_with(kMemberPrefix)) return meaning;
    const std::string_view conversation = std::string_view(pk).substr(kConversationPrefix.size());
    const std::string_view user = std::string_view(sk).substr(kMemberPrefix.size());
    if (conversation.empty() || user.empty()) return meaning;  // not of our making
    meaning.membership =
        MembershipChange{.conversation = std::string(conversation), .user = std::string(user)};
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
  const bool is_new = record.event == "INSERT";
  if (const auto member = member_of(*record.new_image)) {
    read_member(*member, is_new, before, meaning);
  }
  if (const auto meta = meta_of(*record.new_image)) read_meta(*meta, is_new, before, meaning);
  if (const auto profile = profile_item_of(*record.new_image)) {
    read_profile(*profile, is_new, before, meaning);
  }
  return meaning;
}

RecordEvents::Image RecordEvents::image_of(const MemberItem& member) {
  return {.last_read_sk = member.last_read_sk,
          .handle = member.person.handle,
          .display_name = member.person.display_name,
          .unread = member.unread,
          .role = member.role,
          .muted = member.muted,
          .has_row = !member.row_sk.empty()};
}

RecordEvents::Image RecordEvents::image_of(const ConversationMeta& meta) {
  return {.title = meta.title, .member_count = meta.member_count, .making = meta.making};
}

RecordEvents::Image RecordEvents::image_of(const ProfileItem& profile) {
  return {.handle = profile.person.handle, .display_name = profile.person.display_name};
}

std::optional<RecordEvents::Image> RecordEvents::image_of(const simdjson::dom::element& item) {
  if (const auto member = member_of(item)) return image_of(*member);
  if (const auto meta = meta_of(item)) return image_of(*meta);
  if (const auto profile = profile_item_of(item)) return image_of(*profile);
  return std::nullopt;
}

void RecordEvents::read_member(const MemberItem& member, bool is_new,
                               const std::optional<Image>& before, RecordMeaning& meaning) {
  meaning.membership = MembershipChange{.conversation = member.conversation,
                                        .user = member.person.id,
                                        .is_member = true,
                                        .is_new = is_new,
                                        .since = member.joined_at};
  const Image now = image_of(member);
  if (before && before->has_row && !now.has_row && !member.pinned) {
    // The person took a conversation of two off the list; nobody else is told.
    LiveEvent gone = left_event(member.conversation, member.person.id);
    gone.audience = Audience::kPerson;
    meaning.events.push_back(std::move(gone));
  } else if (!before || before->unread != now.unread || before->muted != now.muted ||
             before->role != now.role || before->last_read_sk != now.last_read_sk) {
    if (member.pinned) {
      meaning.pinned = PinnedChange{.conversation = member.conversation, .user = member.person.id};
    } else {
      meaning.events.push_back(conversation_event(member));
    }
  }
  if (is_new) {
    // Who is there from the beginning has not joined; the conversation is told as a whole.
    if (!member.invited_by.empty()) meaning.events.push_back(joined_event(member));
  } else if (!now.handle.empty() &&
             (!before || before->role != now.role || before->handle != now.handle ||
              before->display_name != now.display_name)) {
    meaning.events.push_back(member_event(member));
  }
  const bool has_read = !member.last_read_sk.empty();
  if (has_read && (!before || before->last_read_sk != now.last_read_sk)) {
    meaning.events.push_back(read_event(member));
  }
  remembered_.put(fmt::format("{}{} {}{}", kConversationPrefix, member.conversation, kMemberPrefix,
                              member.person.id),
                  now);
}

void RecordEvents::read_profile(const ProfileItem& profile, bool is_new,
                                const std::optional<Image>& before, RecordMeaning& meaning) {
  const Image now = image_of(profile);
  remembered_.put(fmt::format("{}{} {}", kUserPrefix, profile.person.id, kProfileKey), now);
  if (!profile.erased_at.empty()) {
    meaning.erased = profile.person.id;
    return;
  }
  if (is_new || profile.person.handle.empty()) return;  // as yet the person is called nothing
  if (!before || before->handle != now.handle || before->display_name != now.display_name) {
    meaning.events.push_back(profile_event(profile.person));
  }
}

void RecordEvents::read_meta(const ConversationMeta& meta, bool is_new,
                             const std::optional<Image>& before, RecordMeaning& meaning) {
  remembered_.put(fmt::format("{}{} {}", kConversationPrefix, meta.conversation, kMetaKey),
                  image_of(meta));
  if (before && before->making && !meta.making) {
    meaning.events.push_back(made_event(meta));
    return;
  }
  if (meta.kind != ConversationKind::kGroup || meta.making || is_new) return;
  if (!before || before->title != meta.title || before->member_count != meta.member_count) {
    meaning.events.push_back(group_event(meta));
  }
}

}  // namespace parley::messaging
