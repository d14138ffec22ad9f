#include "messaging/member_row.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <chrono>

#include "messaging/query_pages.h"
#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

constexpr int kAttemptsMax = 16;
constexpr std::chrono::milliseconds kPauseMax{250};

constexpr std::string_view kNoItemYet = "attribute_not_exists(pk)";
constexpr std::string_view kFreeOrThisConversation =
    "attribute_not_exists(pk) OR message_group_uuid = :g";
constexpr std::string_view kMessageIsNewer =
    "(attribute_not_exists(message_sk) OR message_sk < :time)";
constexpr std::string_view kMetaIsNotNewer =
    "attribute_exists(pk) AND (attribute_not_exists(last_message_at) OR last_message_at <= :t)";

bool is_condition_failure(const Error& error) {
  return client::is_service_error(error, "ConditionalCheckFailedException");
}

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

/// The attributes of `item` (JSON) but for the ones that a move sets, each followed by a comma.
std::string kept_attributes(const simdjson::dom::object& item) {
  std::string out;
  for (const auto& [name, value] : item) {
    if (name == "pk" || name == "sk" || name == "message") continue;
    out += fmt::format("{}:{},", json_string(name), simdjson::minify(value));
  }
  return out;
}

std::string row_item(const Member& member, std::string_view kept, std::string_view place,
                     std::string_view text) {
  return fmt::format(R"({{{}"pk":{},"sk":{},"message":{}}})", kept,
                     string_value(fmt::format("{}{}", kRowPrefix, member.user)),
                     string_value(place), string_value(text));
}

}  // namespace

Result<Conversation> MemberRows::load(const std::string& conversation, long members_max) {
  Conversation found{.uuid = conversation};
  const std::string input = fmt::format(
      R"({{{},"KeyConditionExpression":"pk = :pk","ScanIndexForward":false,"ConsistentRead":true,)"
      R"("ExpressionAttributeValues":{{":pk":{}}})",
      table(), string_value(fmt::format("{}{}", kConversationPrefix, conversation)));
  // META comes first, since it sorts after every member.
  PARLEY_TRY(for_each_item(where_.database, input, [&](const simdjson::dom::element& item) {
    const std::string_view sk = text_of(item, "sk").value_or("");
    if (sk == kMetaKey) found.member_count = number_of(item, "member_count").value_or(0);
    if (found.member_count.value_or(0) > members_max) return false;
    if (sk.starts_with(kMemberPrefix)) {
      found.members.push_back(
          {.user = std::string(sk.substr(kMemberPrefix.size())),
           .has_item = true,
           .row_sk = std::string(text_of(item, "row_sk").value_or("")),
           .message_time = std::string(text_of(item, "message_sk").value_or(""))});
    }
    return true;
  }));
  if (!found.member_count) PARLEY_TRY(add_users_of_index(found));
  return found;
}

// The index may show rows that have moved, or not yet show new ones: only whose they are counts.
Status MemberRows::add_users_of_index(Conversation& conversation) {
  std::vector<std::string> users;
  const std::string input =
      fmt::format(R"({{{},"IndexName":{},"KeyConditionExpression":"message_group_uuid = :g",)"
                  R"("ProjectionExpression":"pk","ExpressionAttributeValues":{{":g":{}}})",
                  table(), json_string(where_.index), string_value(conversation.uuid));
  PARLEY_TRY(for_each_item(where_.database, input, [&](const simdjson::dom::element& item) {
    const std::string_view pk = text_of(item, "pk").value_or("");
    if (pk.starts_with(kRowPrefix)) users.emplace_back(pk.substr(kRowPrefix.size()));
    return true;
  }));
  for (std::string& user : users) {
    if (std::ranges::find(conversation.members, user, &Member::user) !=
        conversation.members.end()) {
      continue;
    }
    Member member{.user = std::move(user)};
    PARLEY_TRY(find_rows(conversation.uuid, member));
    conversation.members.push_back(std::move(member));
  }
  return {};
}

// The user's rows of the conversation in the table itself; the newest is the one that counts.
Status MemberRows::find_rows(const std::string& conversation, Member& member) {
  const std::string input = fmt::format(
      R"({{{},"KeyConditionExpression":"pk = :pk","FilterExpression":"message_group_uuid = :g",)"
      R"("ConsistentRead":true,"ProjectionExpression":"sk",)"
      R"("ExpressionAttributeValues":{{":pk":{},":g":{}}})",
      table(), string_value(fmt::format("{}{}", kRowPrefix, member.user)),
      string_value(conversation));
  return for_each_item(where_.database, input, [&](const simdjson::dom::element& item) {
    const std::string sk(text_of(item, "sk").value_or(""));
    const std::string time = canonical_time(sk);
    if (member.row_sk.empty() || time >= member.message_time) {
      if (!member.row_sk.empty()) member.surplus_rows.push_back(member.row_sk);
      member.row_sk = sk;
      member.message_time = time;
    } else {
      member.surplus_rows.push_back(sk);
    }
    return true;
  });
}

Result<Member> MemberRows::locate(const std::string& conversation, const std::string& user) {
  Member member{.user = user};
  const std::string item =
      PARLEY_TRY(get_item(fmt::format("{}{}", kConversationPrefix, conversation),
                          fmt::format("{}{}", kMemberPrefix, user)));
  if (item.empty()) {
    PARLEY_TRY(find_rows(conversation, member));
    return member;
  }
  simdjson::dom::parser parser;
  simdjson::dom::element json;
  if (parser.parse(item).get(json) != simdjson::SUCCESS) {
    return fail(ErrorCode::kRemote, "The server's answer to GetItem is no JSON");
  }
  member.has_item = true;
  member.row_sk = text_of(json, "row_sk").value_or("");
  member.message_time = text_of(json, "message_sk").value_or("");
  return member;
}

Status MemberRows::move(const std::string& conversation, Member member, const RowTarget& target) {
  std::string place = target.time;
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    pause_before(attempt);
    if (!member.message_time.empty() && member.message_time >= target.time) {
      if (member.message_time > target.time) return {};
      if (target.edited) return edit_in_place(conversation, member, target);
      return member.has_item ? Status{} : adopt(conversation, member, target);
    }
    std::string row = PARLEY_TRY(new_row(conversation, member, target, place));
    if (row.empty()) return {};  // nobody to show
    const Writes writes = writes_of(conversation, member, target, place, std::move(row));
    auto outcome = where_.without_transactions
                       ? write_step_by_step(writes, member.user, place, conversation)
                       : write_at_once(writes);
    if (!outcome && client::is_service_error(outcome.error(), "UnknownOperationException")) {
      where_.without_transactions = true;
      outcome = write_step_by_step(writes, member.user, place, conversation);
    }
    switch (PARLEY_TRY(std::move(outcome))) {
      case Outcome::kDone:
        return remove_surplus(conversation, member, place);
      case Outcome::kPlaceTaken: {  // by another conversation of this user, in the same microsecond
        const auto time = parse_iso(place);
        place = time ? iso_utc(*time + 1) : place + "+";
        break;
      }
      case Outcome::kMemberChanged:
        member = PARLEY_TRY(locate(conversation, member.user));
        break;
    }
  }
  return fail(ErrorCode::kUnavailable,
              fmt::format("The row of {} in conversation {} keeps being changed by others",
                          member.user, conversation));
}

// The row as it is, with every attribute it has, in its new place; one that was lost is made anew
// from a message of the other person. Empty if there is neither.
Result<std::string> MemberRows::new_row(const std::string& conversation, const Member& member,
                                        const RowTarget& target, std::string_view place) {
  std::string old_row;
  if (!member.row_sk.empty()) {
    old_row = PARLEY_TRY(get_item(fmt::format("{}{}", kRowPrefix, member.user), member.row_sk));
  }
  if (old_row.empty()) {
    const std::string other = PARLEY_TRY(other_person(conversation, member.user));
    return other.empty() ? std::string() : row_item(member, other, place, target.text);
  }
  simdjson::dom::parser parser;
  simdjson::dom::object item;
  if (parser.parse(old_row).get(item) != simdjson::SUCCESS) {
    return fail(ErrorCode::kRemote, "The server's answer to GetItem is no JSON");
  }
  return row_item(member, kept_attributes(item), place, target.text);
}

Result<std::string> MemberRows::other_person(const std::string& conversation,
                                             const std::string& user) {
  std::string found;
  const std::string input = fmt::format(
      R"({{{},"KeyConditionExpression":"pk = :pk","FilterExpression":"user_uuid <> :u",)"
      R"("ScanIndexForward":false,"ExpressionAttributeValues":{{":pk":{},":u":{}}})",
      table(), string_value(fmt::format("{}{}", kMessagePrefix, conversation)), string_value(user));
  PARLEY_TRY(for_each_item(where_.database, input, [&](const simdjson::dom::element& item) {
    const auto person = text_of(item, "user_uuid");
    if (!person) return true;
    found = fmt::format(R"("message_group_uuid":{},)", string_value(conversation));
    for (const std::string_view name : {"user_uuid", "user_display_name", "user_handle"}) {
      const auto text = text_of(item, name);
      if (text) found += fmt::format("{}:{},", json_string(name), string_value(*text));
    }
    return false;
  }));
  return found;
}

MemberRows::Writes MemberRows::writes_of(const std::string& conversation, const Member& member,
                                         const RowTarget& target, std::string_view place,
                                         std::string row) const {
  Writes writes;
  const std::string pk = fmt::format("{}{}", kConversationPrefix, conversation);
  const std::string sk = fmt::format("{}{}", kMemberPrefix, member.user);
  writes.creates_member = !member.has_item;
  if (!member.has_item) {
    writes.member = fmt::format(
        R"({},"Item":{{"pk":{},"sk":{},"row_sk":{},"message_sk":{},"unread":{{"N":"{}"}}}},)"
        R"("ConditionExpression":"{}")",
        table(), string_value(pk), string_value(sk), string_value(place), string_value(target.time),
        target.unread_of(member), kNoItemYet);
  } else {
    const bool has_row = !member.row_sk.empty();
    writes.member = fmt::format(
        R"({},"Key":{},"UpdateExpression":"SET row_sk = :row, message_sk = :time ADD unread :n",)"
        R"("ConditionExpression":"{} AND {}",)"
        R"("ExpressionAttributeValues":{{":row":{},":time":{},":n":{{"N":"{}"}}{}}})",
        table(), item_key(pk, sk),
        has_row ? "row_sk = :old" : "attribute_exists(pk) AND attribute_not_exists(row_sk)",
        kMessageIsNewer, string_value(place), string_value(target.time), target.unread_of(member),
        has_row ? ",\":old\":" + string_value(member.row_sk) : "");
  }
  const std::string condition =
      fmt::format(R"("ConditionExpression":"{}","ExpressionAttributeValues":{{":g":{}}})",
                  kFreeOrThisConversation, string_value(conversation));
  writes.row = fmt::format(R"({},"Item":{},{})", table(), row, condition);
  if (!member.row_sk.empty() && member.row_sk != place) {
    writes.old_row = fmt::format(
        R"({},"Key":{},{})", table(),
        item_key(fmt::format("{}{}", kRowPrefix, member.user), member.row_sk), condition);
  }
  return writes;
}

Result<MemberRows::Outcome> MemberRows::write_at_once(const Writes& writes) {
  const auto reply = where_.database.call(
      "TransactWriteItems",
      fmt::format(
          R"({{"TransactItems":[{{"{}":{{{}}}}},{{"Put":{{{}}}}}{}]}})",
          writes.creates_member ? "Put" : "Update", writes.member, writes.row,
          writes.old_row.empty() ? "" : fmt::format(R"(,{{"Delete":{{{}}}}})", writes.old_row)));
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
Result<MemberRows::Outcome> MemberRows::write_step_by_step(const Writes& writes,
                                                           const std::string& user,
                                                           std::string_view place,
                                                           const std::string& conversation) {
  const auto braces = [](const std::string& parameters) { return "{" + parameters + "}"; };
  const auto row = call("PutItem", braces(writes.row));
  if (!row && is_condition_failure(row.error())) return Outcome::kPlaceTaken;
  if (!row) return std::unexpected(row.error());

  const auto member = call(writes.creates_member ? "PutItem" : "UpdateItem", braces(writes.member));
  if (!member && is_condition_failure(member.error())) {
    const Member now = PARLEY_TRY(locate(conversation, user));
    if (now.has_item && now.row_sk != place) {
      PARLEY_TRY(
          call("DeleteItem", fmt::format(R"({{{},"Key":{}}})", table(),
                                         item_key(fmt::format("{}{}", kRowPrefix, user), place))));
    }
    return Outcome::kMemberChanged;
  }
  if (!member) return std::unexpected(member.error());

  if (!writes.old_row.empty()) {
    const auto removed = call("DeleteItem", braces(writes.old_row));
    if (!removed && !is_condition_failure(removed.error())) return std::unexpected(removed.error());
  }
  return Outcome::kDone;
}

// The row came together with its message, as a new conversation's does.
Status MemberRows::adopt(const std::string& conversation, const Member& member,
                         const RowTarget& target) {
  const Writes writes = writes_of(conversation, member, target, member.row_sk, {});
  const auto reply = call("PutItem", "{" + writes.member + "}");
  if (!reply && !is_condition_failure(reply.error())) return std::unexpected(reply.error());
  return {};
}

Status MemberRows::edit_in_place(const std::string& conversation, const Member& member,
                                 const RowTarget& target) {
  // As it is now: the record may be an old one.
  const auto text = PARLEY_TRY(message_text(conversation, target.sort_key));
  if (!text || member.row_sk.empty()) return {};
  const auto reply = call(
      "UpdateItem",
      fmt::format(R"({{{},"Key":{},"UpdateExpression":"SET message = :m",)"
                  R"("ConditionExpression":"message_group_uuid = :g",)"
                  R"("ExpressionAttributeValues":{{":m":{},":g":{}}}}})",
                  table(), item_key(fmt::format("{}{}", kRowPrefix, member.user), member.row_sk),
                  string_value(*text), string_value(conversation)));
  // It has moved on meanwhile: then it shows a newer message.
  if (!reply && !is_condition_failure(reply.error())) return std::unexpected(reply.error());
  return {};
}

Status MemberRows::remove_surplus(const std::string& conversation, const Member& member,
                                  std::string_view place) {
  for (const std::string& sk : member.surplus_rows) {
    if (sk == place) continue;
    const auto reply =
        call("DeleteItem",
             fmt::format(R"({{{},"Key":{},"ConditionExpression":"message_group_uuid = :g",)"
                         R"("ExpressionAttributeValues":{{":g":{}}}}})",
                         table(), item_key(fmt::format("{}{}", kRowPrefix, member.user), sk),
                         string_value(conversation)));
    if (!reply && !is_condition_failure(reply.error())) return std::unexpected(reply.error());
  }
  return {};
}

Result<std::optional<std::string>> MemberRows::message_text(const std::string& conversation,
                                                            const std::string& sort_key) {
  const std::string item =
      PARLEY_TRY(get_item(fmt::format("{}{}", kMessagePrefix, conversation), sort_key));
  simdjson::dom::parser parser;
  simdjson::dom::element json;
  if (item.empty() || parser.parse(item).get(json) != simdjson::SUCCESS) return std::nullopt;
  const auto text = text_of(json, "message");
  return text ? std::optional(std::string(*text)) : std::nullopt;
}

Status MemberRows::touch_meta(const std::string& conversation, const RowTarget& target) {
  const auto reply =
      call("UpdateItem",
           fmt::format(
               R"({{{},"Key":{},"UpdateExpression":"SET last_message_at = :t, preview = :m",)"
               R"("ConditionExpression":"{}","ExpressionAttributeValues":{{":t":{},":m":{}}}}})",
               table(), item_key(fmt::format("{}{}", kConversationPrefix, conversation), kMetaKey),
               kMetaIsNotNewer, string_value(target.time), string_value(target.text)));
  if (!reply && !is_condition_failure(reply.error())) return std::unexpected(reply.error());
  return {};
}

Result<std::string> MemberRows::call(std::string_view operation, std::string_view input) {
  for (int attempt = 1;; ++attempt) {
    auto reply = where_.database.call(operation, input);
    if (reply || attempt >= kAttemptsMax ||
        !client::is_service_error(reply.error(), "TransactionConflictException")) {
      return reply;
    }
    pause_before(attempt + 1);
  }
}

// The second attempt comes at once: what was in the way is mostly over. Then 1 ms, 2 ms, 4 ms, …
void MemberRows::pause_before(int attempt) {
  if (attempt < 2) return;
  where_.pause(std::min(kPauseMax, std::chrono::milliseconds(1 << std::min(attempt - 2, 8))));
}

Result<std::string> MemberRows::get_item(std::string_view pk, std::string_view sk) {
  const std::string reply = PARLEY_TRY(where_.database.call(
      "GetItem",
      fmt::format(R"({{{},"Key":{},"ConsistentRead":true}})", table(), item_key(pk, sk))));
  simdjson::dom::parser parser;
  simdjson::dom::element json;
  simdjson::dom::element item;
  if (parser.parse(reply).get(json) != simdjson::SUCCESS) {
    return fail(ErrorCode::kRemote, "The server's answer to GetItem is no JSON");
  }
  return json["Item"].get(item) == simdjson::SUCCESS ? simdjson::minify(item) : std::string();
}

std::string MemberRows::table() const {
  return "\"TableName\":" + json_string(where_.table);
}

}  // namespace parley::messaging
