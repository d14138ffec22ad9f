#include "cache/redis_store.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "cache/redis_connections.h"

namespace parley::cache {
namespace {

// KEYS: the collection. ARGV: the version that a collection gets which has none; how many
// milliseconds it lives then; the variant's field. Gives the version and the reply or nil.
constexpr std::string_view kFind = R"(
if redis.call('HSETNX', KEYS[1], 'v', ARGV[1]) == 1 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return redis.call('HMGET', KEYS[1], 'v', ARGV[3])
)";

// KEYS: the collection. ARGV: the version it must have; the variant's field; the reply; how many
// fields there may be. Gives 1 if it had that version.
constexpr std::string_view kKeep = R"(
if redis.call('HGET', KEYS[1], 'v') ~= ARGV[1] then return 0 end
local has_room = redis.call('HLEN', KEYS[1]) < tonumber(ARGV[4])
if has_room or redis.call('HEXISTS', KEYS[1], ARGV[2]) == 1 then
  redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
end
return 1
)";

std::string_view text_of(const redisReply& reply) {
  return reply.type == REDIS_REPLY_STRING ? std::string_view(reply.str, reply.len)
                                          : std::string_view();
}

std::span<redisReply* const> elements_of(const redisReply& reply) {
  return reply.type == REDIS_REPLY_ARRAY ? std::span(reply.element, reply.elements)
                                         : std::span<redisReply* const>();
}

std::unexpected<Error> not_understood() {
  return fail(ErrorCode::kIo, "Redis gave an answer of another kind than was asked for");
}

}  // namespace

struct RedisStore::State {
  State(RedisStoreOptions given, Random& source)
      : options(std::move(given)), random(source), connections(options) {}

  [[nodiscard]] std::string key_of(std::string_view collection) const {
    return options.key_prefix + std::string(collection);
  }
  [[nodiscard]] Result<RedisReply> call(std::span<const std::string_view> command) {
    return connections.call(command);
  }

  const RedisStoreOptions options;
  Random& random;
  RedisConnections connections;
};

RedisStore::RedisStore(RedisStoreOptions options, Random& random)
    : state_(std::make_unique<State>(std::move(options), random)) {}

RedisStore::~RedisStore() = default;

Result<CacheStore::Found> RedisStore::find(std::string_view collection, std::string_view variant) {
  const std::string key = state_->key_of(collection);
  const std::string field = fmt::format("={}", variant);
  const std::string age =
      std::to_string(std::chrono::milliseconds(state_->options.age_max).count());
  const std::string new_version = std::to_string(state_->random.next_u64());
  const std::array<std::string_view, 7> command{"EVAL", kFind, "1", key, new_version, age, field};
  const RedisReply reply = PARLEY_TRY(state_->call(command));
  const auto parts = elements_of(*reply);
  if (parts.size() != 2) return not_understood();
  const std::string_view version = text_of(*parts[0]);
  Found found;
  const auto [end, error] =
      std::from_chars(version.data(), version.data() + version.size(), found.version);
  if (error != std::errc{} || end != version.data() + version.size()) return not_understood();
  if (parts[1]->type == REDIS_REPLY_STRING) {
    found.value = std::make_shared<const std::string>(text_of(*parts[1]));
  }
  return found;
}

Result<bool> RedisStore::keep(std::string_view collection, std::string_view variant,
                              Version version, const Value& value) {
  if (value->size() > state_->options.value_size_bytes_max) return true;
  const std::string key = state_->key_of(collection);
  const std::string field = fmt::format("={}", variant);
  const std::string expected = std::to_string(version);
  const std::string fields_max = std::to_string(state_->options.variants_max + 1);
  const std::array<std::string_view, 8> command{"EVAL",   kKeep, "1",    key,
                                                expected, field, *value, fields_max};
  const RedisReply reply = PARLEY_TRY(state_->call(command));
  if (reply->type != REDIS_REPLY_INTEGER) return not_understood();
  return reply->integer == 1;
}

Status RedisStore::invalidate(std::string_view collection) {
  const std::string key = state_->key_of(collection);
  const std::array<std::string_view, 2> command{"UNLINK", key};
  PARLEY_TRY(state_->call(command));
  return {};
}

Status RedisStore::invalidate_all() {
  std::string pattern;
  for (const char c : state_->options.key_prefix) {
    if (std::string_view("*?[]\\").contains(c)) pattern += '\\';
    pattern += c;
  }
  pattern += '*';
  std::string cursor = "0";
  do {
    const std::array<std::string_view, 6> command{"SCAN", cursor, "MATCH", pattern, "COUNT", "500"};
    const RedisReply reply = PARLEY_TRY(state_->call(command));
    const auto parts = elements_of(*reply);
    if (parts.size() != 2) return not_understood();
    cursor = text_of(*parts[0]);
    std::vector<std::string_view> unlink{"UNLINK"};
    for (const redisReply* key : elements_of(*parts[1])) unlink.push_back(text_of(*key));
    if (unlink.size() > 1) PARLEY_TRY(state_->call(unlink));
  } while (cursor != "0");
  return {};
}

Status RedisStore::ping() {
  const std::array<std::string_view, 1> command{"PING"};
  PARLEY_TRY(state_->call(command));
  return {};
}

}  // namespace parley::cache
