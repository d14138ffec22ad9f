#include "messaging/domain/messages.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "messaging/domain/conversations.h"
#include "messaging/domain/message_lookup.h"
#include "messaging/domain/message_text.h"
#include "messaging/domain/table_calls.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

constexpr std::size_t kHistoryLimitMax = 100;
constexpr int kAttemptsMax = 16;

/// What a Query of messages answered.
struct QueriedPage {
  std::vector<Message> messages = {};  // in the order of the reply, without those past their time
  std::string first = {};              // sort keys of the reply's ends, whatever is there
  std::string last = {};
  bool more = false;
};

Result<QueriedPage> page_of(std::string_view reply, std::size_t limit, TimestampMicros now) {
  simdjson::dom::parser parser;
  simdjson::dom::element json;
  simdjson::dom::array items;
  if (parser.parse(reply.data(), reply.size()).get(json) != simdjson::SUCCESS ||
      json["Items"].get(items) != simdjson::SUCCESS) {
    return fail(ErrorCode::kRemote, "The database's answer to Query has no Items");
  }
  simdjson::dom::element last_key;
  QueriedPage page{.more = json["LastEvaluatedKey"].get(last_key) == simdjson::SUCCESS};
  std::size_t count = 0;
  for (const simdjson::dom::element item : items) {
    if (count++ == limit) {  // one more was asked for, to know whether there is one
      page.more = true;
      break;
    }
    page.last = text_of(item, "sk").value_or("");
    if (page.first.empty()) page.first = page.last;
    if (auto message = living_message_of(item, now)) page.messages.push_back(*std::move(message));
  }
  if (count <= limit && count < items.size()) page.more = true;
  return page;
}

const Reaction* reaction_of(const Message& message, std::string_view emoji) {
  const auto found = std::ranges::find(message.reactions, emoji, &Reaction::emoji);
  return found == message.reactions.end() ? nullptr : &*found;
}

std::string reaction_attribute(std::string_view emoji) {
  return key_of(kReactionPrefix, emoji);
}

}  // namespace

Result<HistoryPage> Messages::history(std::string_view asker, std::string_view conversation,
                                      const HistoryFrom& from, std::size_t limit) {
  if (limit < 1 || limit > kHistoryLimitMax) {
    return refuse(RefusalReason::kInvalidInput,
                  fmt::format("The limit is 1 to {}", kHistoryLimitMax));
  }
  const bool forward = !from.newer_than.empty();
  if (forward && !from.older_than.empty()) {
    return refuse(RefusalReason::kInvalidInput, "History is read older or newer, not both");
  }
  PARLEY_TRY(Conversations(domain_).membership(asker, conversation));

  const std::string& place = forward ? from.newer_than : from.older_than;
  const std::string pk = key_of(kMessagePrefix, conversation);
  Parameters parameters;
  parameters.text(":pk", pk);
  if (!place.empty()) parameters.text(":from", place);
  const auto reply = PARLEY_TRY(domain_.reads.read(
      pk, "Query",
      fmt::format(
          R"({{{},"KeyConditionExpression":"pk = :pk{}","ScanIndexForward":{},"Limit":{}{}}})",
          TableCalls(domain_).table(),
          place.empty() ? "" : (forward ? " AND sk > :from" : " AND sk < :from"), forward,
          limit + 1, parameters.json())));
  QueriedPage page = PARLEY_TRY(page_of(*reply, limit, domain_.clock.now()));

  HistoryPage out{.items = std::move(page.messages)};
  if (forward) {
    std::ranges::reverse(out.items);
    out.newer = page.last.empty() ? place : page.last;
    out.older = page.first.empty() ? place : page.first;
  } else {
    out.newer = page.first.empty() ? place : page.first;
    if (page.more) out.older = page.last;
  }
  return out;
}

Result<Message> Messages::get(std::string_view asker, std::string_view conversation,
                              std::string_view id) {
  PARLEY_TRY(Conversations(domain_).membership(asker, conversation));
  return find_message(domain_, conversation, id);
}

Result<Message> Messages::edit(std::string_view asker, std::string_view conversation,
                               std::string_view id, std::string_view text) {
  PARLEY_TRY(check_message_text(text, domain_.settings.message_characters_max));
  PARLEY_TRY(Conversations(domain_).membership(asker, conversation));
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
  const MemberItem me = PARLEY_TRY(Conversations(domain_).membership(asker, conversation));
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
    for (std::size_t index = 0; index < message.reactions.size(); ++index) {
      const std::string placeholder = fmt::format("#r{}", index);
      change.update += fmt::format("{} {}", index == 0 ? " REMOVE" : ",", placeholder);
      change.parameters.name(placeholder, reaction_attribute(message.reactions[index].emoji));
    }
    auto removed =
        PARLEY_TRY(table.updated(message_key(conversation, message.sort_key), change, message_of));
    if (removed) return *std::move(removed);
  }
  return fail(ErrorCode::kUnavailable, "The message keeps being changed by others");
}

Result<Message> Messages::react(std::string_view asker, std::string_view conversation,
                                std::string_view id, std::string_view emoji) {
  if (!is_emoji(emoji)) {
    return refuse(RefusalReason::kInvalidInput, "A reaction is one emoji");
  }
  PARLEY_TRY(Conversations(domain_).membership(asker, conversation));
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
  PARLEY_TRY(Conversations(domain_).membership(asker, conversation));
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
