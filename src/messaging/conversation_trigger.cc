#include "messaging/conversation_trigger.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <ranges>
#include <thread>
#include <utility>
#include <vector>

#include "messaging/domain/conversations_settling.h"
#include "messaging/member_row.h"

namespace parley::messaging {
namespace {

/// Runs `task` for 0..count-1 on up to `threads_max` threads; the first error, after all have run.
Status for_each_index(std::size_t count, std::size_t threads_max,
                      const std::function<Status(std::size_t)>& task) {
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::optional<Error> first_error;
  const auto work = [&] {
    for (std::size_t index = next++; index < count; index = next++) {
      const Status status = task(index);
      if (status) continue;
      const std::scoped_lock lock(mutex);
      if (!first_error) first_error = status.error();
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < std::min(count, threads_max); ++i) others.emplace_back(work);
    work();
  }
  if (first_error) return std::unexpected(*first_error);
  return {};
}

}  // namespace

ConversationTrigger::ConversationTrigger(client::Database& database,
                                         ConversationTriggerOptions options)
    : database_(database), reads_(database), times_(clock_), options_(std::move(options)) {
  if (!options_.pause) options_.pause = client::system_pause();
}

Result<std::string> ConversationTrigger::handle(std::string_view event) {
  const Arrivals arrivals = PARLEY_TRY(arrivals_of(event));
  const std::string& table = options_.table.empty() ? arrivals.table : options_.table;
  if (table.empty() && !arrivals.conversations.empty()) {
    return fail(ErrorCode::kInvalidArgument, "The records do not say which table they are of");
  }
  std::vector<const std::pair<const std::string, ConversationArrivals>*> conversations;
  conversations.reserve(arrivals.conversations.size());
  for (const auto& each : arrivals.conversations) conversations.push_back(&each);
  PARLEY_TRY(for_each_index(conversations.size(), options_.threads_max, [&](std::size_t index) {
    return serve_conversation(table, conversations[index]->first, conversations[index]->second);
  }));
  return R"({"batchItemFailures":[]})";
}

Status ConversationTrigger::serve_conversation(const std::string& table, const std::string& id,
                                               const ConversationArrivals& arrivals) {
  Domain domain{.database = database_,
                .reads = reads_,
                .clock = clock_,
                .random = random_,
                .times = times_,
                .settings = {.table = table,
                             .index = options_.index,
                             .members_moved_max = options_.members_moved_max},
                .pause = options_.pause};
  const Conversation conversation = PARLEY_TRY(load_conversation(domain, id));
  MemberRows rows({.domain = domain,
                   .conversation = conversation,
                   .arrivals = arrivals,
                   .without_transactions = without_transactions_});
  const auto target = PARLEY_TRY(target_of(rows, id, arrivals));
  // META before the rows: lists go by META once a group has become large, and must not go back.
  if (conversation.meta && target) PARLEY_TRY(rows.touch_meta(*target));
  for (const Member& member : conversation.members) {
    PARLEY_TRY(rows.serve(member, target ? &*target : nullptr));
  }
  if (conversation.is_large) PARLEY_TRY(rows.mark_senders());
  if (!conversation.meta) return {};
  // Whoever changed who is a member has ended in the middle of it.
  if (!conversation.is_large && conversation.meta->kind == ConversationKind::kGroup &&
      !conversation.meta->making &&
      std::cmp_not_equal(conversation.meta->member_count, conversation.members.size())) {
    return settle_members(domain, id);
  }
  return {};
}

// The newest message that has a text; none if the batch has nothing to show.
Result<std::optional<RowTarget>> ConversationTrigger::target_of(
    MemberRows& rows, const std::string& id, const ConversationArrivals& arrivals) const {
  for (const auto& [key, message] : std::views::reverse(arrivals.messages)) {
    if (message.removed) continue;
    // Of a message that was edited the text as it is now: the record may be an old one.
    std::optional<ShownMessage> shown;
    if (!message.edited && message.text) shown = ShownMessage{*message.text, message.sender};
    if (!shown) shown = PARLEY_TRY(rows.message_at(message.sort_key));
    if (shown) {
      return RowTarget{.sort_key = message.sort_key,
                       .time = message.time,
                       .shown = *std::move(shown),
                       .edited = message.edited};
    }
    if (options_.log) {
      options_.log(
          fmt::format("Message {} of conversation {} has no text: left out", message.sort_key, id));
    }
  }
  return std::nullopt;
}

}  // namespace parley::messaging
