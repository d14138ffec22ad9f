// Sending: pattern C. With a client token it is claimed and then completed: the IDM item names the
// message's id, and so its key, before the message is put; whoever comes again with the token puts
// the very same message, on condition that it is not there.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/checksum.h"
#include "messaging/domain/message_lookup.h"
#include "messaging/domain/message_text.h"
#include "messaging/domain/messages.h"
#include "messaging/domain/sender.h"
#include "messaging/domain/table_calls.h"
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

ItemKey key_of_claim(std::string_view asker, std::string_view client_token) {
  return {fmt::format("{}{}#{}", kIdempotencyPrefix, asker, client_token),
          std::string(kIdempotencyKey)};
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
    return key_of_claim(draft_.sender.id, draft_.client_token);
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

Result<std::optional<std::string>> Messages::conversation_of_token(std::string_view asker,
                                                                   std::string_view client_token) {
  std::optional<std::string> conversation;
  const std::int64_t now_s = domain_.clock.now() / kMicrosPerSecond;
  static_cast<void>(PARLEY_TRY(TableCalls(domain_).visit(
      key_of_claim(asker, client_token), [&](const simdjson::dom::element& item) {
        if (number_of(item, "ttl").value_or(0) <= now_s) return;
        conversation = text_of(item, "conversation");
      })));
  return conversation;
}

}  // namespace parley::messaging
