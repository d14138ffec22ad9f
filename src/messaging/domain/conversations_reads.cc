#include "messaging/domain/conversations_reads.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "client/item_page.h"
#include "messaging/domain/conversations_rows.h"
#include "messaging/json_parser.h"
#include "messaging/query_pages.h"
#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

constexpr std::size_t kBatchKeysMax = 100;  // BatchGetItem's own limit
constexpr int kBatchAttemptsMax = 16;

Result<simdjson::dom::element> parse(const JsonParser& parser, const std::string& reply) {
  simdjson::dom::element json;
  if (parser->parse(reply).get(json) != simdjson::SUCCESS) {
    return fail(ErrorCode::kRemote, "The database's answer is no JSON");
  }
  return json;
}

/// Visits the items of one reply; the keys that it leaves to be asked for again, as RequestItems,
/// or nothing.
Result<std::string> visit_batch(const std::string& reply, const std::string& table,
                                const ItemVisitor& visitor) {
  const JsonParser parser;
  const simdjson::dom::element json = PARLEY_TRY(parse(parser, reply));
  simdjson::dom::array items;
  if (json["Responses"][table].get(items) == simdjson::SUCCESS) {
    for (const simdjson::dom::element item : items) visitor(item);
  }
  simdjson::dom::object unprocessed;
  if (json["UnprocessedKeys"].get(unprocessed) != simdjson::SUCCESS || unprocessed.size() == 0) {
    return std::string();
  }
  return simdjson::minify(unprocessed);
}

using BatchReader = std::function<Result<std::shared_ptr<const std::string>>(const std::string&)>;

/// Visits the items of these keys, a hundred a call. `options`: what a batch says besides its keys.
Status visit_batches(Domain& domain, const std::vector<ItemKey>& keys, std::string_view options,
                     const ItemVisitor& visitor, const BatchReader& read) {
  const std::string& table = domain.settings.table;
  for (std::size_t begin = 0; begin < keys.size(); begin += kBatchKeysMax) {
    std::string list;
    for (std::size_t i = begin; i < std::min(keys.size(), begin + kBatchKeysMax); ++i) {
      list += fmt::format("{}{}", i == begin ? "" : ",", item_key(keys[i].pk, keys[i].sk));
    }
    const auto reply = PARLEY_TRY(read(fmt::format(R"({{"RequestItems":{{{}:{{"Keys":[{}]{}}}}}}})",
                                                   json_string(table), list, options)));
    std::string rest = PARLEY_TRY(visit_batch(*reply, table, visitor));
    // What is left over is not asked of the cache: it would say the same again.
    for (int attempt = 0; !rest.empty(); ++attempt) {
      if (attempt == kBatchAttemptsMax) {
        return fail(ErrorCode::kUnavailable, "The database leaves keys unprocessed");
      }
      domain.pause(client::backoff(attempt + 1, domain.random));
      const std::string more = PARLEY_TRY(
          TableCalls(domain).call("BatchGetItem", fmt::format(R"({{"RequestItems":{}}})", rest)));
      rest = PARLEY_TRY(visit_batch(more, table, visitor));
    }
  }
  return {};
}

}  // namespace

Result<bool> visit_cached(Domain& domain, const ItemKey& key, const ItemVisitor& visitor) {
  const auto reply = PARLEY_TRY(domain.reads.read(
      key.pk, "GetItem",
      fmt::format(R"({{{},"Key":{}}})", TableCalls(domain).table(), item_key(key.pk, key.sk))));
  const JsonParser parser;
  simdjson::dom::element item;
  if (PARLEY_TRY(parse(parser, *reply))["Item"].get(item) != simdjson::SUCCESS) return false;
  visitor(item);
  return true;
}

Status for_each_cached(Domain& domain, const std::string& pk, std::string_view prefix,
                       const ItemVisitor& visitor) {
  const std::string_view condition =
      prefix.empty() ? "pk = :pk" : "pk = :pk AND begins_with(sk, :prefix)";
  Parameters parameters;
  parameters.text(":pk", pk);
  if (!prefix.empty()) parameters.text(":prefix", prefix);
  const std::string input = fmt::format(R"({{{},"KeyConditionExpression":"{}"{})",
                                        TableCalls(domain).table(), condition, parameters.json());
  std::string start_key;
  do {
    const auto reply = PARLEY_TRY(domain.reads.read(pk, "Query", input + start_key + "}"));
    const JsonParser parser;
    const client::ItemPage page = PARLEY_TRY(client::item_page_of(*parser, *reply));
    for (const simdjson::dom::element item : page.items) visitor(item);
    start_key = page.last_key ? ",\"ExclusiveStartKey\":" + page.next() : "";
  } while (!start_key.empty());
  return {};
}

Status visit_many_cached(Domain& domain, Reads& reads, const std::string& collection,
                         const std::vector<ItemKey>& keys, const ItemVisitor& visitor) {
  return visit_batches(domain, keys, "", visitor,
                       [&](const std::string& input) -> Result<std::shared_ptr<const std::string>> {
                         return reads.read(collection, "BatchGetItem", input);
                       });
}

Status visit_many(Domain& domain, const std::vector<ItemKey>& keys, const ItemVisitor& visitor) {
  return visit_batches(domain, keys, R"(,"ConsistentRead":true)", visitor,
                       [&](const std::string& input) -> Result<std::shared_ptr<const std::string>> {
                         return std::make_shared<const std::string>(
                             PARLEY_TRY(TableCalls(domain).call("BatchGetItem", input)));
                       });
}

Status for_each_row_of(Domain& domain, std::string_view conversation,
                       const std::function<void(const ConversationRow&)>& visitor) {
  const std::string input =
      fmt::format(R"({{{},"IndexName":{},"KeyConditionExpression":"message_group_uuid = :g"{})",
                  TableCalls(domain).table(), json_string(domain.settings.index),
                  Parameters().text(":g", conversation).json());
  return for_each_item(domain.database, input, [&](const simdjson::dom::element& item) {
    if (const auto row = row_of(item)) visitor(*row);
    return true;
  });
}

std::optional<Person> sender_as_seen(const Person& stored, const Person& me,
                                     const std::optional<Person>& other) {
  if (stored.id.empty()) return std::nullopt;
  if (stored.id == me.id && !me.handle.empty()) return me;
  if (other && stored.id == other->id) return other;
  return stored;
}

// As part of the person's rows: a row changes with its message.
Status look_up_senders(Domain& domain, Reads& reads, std::string_view asker,
                       const std::vector<ConversationView*>& views) {
  std::vector<ItemKey> keys;
  std::map<std::string, ConversationView*, std::less<>> wanted;
  for (ConversationView* view : views) {
    if (view->last_sender || view->last_message_at.empty()) continue;
    keys.push_back({key_of(kMessagePrefix, view->id), view->last_message_at});
    wanted[view->id] = view;
  }
  if (keys.empty()) return {};
  return visit_many_cached(
      domain, reads, key_of(kRowPrefix, asker), keys, [&](const simdjson::dom::element& item) {
        const auto message = message_of(item);
        if (!message || message->sender.id.empty()) return;
        const auto view = wanted.find(message->conversation);
        if (view == wanted.end()) return;
        view->second->last_sender =
            sender_as_seen(message->sender, Person{.id = std::string(asker)}, view->second->other);
      });
}

Result<bool> has_meta(Domain& domain, std::string_view conversation) {
  const auto ignore = [](const simdjson::dom::element&) {};
  if (PARLEY_TRY(visit_cached(domain, meta_key(conversation), ignore))) return true;
  return TableCalls(domain).exists(meta_key(conversation));
}

}  // namespace parley::messaging
