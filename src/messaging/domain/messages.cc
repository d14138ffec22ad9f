#include "messaging/domain/messages.h"

#include <fmt/format.h>

#include <algorithm>

#include "messaging/domain/conversations.h"
#include "messaging/domain/message_lookup.h"
#include "messaging/domain/message_text.h"
#include "messaging/domain/sender.h"
#include "messaging/domain/table_calls.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

constexpr int kAttemptsMax = 16;

const Reaction* reaction_of(const Message& message, std::string_view emoji) {
  const auto found = std::ranges::find(message.reactions, emoji, &Reaction::emoji);
  return found == message.reactions.end() ? nullptr : &*found;
}

std::string reaction_attribute(std::string_view emoji) {
  return key_of(kReactionPrefix, emoji);
}

/// The clause that removes the reactions, after a space; empty if there are none.
std::string removal_of(const std::vector<Reaction>& reactions, Parameters& parameters) {
  std::string clause;
  for (const Reaction& reaction : reactions) {
    const std::string placeholder = fmt::format("#r{}", &reaction - reactions.data());
    clause += fmt::format("{} {}", clause.empty() ? " REMOVE" : ",", placeholder);
    parameters.name(placeholder, reaction_attribute(reaction.emoji));
  }
  return clause;
}

/// Reactions that came between the reading of a message and its deletion. None comes any more.
Result<Message> without_reactions(TableCalls& table, Message deleted) {
  ItemChange change{.condition = "attribute_exists(pk)"};
  change.update = removal_of(deleted.reactions, change.parameters).substr(1);
  PARLEY_TRY(attempted(table.update(message_key(deleted.conversation, deleted.sort_key), change)));
  deleted.reactions.clear();
  return deleted;
}

}  // namespace

Result<Message> Messages::get(std::string_view asker, std::string_view conversation,
                              std::string_view id) {
  PARLEY_TRY(Conversations(domain_).membership(asker, conversation));
  return find_message(domain_, conversation, id);
}

Result<Message> Messages::edit(std::string_view asker, std::string_view conversation,
                               std::string_view id, std::string_view text) {
  PARLEY_TRY(check_message_text(text, domain_.settings.message_characters_max));
  PARLEY_TRY(checked_sender(domain_, asker, conversation));
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    const Message message = PARLEY_TRY(find_message(domain_, conversation, id));
    if (message.sender.id != asker) return refuse(RefusalReason::kNotTheSender);
    if (!message.deleted_at.empty()) return refuse(RefusalReason::kMessageDeleted);
    auto edited = PARLEY_TRY(TableCalls(domain_).updated(
        message_key(conversation, message.sort_key),
        {.update = "SET message = :text, edited_at = :now",
         .condition = "message_uuid = :id AND attribute_not_exists(deleted_at)",
         .parameters = Parameters()
                           .text(":text", text)
                           .text(":now", iso_utc(domain_.clock.now()))
                           .text(":id", id)},
        message_of));
    if (edited) return *std::move(edited);
  }
  return fail(ErrorCode::kUnavailable, "The message keeps being changed by others");
}

Result<Message> Messages::remove(std::string_view asker, std::string_view conversation,
                                 std::string_view id) {
  const MemberItem me =
      PARLEY_TRY(Conversations(domain_).membership(asker, conversation, Freshness::kConsistent));
  TableCalls table(domain_);
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    Message message = PARLEY_TRY(find_message(domain_, conversation, id));
    if (message.sender.id != asker) {
      if (me.role != MemberRole::kOwner) return refuse(RefusalReason::kNotTheSender);
      const auto meta = PARLEY_TRY(
          table.get({key_of(kConversationPrefix, conversation), std::string(kMetaKey)}, meta_of));
      if (!meta || meta->kind != ConversationKind::kGroup) {
        return refuse(RefusalReason::kNotTheSender);
      }
    }
    if (!message.deleted_at.empty()) return message;
    ItemChange change{.update = "SET message = :empty, deleted_at = :now",
                      .condition = "message_uuid = :id AND attribute_not_exists(deleted_at)",
                      .parameters = Parameters()
                                        .text(":empty", "")
                                        .text(":now", iso_utc(domain_.clock.now()))
                                        .text(":id", id)};
    change.update += removal_of(message.reactions, change.parameters);
    auto removed =
        PARLEY_TRY(table.updated(message_key(conversation, message.sort_key), change, message_of));
    if (!removed) continue;
    if (removed->reactions.empty()) return *std::move(removed);
    return without_reactions(table, *std::move(removed));
  }
  return fail(ErrorCode::kUnavailable, "The message keeps being changed by others");
}

Result<Message> Messages::react(std::string_view asker, std::string_view conversation,
                                std::string_view id, std::string_view emoji) {
  if (!is_emoji(emoji)) {
    return refuse(RefusalReason::kInvalidInput, "A reaction is one emoji");
  }
  PARLEY_TRY(checked_sender(domain_, asker, conversation));
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    Message message = PARLEY_TRY(find_message(domain_, conversation, id));
    if (!message.deleted_at.empty()) return refuse(RefusalReason::kMessageDeleted);
    const Reaction* reaction = reaction_of(message, emoji);
    if (reaction == nullptr && message.reactions.size() >= kEmojisMax) {
      return refuse(RefusalReason::kTooManyReactions);
    }
    if (reaction != nullptr) {
      if (std::ranges::binary_search(reaction->user_ids, asker)) return message;
      if (reaction->user_ids.size() >= kPeopleOfEmojiMax) {
        return refuse(RefusalReason::kTooManyReactions);
      }
    }
    auto reacted = PARLEY_TRY(TableCalls(domain_).updated(
        message_key(conversation, message.sort_key),
        {.update = "ADD #r :me",
         .condition = "message_uuid = :id AND attribute_not_exists(deleted_at) AND "
                      "(attribute_not_exists(#r) OR size(#r) < :most)",
         .parameters = Parameters()
                           .name("#r", reaction_attribute(emoji))
                           .set_of(":me", asker)
                           .text(":id", id)
                           .number(":most", kPeopleOfEmojiMax)},
        message_of));
    if (reacted) return *std::move(reacted);
  }
  return fail(ErrorCode::kUnavailable, "The message keeps being changed by others");
}

Result<Message> Messages::unreact(std::string_view asker, std::string_view conversation,
                                  std::string_view id, std::string_view emoji) {
  PARLEY_TRY(Conversations(domain_).membership(asker, conversation, Freshness::kConsistent));
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    Message message = PARLEY_TRY(find_message(domain_, conversation, id));
    const Reaction* reaction = reaction_of(message, emoji);
    if (reaction == nullptr || !std::ranges::binary_search(reaction->user_ids, asker)) {
      return message;
    }
    auto changed = PARLEY_TRY(
        TableCalls(domain_).updated(message_key(conversation, message.sort_key),
                                    {.update = "DELETE #r :me",
                                     .condition = "message_uuid = :id",
                                     .parameters = Parameters()
                                                       .name("#r", reaction_attribute(emoji))
                                                       .set_of(":me", asker)
                                                       .text(":id", id)},
                                    message_of));
    if (changed) return *std::move(changed);
  }
  return fail(ErrorCode::kUnavailable, "The message keeps being changed by others");
}

}  // namespace parley::messaging
