#include "messaging/member_row.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ranges>
#include <set>
#include <utility>

#include "messaging/domain/conversations_unread.h"
#include "messaging/query_pages.h"
#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

constexpr int kAttemptsMax = 16;
constexpr int kEditAttemptsMax = 4;
constexpr std::chrono::milliseconds kPauseMax{250};

constexpr std::array<std::string_view, 3> kPersonAttributes{"user_uuid", "user_display_name",
                                                            "user_handle"};

/// The code at `index` in a cancelled transaction's message, "… [None, ConditionalCheckFailed]".
std::string_view cancellation_code(std::string_view message, std::size_t index) {
  const auto open = message.rfind('[');
  if (open == std::string_view::npos) return {};
  message.remove_prefix(open + 1);
  for (; index > 0; --index) {
    const auto comma = message.find(", ");
    if (comma == std::string_view::npos) return {};
    message.remove_prefix(comma + 2);
  }
  return message.substr(0, message.find_first_of(",]"));
}

/// The attributes of a row (JSON) that a move leaves as they are, each followed by a comma.
std::string kept_attributes(const simdjson::dom::element& item, bool with_person) {
  constexpr std::array<std::string_view, 4> kSet{"pk", "sk", "message", "message_group_uuid"};
  const auto is_one_of = [](const auto& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
  };
  std::string out;
  simdjson::dom::object attributes;
  if (item.get(attributes) != simdjson::SUCCESS) return out;
  for (const auto& [name, value] : attributes) {
    if (is_one_of(kSet, name) || is_one_of(kSenderAttributes, name)) continue;
    if (!with_person && is_one_of(kPersonAttributes, name)) continue;
    out += fmt::format("{}:{},", json_string(name), simdjson::minify(value));
  }
  return out;
}

std::string person_attributes(const Person& person) {
  return fmt::format(R"("user_uuid":{},"user_display_name":{},"user_handle":{},)",
                     string_value(person.id), string_value(person.display_name),
                     string_value(person.handle));
}

/// Nothing if nobody is said to have sent the message.
std::string sender_attributes(const Person& sender) {
  if (sender.id.empty()) return {};
  return fmt::format(R"("{}":{},"{}":{},"{}":{},)", kSenderAttributes[0], string_value(sender.id),
                     kSenderAttributes[1], string_value(sender.display_name), kSenderAttributes[2],
                     string_value(sender.handle));
}

/// The end of an UpdateExpression that makes a row or META name this sender.
void set_sender(const Person& sender, ItemChange& change) {
  constexpr std::array<std::string_view, 3> kPlaceholders{"#s0", "#s1", "#s2"};
  for (std::size_t i = 0; i < kPlaceholders.size(); ++i) {
    change.parameters.name(kPlaceholders[i], kSenderAttributes[i]);
  }
  if (sender.id.empty()) {
    change.update += " REMOVE #s0, #s1, #s2";
    return;
  }
  change.update += ", #s0 = :s0, #s1 = :s1, #s2 = :s2";
  change.parameters.text(":s0", sender.id)
      .text(":s1", sender.display_name)
      .text(":s2", sender.handle);
}

/// Where a row goes: to its message's time; but never back, for it may stand later than the
/// message that it shows.
std::string place_for(const MemberItem& member, const RowTarget& target) {
  const bool stands_later = !member.row_sk.empty() && canonical_time(member.row_sk) > target.time;
  return stands_later ? member.row_sk : target.time;
}

std::string write_parameters(const ItemChange& change) {
  return fmt::format(R"("ConditionExpression":{}{})", json_string(change.condition),
                     change.parameters.json());
}

}  // namespace

Status MemberRows::serve(Member member, const RowTarget* target) {
  const std::string user = member.item.person.id;
  std::optional<Member> seen = std::move(member);
  if (target != nullptr) seen = PARLEY_TRY(move(*std::move(seen), *target));
  if (!seen || !seen->has_item) return {};
  const std::string read = read_by_writing(seen->item);
  // Pinned: a large group that has shrunk. No row moves, but there are few enough to count for.
  if (!seen->item.pinned && read.empty() && !must_count_again(seen->item)) return {};
  return recount_unread(domain_, where_.conversation.id, user, where_.conversation.meta.has_value(),
                        read);
}

Status MemberRows::mark_senders() {
  std::set<std::string, std::less<>> senders;
  for (const auto& [key, message] : where_.arrivals.messages) senders.insert(message.sender.id);
  senders.erase("");
  for (const std::string& sender : senders) {
    const ItemKey key{key_of(kConversationPrefix, where_.conversation.id),
                      key_of(kMemberPrefix, sender)};
    const auto member = PARLEY_TRY(table_.get(key, member_of));
    if (!member) continue;
    const std::string read = read_by_writing(*member);
    if (read.empty()) continue;
    PARLEY_TRY(recount_unread(domain_, where_.conversation.id, sender, true, read));
  }
  return {};
}

// Returns the member as it was when the row moved, but for what it has read, or when it turned out
// that it need not; none if the user is no member any more.
Result<std::optional<Member>> MemberRows::move(Member member, const RowTarget& target) {
  std::string place = place_for(member.item, target);
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    pause_before(attempt);
    if (member.item.pinned) return member;
    if (!member.item.message_sk.empty() && member.item.message_sk >= target.time) {
      if (member.item.message_sk == target.time) {
        if (target.edited) PARLEY_TRY(edit_in_place(member, target));
        if (!member.has_item) PARLEY_TRY(adopt(member));
      }
      return member;
    }
    std::string row = PARLEY_TRY(new_row(member, target, place));
    if (row.empty()) return member;  // nobody to show
    const Writes writes = PARLEY_TRY(writes_of(member, target, place, std::move(row)));
    switch (PARLEY_TRY(write(writes))) {
      case Outcome::kDone: {
        PARLEY_TRY(remove_surplus(member, place));
        const std::string read = read_by_writing(member.item);
        if (!read.empty() && (!member.has_item || read >= member.item.message_sk)) {
          member.item.last_read_sk = read;  // written with the row
        }
        return member;
      }
      case Outcome::kPlaceTaken: {  // by another conversation of this user, in the same microsecond
        const auto time = parse_iso(place);
        if (time) {
          place = iso_utc(*time + 1);
        } else {
          place += '+';
        }
        break;
      }
      case Outcome::kMemberChanged: {
        auto now = PARLEY_TRY(locate_member(domain_, where_.conversation, member.item.person.id));
        if (!now) return std::nullopt;
        member = *std::move(now);
        place = place_for(member.item, target);
        break;
      }
    }
  }
  return fail(ErrorCode::kUnavailable,
              fmt::format("The row of {} in conversation {} keeps being changed by others",
                          member.item.person.id, where_.conversation.id));
}

// The row as it is, with every attribute it has, in its new place. A group's has its title of
// today; one that was lost is made anew from the other member, or from a message of the other
// person. Empty if there is neither.
Result<std::string> MemberRows::new_row(const Member& member, const RowTarget& target,
                                        std::string_view place) {
  const auto& meta = where_.conversation.meta;
  const std::string pk = key_of(kRowPrefix, member.item.person.id);
  std::string person;
  if (meta && meta->kind == ConversationKind::kGroup) {
    person = person_attributes({.id = where_.conversation.id, .display_name = meta->title});
  }
  std::string kept;
  bool was_there = false;
  if (!member.item.row_sk.empty()) {
    was_there =
        PARLEY_TRY(table_.visit({pk, member.item.row_sk}, [&](const simdjson::dom::element& item) {
          kept = kept_attributes(item, person.empty());
        }));
  }
  if (!was_there && person.empty()) {
    person = PARLEY_TRY(other_person(member.item.person.id));
    if (person.empty()) return std::string();
  }
  return fmt::format(R"({{{}{}{}"pk":{},"sk":{},"message_group_uuid":{},"message":{}}})", kept,
                     person, sender_attributes(target.shown.sender), string_value(pk),
                     string_value(place), string_value(where_.conversation.id),
                     string_value(target.shown.text));
}

Result<std::string> MemberRows::other_person(const std::string& user) {
  for (const Member& member : where_.conversation.members) {
    const Person& person = member.item.person;
    if (person.id != user && !person.handle.empty()) return person_attributes(person);
  }
  std::string found;
  const std::string input = fmt::format(
      R"({{{},"KeyConditionExpression":"pk = :pk","FilterExpression":"user_uuid <> :u",)"
      R"("ScanIndexForward":false,"ExpressionAttributeValues":{{":pk":{},":u":{}}})",
      table_.table(), string_value(key_of(kMessagePrefix, where_.conversation.id)),
      string_value(user));
  PARLEY_TRY(for_each_item(domain_.database, input, [&](const simdjson::dom::element& item) {
    if (!text_of(item, "user_uuid")) return true;
    for (const std::string_view name : kPersonAttributes) {
      const auto text = text_of(item, name);
      if (text) found += fmt::format("{}:{},", json_string(name), string_value(*text));
    }
    return false;
  }));
  return found;
}

Result<MemberRows::Writes> MemberRows::writes_of(const Member& member, const RowTarget& target,
                                                 const std::string& place, std::string row) const {
  const std::string& user = member.item.person.id;
  Writes writes{
      .member = {key_of(kConversationPrefix, where_.conversation.id), key_of(kMemberPrefix, user)},
      .row = {key_of(kRowPrefix, user), place},
      .row_item = std::move(row),
      .text = target.shown.text,
      .own_place = {.condition = "attribute_not_exists(pk) OR message_group_uuid = :g",
                    .parameters = Parameters().text(":g", where_.conversation.id)}};
  const std::string read = read_by_writing(member.item);
  if (member.has_item) {
    ItemChange& change = writes.member_change;
    // What was counted so far is read, all of it. Where it is not, it is counted again after.
    const bool has_read_all = !read.empty() && read >= member.item.message_sk;
    change.update = has_read_all
                        ? "SET row_sk = :row, message_sk = :time, last_read_sk = :read, unread = :n"
                        : "SET row_sk = :row, message_sk = :time ADD unread :n";
    expect_unchanged(member.item, change);
    const std::string& after = has_read_all ? read : member.item.last_read_sk;
    change.parameters.text(":row", place)
        .text(":time", target.time)
        .number(":n", new_messages(member.item, after, target.time));
    if (has_read_all) change.parameters.text(":read", read);
  } else {
    MemberItem item = member.item;
    item.row_sk = place;
    item.message_sk = target.time;
    if (!read.empty()) item.last_read_sk = read;
    item.unread = PARLEY_TRY(count_unread(
        domain_, where_.conversation.id, user,
        {.after = item.last_read_sk, .up_to = item.message_sk, .foreign_times = true}));
    writes.new_member = item_of(item);
    writes.member_change.condition = "attribute_not_exists(pk)";
  }
  if (member.item.row_sk != place) writes.old_row = member.item.row_sk;
  return writes;
}

Result<MemberRows::Outcome> MemberRows::write(const Writes& writes) {
  if (where_.without_transactions) return write_step_by_step(writes);
  auto outcome = write_at_once(writes);
  if (outcome || !client::is_service_error(outcome.error(), "UnknownOperationException")) {
    return outcome;
  }
  where_.without_transactions = true;
  return write_step_by_step(writes);
}

Result<MemberRows::Outcome> MemberRows::write_at_once(const Writes& writes) {
  const std::string own_place = write_parameters(writes.own_place);
  std::string member;
  if (writes.new_member.empty()) {
    member = fmt::format(R"({{"Update":{{{},"Key":{},"UpdateExpression":"{}",{}}}}})",
                         table_.table(), item_key(writes.member.pk, writes.member.sk),
                         writes.member_change.update, write_parameters(writes.member_change));
  } else {
    member = fmt::format(R"({{"Put":{{{},"Item":{},{}}}}})", table_.table(), writes.new_member,
                         write_parameters(writes.member_change));
  }
  std::string items = fmt::format(R"({},{{"Put":{{{},"Item":{},{}}}}})", member, table_.table(),
                                  writes.row_item, own_place);
  if (!writes.old_row.empty()) {
    items += fmt::format(R"(,{{"Delete":{{{},"Key":{},{}}}}})", table_.table(),
                         item_key(writes.row.pk, writes.old_row), own_place);
  }
  const auto reply = domain_.database.call("TransactWriteItems",
                                           fmt::format(R"({{"TransactItems":[{}]}})", items));
  domain_.reads.changed(writes.member.pk);
  domain_.reads.changed(writes.row.pk);
  if (reply) return Outcome::kDone;
  const Error& error = reply.error();
  if (!client::is_service_error(error, "TransactionCanceledException")) {
    return std::unexpected(error);
  }
  constexpr std::string_view kConditionFailed = "ConditionalCheckFailed";
  const std::string_view message = error.message;
  const auto code = [&](std::size_t index) { return cancellation_code(message, index); };
  if (code(1) == kConditionFailed) return Outcome::kPlaceTaken;
  for (std::size_t index = 0; index < 3; ++index) {
    if (code(index) == kConditionFailed || code(index) == "TransactionConflict") {
      return Outcome::kMemberChanged;
    }
  }
  return std::unexpected(error);
}

// The row first, then the pointer to it, then the old row: whoever reads between sees two rows, of
// which the pointer names one.
Result<MemberRows::Outcome> MemberRows::write_step_by_step(const Writes& writes) {
  if (!PARLEY_TRY(table_.put(writes.row.pk, writes.row_item, writes.own_place))) {
    return Outcome::kPlaceTaken;
  }
  const bool pointed =
      writes.new_member.empty()
          ? PARLEY_TRY(table_.update(writes.member, writes.member_change))
          : PARLEY_TRY(table_.put(writes.member, writes.new_member, writes.member_change));
  if (!pointed) {
    PARLEY_TRY(take_back_row(writes));
    return Outcome::kMemberChanged;
  }
  if (!writes.old_row.empty()) {
    PARLEY_TRY(attempted(table_.erase({writes.row.pk, writes.old_row}, writes.own_place)));
  }
  return Outcome::kDone;
}

// Only where nobody will point at it: the user is no member, or the row shows something newer. Else
// another process may be about to point at this very row, and the next attempt finds it.
Status MemberRows::take_back_row(const Writes& writes) {
  const auto now = PARLEY_TRY(table_.get(writes.member, member_of));
  if (!now && !where_.conversation.meta) return {};
  if (now && (now->row_sk == writes.row.sk || now->row_sk < writes.row.sk)) return {};
  ItemChange ours = of_this_conversation();
  ours.condition += " AND message = :text";
  ours.parameters.text(":text", writes.text);
  PARLEY_TRY(attempted(table_.erase(writes.row, ours)));
  return {};
}

// The row came together with its message, as a new conversation's does.
Status MemberRows::adopt(Member member) {
  const std::string read = read_by_writing(member.item);
  if (!read.empty()) member.item.last_read_sk = read;
  member.item.unread = PARLEY_TRY(count_unread(
      domain_, where_.conversation.id, member.item.person.id,
      {.after = member.item.last_read_sk, .up_to = member.item.message_sk, .foreign_times = true}));
  PARLEY_TRY(
      attempted(table_.put({key_of(kConversationPrefix, where_.conversation.id),
                            key_of(kMemberPrefix, member.item.person.id)},
                           item_of(member.item), {.condition = "attribute_not_exists(pk)"})));
  return remove_surplus(member, member.item.row_sk);
}

Status MemberRows::edit_in_place(const Member& member, const RowTarget& target) {
  if (member.item.row_sk.empty()) return {};
  ItemChange change = of_this_conversation();
  change.update = "SET message = :m";
  std::string shown;
  for (int attempt = 0; attempt < kEditAttemptsMax; ++attempt) {
    // As it is now: the record may be an old one. And again, for another may have written an older
    // text between our reading and our writing.
    const auto message = PARLEY_TRY(message_at(target.sort_key));
    if (!message || (attempt > 0 && message->text == shown)) return {};
    shown = message->text;
    ItemChange now = change;
    set_sender(message->sender, now);
    now.parameters.text(":m", shown);
    const bool is_there = PARLEY_TRY(
        table_.update({key_of(kRowPrefix, member.item.person.id), member.item.row_sk}, now));
    if (!is_there) return {};  // it has moved on: then it shows a newer message
  }
  return {};
}

Status MemberRows::remove_surplus(const Member& member, std::string_view place) {
  for (const std::string& sk : member.surplus_rows) {
    if (sk == place) continue;
    PARLEY_TRY(attempted(
        table_.erase({key_of(kRowPrefix, member.item.person.id), sk}, of_this_conversation())));
  }
  return {};
}

// By addition only what no count can have counted yet: what is newer than what the row shows.
long MemberRows::new_messages(const MemberItem& member, std::string_view after,
                              std::string_view up_to) const {
  return std::ranges::count_if(where_.arrivals.messages, [&](const auto& entry) {
    const MessageArrival& message = entry.second;
    return message.told && !message.removed && !message.deleted &&
           message.sender.id != member.person.id && message.time > member.message_sk &&
           message.time > after && message.time <= up_to;
  });
}

// The time of the newest message of the batch that the member has written, if that is later than
// what the member has read so far; else empty.
std::string MemberRows::read_by_writing(const MemberItem& member) const {
  for (const auto& [key, message] : std::views::reverse(where_.arrivals.messages)) {
    if (message.time <= member.last_read_sk) break;
    if (message.told && message.sender.id == member.person.id) return message.time;
  }
  return {};
}

// What has come or gone among the messages that are counted; and newer ones whose sender and state
// the records do not tell.
bool MemberRows::must_count_again(const MemberItem& member) const {
  return std::ranges::any_of(where_.arrivals.messages, [&](const auto& entry) {
    const MessageArrival& message = entry.second;
    if (message.time <= member.last_read_sk) return false;
    if (!message.told && !message.removed) return true;
    if (message.time > member.message_sk) return false;
    if (message.removed) return true;
    return (message.inserted || message.deleted) && message.sender.id != member.person.id;
  });
}

Result<std::optional<ShownMessage>> MemberRows::message_at(const std::string& sort_key) {
  std::optional<ShownMessage> found;
  PARLEY_TRY(attempted(table_.visit({key_of(kMessagePrefix, where_.conversation.id), sort_key},
                                    [&](const simdjson::dom::element& item) {
                                      auto message = message_of(item);
                                      if (!message || !text_of(item, "message")) return;
                                      found = ShownMessage{.text = std::move(message->text),
                                                           .sender = std::move(message->sender)};
                                    })));
  return found;
}

Status MemberRows::touch_meta(const RowTarget& target) {
  const ItemKey key{key_of(kConversationPrefix, where_.conversation.id), std::string(kMetaKey)};
  ShownMessage shown = target.shown;
  for (int attempt = 0; attempt < kEditAttemptsMax; ++attempt) {
    if (target.edited) {
      auto now = PARLEY_TRY(message_at(target.sort_key));
      if (!now || (attempt > 0 && now->text == shown.text)) return {};
      shown = *std::move(now);
    }
    // A record of the message's first text that comes again must not undo an edit.
    const std::string_view older = target.edited ? "<=" : "<";
    ItemChange change{.update = "SET last_message_at = :t, preview = :m",
                      .condition = fmt::format("attribute_exists(pk) AND (attribute_not_exists("
                                               "last_message_at) OR last_message_at {} :t)",
                                               older),
                      .parameters = Parameters().text(":t", target.time).text(":m", shown.text)};
    set_sender(shown.sender, change);
    const bool is_newest = PARLEY_TRY(table_.update(key, change));
    if (!is_newest || !target.edited) return {};
  }
  return {};
}

ItemChange MemberRows::of_this_conversation() const {
  return {.condition = "message_group_uuid = :g",
          .parameters = Parameters().text(":g", where_.conversation.id)};
}

// The second attempt comes at once: what was in the way is mostly over. Then 1 ms, 2 ms, 4 ms, …
void MemberRows::pause_before(int attempt) const {
  if (attempt < 2) return;
  domain_.pause(std::min(kPauseMax, std::chrono::milliseconds(1 << std::min(attempt - 2, 8))));
}

}  // namespace parley::messaging
