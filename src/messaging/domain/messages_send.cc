// Sending: pattern C. With a client token it is claimed and then completed: the IDM item names the
// message's id, and so its key, before the message is put; whoever comes again with the token puts
// the very same message, on condition that it is not there.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/checksum.h"
#include "messaging/domain/conversations.h"
#include "messaging/domain/conversations_reads.h"
#include "messaging/domain/handles.h"
#include "messaging/domain/message_lookup.h"
#include "messaging/domain/message_text.h"
#include "messaging/domain/messages.h"
#include "messaging/domain/people.h"
#include "messaging/domain/table_calls.h"
#include "messaging/query_pages.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

constexpr int kAttemptsMax = 256;
constexpr std::size_t kTokenSizeMax = 64;
constexpr std::int64_t kTokenLifeSeconds = std::int64_t{24} * 60 * 60;
constexpr TimestampMicros kMicrosPerSecond = 1'000'000;

bool is_token(std::string_view token) {
  return token.size() <= kTokenSizeMax && std::ranges::all_of(token, [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_';
         });
}

/// The other person of a conversation of two; empty: it is a group, or there is nobody.
Result<std::string> other_of_two(Domain& domain, const MemberItem& me) {
  // META sorts after every member: of a conversation of two this is all there is.
  constexpr int kItems = 3;
  bool is_group = false;
  bool has_meta = false;
  std::string other;
  int seen = 0;
  PARLEY_TRY(for_each_item(
      domain.database,
      fmt::format(R"({{"TableName":{},"ConsistentRead":true,"KeyConditionExpression":"pk = :pk",)"
                  R"("ScanIndexForward":false,"Limit":{}{})",
                  json_string(domain.settings.table), kItems,
                  Parameters().text(":pk", key_of(kConversationPrefix, me.conversation)).json()),
      [&](const simdjson::dom::element& item) {
        if (const auto meta = meta_of(item)) {
          has_meta = true;
          is_group = meta->kind == ConversationKind::kGroup;
        } else if (auto member = member_of(item); member && member->person.id != me.person.id) {
          other = std::move(member->person.id);
        }
        return !is_group && ++seen < kItems;
      }));
  if (is_group || has_meta || !other.empty()) return is_group ? std::string() : other;
  // The founding document's conversations have rows alone.
  if (me.row_sk.empty()) return std::string();
  const auto row =
      PARLEY_TRY(TableCalls(domain).get({key_of(kRowPrefix, me.person.id), me.row_sk}, row_of));
  return row && row->conversation == me.conversation ? row->other.id : std::string();
}

constexpr std::string_view kGroup = "group";

/// Whom the conversation has, besides the asker, that could have blocked them.
struct Others {
  bool known = false;  // false: it takes a closer look (other_of_two)
  bool is_group = false;
  std::string other = {};  // of a conversation of two
};

/// It is what it is for as long as there is the conversation: so nobody need tell the cache of its
/// changes, and this has a collection of its own there.
Result<Others> others_of(Domain& domain, std::string_view asker, std::string_view conversation) {
  const auto make = [&]() -> Result<std::string> {
    std::string text;
    bool has_meta = false;
    const std::string input = fmt::format(
        R"({{{},"KeyConditionExpression":"pk = :pk","ScanIndexForward":false,"Limit":3{})",
        TableCalls(domain).table(),
        Parameters().text(":pk", key_of(kConversationPrefix, conversation)).json());
    int seen = 0;
    PARLEY_TRY(for_each_item(domain.database, input, [&](const simdjson::dom::element& item) {
      if (const auto meta = meta_of(item)) {
        has_meta = true;
        if (meta->kind == ConversationKind::kGroup) text = kGroup;
      } else if (const auto member = member_of(item)) {
        if (has_meta && member->person.id != asker) text = member->person.id;
      }
      return text.empty() && ++seen < 3;
    }));
    return text;
  };
  const auto text = PARLEY_TRY(domain.reads.made(fmt::format("TWO#{}", conversation), asker, make));
  Others others{.known = !text->empty(), .is_group = *text == kGroup};
  if (!others.is_group) others.other = *text;
  return others;
}

/// What a sender is, in one call to the database.
struct Sender {
  std::optional<ProfileItem> profile = {};
  bool is_member = false;
  bool is_blocked = false;
};

Result<Sender> read_sender(Domain& domain, std::string_view asker, std::string_view conversation,
                           const Others& others) {
  std::vector<ItemKey> keys{
      profile_key(asker),
      {key_of(kConversationPrefix, conversation), key_of(kMemberPrefix, asker)}};
  if (!others.other.empty()) {
    keys.push_back({key_of(kBlockPrefix, asker), others.other});
    keys.push_back({key_of(kBlockPrefix, others.other), std::string(asker)});
  }
  Sender sender;
  PARLEY_TRY(visit_many(domain, keys, [&](const simdjson::dom::element& item) {
    if (auto profile = profile_item_of(item)) {
      sender.profile = std::move(profile);
    } else if (member_of(item)) {
      sender.is_member = true;
    } else {
      sender.is_blocked = true;
    }
  }));
  return sender;
}

/// The sender, if they may send. What the items of Parley's own conversations do not say is looked
/// for where the founding document's have it.
Result<Person> checked_sender(Domain& domain, std::string_view asker,
                              std::string_view conversation) {
  const Others others = PARLEY_TRY(others_of(domain, asker, conversation));
  Sender sender = PARLEY_TRY(read_sender(domain, asker, conversation, others));
  if (!sender.profile) return refuse(RefusalReason::kNoSuchPerson);
  if (!sender.profile->erased_at.empty()) return refuse(RefusalReason::kErased);
  if (!sender.is_member || !others.known) {
    const MemberItem me = PARLEY_TRY(Conversations(domain).membership(asker, conversation));
    const std::string other = PARLEY_TRY(other_of_two(domain, me));
    if (!other.empty()) {
      sender.is_blocked = PARLEY_TRY(People(domain).is_blocked_between(asker, other));
    }
  }
  if (sender.is_blocked) return refuse(RefusalReason::kBlocked);
  return std::move(sender.profile->person);
}

class Sending {
 public:
  Sending(Domain& domain, Message draft)
      : domain_(domain), table_(domain), draft_(std::move(draft)) {}

  Result<Sent> without_token() {
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
      take_new_time();
      if (auto message = PARLEY_TRY(put_message())) return Sent{.message = *std::move(message)};
    }
    return no_place();
  }

  Result<Sent> with_token() {
    take_new_time();
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
      if (!PARLEY_TRY(put_claim()) && !PARLEY_TRY(follow_claim())) continue;
      if (auto message = PARLEY_TRY(put_message())) {
        return Sent{.message = *std::move(message), .was_there = claimed_by_another_};
      }
      PARLEY_TRY(move_claim());
    }
    return no_place();
  }

 private:
  struct Claim {
    std::string id = {};
    std::string conversation = {};
    std::string body_hash = {};
  };

  static std::unexpected<Error> no_place() {
    return fail(ErrorCode::kUnavailable, "The conversation is too busy to take the message");
  }

  void take_new_time() {
    const TimestampMicros time = domain_.times.next(draft_.conversation);
    draft_.id = message_id_at(time, domain_.random);
    draft_.sort_key = iso_utc(time);
    own_ids_.push_back(draft_.id);
  }

  /// The message as it is stored; none: another message has its place.
  Result<std::optional<Message>> put_message() {
    const ItemKey key = message_key(draft_.conversation, draft_.sort_key);
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
      if (PARLEY_TRY(table_.put(key.pk, item_of(draft_, ttl_s()),
                                {.condition = "attribute_not_exists(pk)"}))) {
        return draft_;
      }
      auto there = PARLEY_TRY(table_.get(key, message_of));
      if (!there) continue;
      if (there->id == draft_.id) return there;
      return std::nullopt;
    }
    return no_place();
  }

  [[nodiscard]] std::int64_t ttl_s() const {
    const auto retention = domain_.settings.message_retention;
    const auto time = parse_iso(draft_.sort_key);
    if (retention.count() == 0 || !time) return 0;
    return *time / kMicrosPerSecond + retention.count();
  }

  [[nodiscard]] ItemKey claim_key() const {
    return {fmt::format("{}{}#{}", kIdempotencyPrefix, draft_.sender.id, draft_.client_token),
            std::string(kIdempotencyKey)};
  }

  /// Of what must be the same for the same token.
  [[nodiscard]] std::string body_hash() const {
    std::string body = draft_.reply_to;
    body += '\0';
    body += draft_.text;
    return fmt::format("{:016x}", hash64(body));
  }

  /// False: there is one that still holds.
  Result<bool> put_claim() {
    const ItemKey key = claim_key();
    const std::int64_t now_s = domain_.clock.now() / kMicrosPerSecond;
    return table_.put(
        key.pk,
        fmt::format(R"({{"pk":{},"sk":{},"message_uuid":{},"conversation":{},"body_hash":{},)"
                    R"("ttl":{{"N":"{}"}}}})",
                    string_value(key.pk), string_value(key.sk), string_value(draft_.id),
                    string_value(draft_.conversation), string_value(body_hash()),
                    now_s + kTokenLifeSeconds),
        {.condition = "attribute_not_exists(pk) OR #ttl <= :now",
         .parameters = Parameters().name("#ttl", "ttl").number(":now", now_s)});
  }

  /// Takes id and time from the claim that is there; false: it has gone meanwhile.
  Result<bool> follow_claim() {
    Claim claim;
    const bool found =
        PARLEY_TRY(table_.visit(claim_key(), [&](const simdjson::dom::element& item) {
          claim = {.id = std::string(text_of(item, "message_uuid").value_or("")),
                   .conversation = std::string(text_of(item, "conversation").value_or("")),
                   .body_hash = std::string(text_of(item, "body_hash").value_or(""))};
        }));
    if (!found) return false;
    if (claim.conversation != draft_.conversation || claim.body_hash != body_hash()) {
      return refuse(RefusalReason::kTokenReused);
    }
    const auto time = time_of_message_id(claim.id);
    if (!time) {
      return fail(ErrorCode::kCorruption,
                  fmt::format("The idempotency item {} names no message", claim_key().pk));
    }
    if (std::ranges::find(own_ids_, claim.id) == own_ids_.end()) claimed_by_another_ = true;
    draft_.id = std::move(claim.id);
    draft_.sort_key = iso_utc(*time);
    return true;
  }

  /// The claim's place has been taken by another message: it names another one from now on, unless
  /// somebody else has moved it already.
  Status move_claim() {
    const std::string old_id = draft_.id;
    take_new_time();
    PARLEY_TRY(attempted(table_.update(
        claim_key(), {.update = "SET message_uuid = :new",
                      .condition = "message_uuid = :old",
                      .parameters = Parameters().text(":new", draft_.id).text(":old", old_id)})));
    return {};
  }

  Domain& domain_;
  TableCalls table_;
  Message draft_;
  std::vector<std::string> own_ids_ = {};  // that this call has made
  bool claimed_by_another_ = false;
};

}  // namespace

Status check_message_text(std::string_view text, std::size_t characters_max) {
  const auto characters = count_characters(text);
  if (!characters) return refuse(RefusalReason::kInvalidInput, "The text is no valid UTF-8");
  if (is_blank(text)) return refuse(RefusalReason::kMessageBlank);
  if (*characters > characters_max) {
    return refuse(
        RefusalReason::kMessageTooLong,
        fmt::format("The message has {} characters; {} are allowed", *characters, characters_max));
  }
  return {};
}

Result<Sent> Messages::send(std::string_view asker, std::string_view conversation,
                            const NewMessage& message) {
  PARLEY_TRY(check_message_text(message.text, domain_.settings.message_characters_max));
  if (!is_token(message.client_token)) {
    return refuse(
        RefusalReason::kInvalidInput,
        fmt::format("A client token is 1 to {} of A-Z, a-z, 0-9, - and _", kTokenSizeMax));
  }
  Person sender = PARLEY_TRY(checked_sender(domain_, asker, conversation));
  if (!message.reply_to.empty()) {
    PARLEY_TRY(find_message(domain_, conversation, message.reply_to));
  }
  Sending sending(domain_, Message{.conversation = std::string(conversation),
                                   .sender = std::move(sender),
                                   .text = message.text,
                                   .reply_to = message.reply_to,
                                   .client_token = message.client_token});
  return message.client_token.empty() ? sending.without_token() : sending.with_token();
}

}  // namespace parley::messaging
