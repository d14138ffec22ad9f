#include "cache/redis_connections.h"

#include <fmt/format.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <string>
#include <utility>

namespace parley::cache {
namespace {

timeval timeval_of(std::chrono::milliseconds time) {
  return {.tv_sec = time.count() / 1000, .tv_usec = time.count() % 1000 * 1000};
}

/// What went wrong with the connection itself.
Error connection_error(const redisContext& context, const RedisAddress& address) {
  const bool timed_out = context.err == REDIS_ERR_IO && (errno == EAGAIN || errno == ETIMEDOUT);
  if (timed_out) return {ErrorCode::kTimeout, address.text() + " did not answer in time", nullptr};
  return {ErrorCode::kIo, fmt::format("{}: {}", address.text(), context.errstr), nullptr};
}

}  // namespace

Result<RedisReply> send_to(redisContext& context, const RedisAddress& address,
                           std::span<const std::string_view> command) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (const std::string_view word : command) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  }
  RedisReply reply(static_cast<redisReply*>(
      redisCommandArgv(&context, static_cast<int>(command.size()), texts.data(), sizes.data())));
  if (reply == nullptr) return std::unexpected(connection_error(context, address));
  if (reply->type == REDIS_REPLY_ERROR) {
    return fail(ErrorCode::kIo,
                fmt::format("{}: {}", address.text(), std::string_view(reply->str, reply->len)));
  }
  return reply;
}

Result<RedisReply> RedisConnections::call(std::span<const std::string_view> command) {
  auto context = PARLEY_TRY(take());
  auto reply = send_to(*context, options_.address, command);
  give_back(std::move(context));
  return reply;
}

/// A free connection, or a new one.
Result<RedisContext> RedisConnections::take() {
  {
    const std::scoped_lock lock(mutex_);
    if (resting_) {
      // When the time has come one call tries; the others go on resting.
      const auto now = std::chrono::steady_clock::now();
      if (now < rest_ends_) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("{} has failed just now", options_.address.text()));
      }
      rest_ends_ = now + options_.retry_after;
    }
    if (in_use_ >= options_.connections_max) {
      return fail(ErrorCode::kUnavailable, "All connections to Redis are in use");
    }
    ++in_use_;
    if (!free_.empty()) {
      RedisContext context = std::move(free_.back());
      free_.pop_back();
      return context;
    }
  }
  auto context = connect_to(options_.address, options_.connect_timeout, options_.command_timeout);
  if (!context) give_back(nullptr);
  return context;
}

/// `context` may be broken, or null.
void RedisConnections::give_back(RedisContext context) {
  const std::scoped_lock lock(mutex_);
  --in_use_;
  if (context != nullptr && context->err == 0) {
    free_.push_back(std::move(context));
    resting_ = false;
    return;
  }
  free_.clear();  // they lead to the same server
  resting_ = true;
  rest_ends_ = std::chrono::steady_clock::now() + options_.retry_after;
}

Result<RedisContext> connect_to(const RedisAddress& address,
                                std::chrono::milliseconds connect_timeout,
                                std::chrono::milliseconds command_timeout) {
  const timeval timeout = timeval_of(connect_timeout);
  RedisContext context(address.socket_path.empty()
                           ? redisConnectWithTimeout(address.host.c_str(), address.port, timeout)
                           : redisConnectUnixWithTimeout(address.socket_path.c_str(), timeout));
  if (context == nullptr) return fail(ErrorCode::kIo, "No memory for a connection to Redis");
  if (context->err != 0) return std::unexpected(connection_error(*context, address));
  redisSetTimeout(context.get(), timeval_of(command_timeout));
  if (!address.password.empty()) {
    std::vector<std::string_view> auth{"AUTH"};
    if (!address.user.empty()) auth.push_back(address.user);
    auth.push_back(address.password);
    PARLEY_TRY(send_to(*context, address, auth));
  }
  if (address.database != 0) {
    const std::string number = std::to_string(address.database);
    const std::array<std::string_view, 2> select{"SELECT", number};
    PARLEY_TRY(send_to(*context, address, select));
  }
  return context;
}

}  // namespace parley::cache
