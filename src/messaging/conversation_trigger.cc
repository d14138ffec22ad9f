#include "messaging/conversation_trigger.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "messaging/member_row.h"

namespace parley::messaging {
namespace {

/// How many of the messages are new to the member: those after what the row shows, and that one too
/// if the row came with it (then there is no MEMBER item that has counted it).
long unread_of(const ConversationArrivals& arrivals, const Member& member) {
  return std::ranges::count_if(arrivals.messages, [&](const MessageArrival& message) {
    const bool is_new =
        member.has_item ? message.time > member.message_time : message.time >= member.message_time;
    return is_new && !message.edited && message.sender != member.user;
  });
}

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
    : database_(database), options_(std::move(options)) {
  if (!options_.pause) options_.pause = client::system_pause();
}

Result<std::string> ConversationTrigger::handle(std::string_view event) {
  const Arrivals arrivals = PARLEY_TRY(arrivals_of(event));
  const std::string& table = options_.table.empty() ? arrivals.table : options_.table;
  if (table.empty() && !arrivals.conversations.empty()) {
    return fail(ErrorCode::kInvalidArgument, "The records do not say which table they are of");
  }
  std::vector<const std::pair<const std::string, ConversationArrivals>*> conversations;
  for (const auto& each : arrivals.conversations) conversations.push_back(&each);
  PARLEY_TRY(for_each_index(conversations.size(), options_.threads_max, [&](std::size_t index) {
    return serve_conversation(table, conversations[index]->first, conversations[index]->second);
  }));
  return R"({"batchItemFailures":[]})";
}

Status ConversationTrigger::serve_conversation(const std::string& table,
                                               const std::string& conversation,
                                               const ConversationArrivals& arrivals) {
  MemberRows rows({.database = database_,
                   .table = table,
                   .index = options_.index,
                   .without_transactions = without_transactions_,
                   .pause = options_.pause});
  const MessageArrival& newest = arrivals.newest();
  std::optional<std::string> text = newest.text;
  if (!text) text = PARLEY_TRY(rows.message_text(conversation, newest.sort_key));
  if (!text) {
    if (options_.log) {
      options_.log(fmt::format("Message {} of conversation {} has no text: left out",
                               newest.sort_key, conversation));
    }
    return {};
  }
  const RowTarget target{
      .sort_key = newest.sort_key,
      .time = newest.time,
      .text = std::move(*text),
      .edited = newest.edited,
      .unread_of = [&arrivals](const Member& member) { return unread_of(arrivals, member); }};
  const Conversation known = PARLEY_TRY(rows.load(conversation, options_.members_moved_max));
  for (const Member& member : known.members) {
    PARLEY_TRY(rows.move(conversation, member, target));
  }
  if (known.member_count) return rows.touch_meta(conversation, target);
  return {};
}

}  // namespace parley::messaging
