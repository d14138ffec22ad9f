#include "messaging/domain/table_calls.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "messaging/json_parser.h"
#include "messaging/query_pages.h"
#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

constexpr int kAttemptsMax = 16;
constexpr std::chrono::milliseconds kPauseMax{250};

using Visitor = std::function<void(const simdjson::dom::element&)>;

/// Hands over the item that `reply` has as `member`; false: it has none.
Result<bool> visit_member(const std::string& reply, std::string_view member,
                          const Visitor& visitor) {
  const JsonParser parser;
  simdjson::dom::element json;
  simdjson::dom::element item;
  if (parser->parse(reply).get(json) != simdjson::SUCCESS) {
    return fail(ErrorCode::kRemote, "The database's answer is no JSON");
  }
  if (json[member].get(item) != simdjson::SUCCESS) return false;
  visitor(item);
  return true;
}

std::string condition_of(const ItemChange& change) {
  std::string out;
  if (!change.condition.empty()) {
    out = fmt::format(R"(,"ConditionExpression":{})", json_string(change.condition));
  }
  return out + change.parameters.json();
}

}  // namespace

std::string key_of(std::string_view prefix, std::string_view rest) {
  return fmt::format("{}{}", prefix, rest);
}

Parameters& Parameters::name(std::string_view placeholder, std::string_view attribute) {
  add(names_, placeholder, json_string(attribute));
  return *this;
}
Parameters& Parameters::text(std::string_view placeholder, std::string_view value) {
  add(values_, placeholder, string_value(value));
  return *this;
}
Parameters& Parameters::number(std::string_view placeholder, std::int64_t value) {
  add(values_, placeholder, fmt::format(R"({{"N":"{}"}})", value));
  return *this;
}
Parameters& Parameters::flag(std::string_view placeholder, bool value) {
  add(values_, placeholder, fmt::format(R"({{"BOOL":{}}})", value));
  return *this;
}
Parameters& Parameters::set_of(std::string_view placeholder, std::string_view value) {
  add(values_, placeholder, fmt::format(R"({{"SS":[{}]}})", json_string(value)));
  return *this;
}

void Parameters::add(std::string& list, std::string_view placeholder, std::string_view json) {
  list += fmt::format("{}{}:{}", list.empty() ? "" : ",", json_string(placeholder), json);
}

std::string Parameters::json() const {
  std::string out;
  if (!names_.empty()) out += fmt::format(R"(,"ExpressionAttributeNames":{{{}}})", names_);
  if (!values_.empty()) out += fmt::format(R"(,"ExpressionAttributeValues":{{{}}})", values_);
  return out;
}

Result<bool> TableCalls::visit(const ItemKey& key, const Visitor& visitor) {
  const std::string reply =
      PARLEY_TRY(call("GetItem", fmt::format(R"({{{},"Key":{},"ConsistentRead":true}})", table(),
                                             item_key(key.pk, key.sk))));
  return visit_member(reply, "Item", visitor);
}

Result<bool> TableCalls::exists(const ItemKey& key) {
  return visit(key, [](const simdjson::dom::element&) {});
}

Result<bool> TableCalls::put(std::string_view pk, std::string_view item, const ItemChange& change) {
  const auto reply = PARLEY_TRY(write(
      pk, "PutItem", fmt::format(R"({{{},"Item":{}{}}})", table(), item, condition_of(change))));
  return reply.has_value();
}

Result<bool> TableCalls::put(const ItemKey& key, std::string_view item, const ItemChange& change) {
  auto done = put(key.pk, item, change);
  list_changed(key);
  return done;
}

Result<bool> TableCalls::update(const ItemKey& key, const ItemChange& change) {
  const auto reply = PARLEY_TRY(write(
      key.pk, "UpdateItem",
      fmt::format(R"({{{},"Key":{},"UpdateExpression":{}{}}})", table(), item_key(key.pk, key.sk),
                  json_string(change.update), condition_of(change))));
  list_changed(key);
  return reply.has_value();
}

Result<bool> TableCalls::update_and_visit(const ItemKey& key, const ItemChange& change,
                                          const Visitor& visitor) {
  const auto reply = PARLEY_TRY(write(
      key.pk, "UpdateItem",
      fmt::format(R"({{{},"Key":{},"UpdateExpression":{},"ReturnValues":"ALL_NEW"{}}})", table(),
                  item_key(key.pk, key.sk), json_string(change.update), condition_of(change))));
  list_changed(key);
  if (!reply) return false;
  return visit_member(*reply, "Attributes", visitor);
}

Result<bool> TableCalls::erase(const ItemKey& key, const ItemChange& change) {
  const auto reply = PARLEY_TRY(write(key.pk, "DeleteItem",
                                      fmt::format(R"({{{},"Key":{}{}}})", table(),
                                                  item_key(key.pk, key.sk), condition_of(change))));
  list_changed(key);
  return reply.has_value();
}

Status TableCalls::for_each(std::string_view pk,
                            const std::function<bool(const simdjson::dom::element&)>& visitor,
                            std::string_view filter, Parameters parameters) {
  parameters.text(":pk", pk);
  return for_each_item(
      domain_.database,
      fmt::format(R"({{{},"ConsistentRead":true,"KeyConditionExpression":"pk = :pk"{}{})", table(),
                  filter.empty() ? "" : ",\"FilterExpression\":" + json_string(filter),
                  parameters.json()),
      visitor);
}

void TableCalls::list_changed(const ItemKey& key) {
  const auto user = user_of_list(key.pk, key.sk);
  if (user) domain_.reads.changed(key_of(kRowPrefix, *user));
}

Result<std::optional<std::string>> TableCalls::write(std::string_view collection,
                                                     std::string_view operation,
                                                     std::string_view input) {
  auto reply = call(operation, input);
  domain_.reads.changed(collection);
  if (reply) return *std::move(reply);
  if (client::is_service_error(reply.error(), "ConditionalCheckFailedException")) {
    return std::nullopt;
  }
  return std::unexpected(std::move(reply).error());
}

Result<std::string> TableCalls::call(std::string_view operation, std::string_view input) {
  for (int attempt = 1;; ++attempt) {
    auto reply = domain_.database.call(operation, input);
    if (reply || attempt >= kAttemptsMax ||
        !client::is_service_error(reply.error(), "TransactionConflictException")) {
      return reply;
    }
    // The second attempt comes at once: what was in the way is mostly over. Then 1 ms, 2 ms, 4 ms.
    if (attempt > 1) {
      domain_.pause(std::min(kPauseMax, std::chrono::milliseconds(1 << std::min(attempt - 2, 8))));
    }
  }
}

std::string TableCalls::table() const {
  return "\"TableName\":" + json_string(domain_.settings.table);
}

}  // namespace parley::messaging
