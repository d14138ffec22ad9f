#include "cache/redis_channel.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace parley::cache {
namespace {

constexpr std::size_t kTextsAtOnceMax = 64;  // published before their replies are read
constexpr std::chrono::minutes kReportInterval{1};

/// The text of `["message", channel, text]`; null if the reply is something else.
const redisReply* text_in(const redisReply& reply) {
  if (reply.type != REDIS_REPLY_ARRAY || reply.elements != 3) return nullptr;
  const redisReply* const kind = reply.element[0];
  const redisReply* const text = reply.element[2];
  if (kind->type != REDIS_REPLY_STRING || text->type != REDIS_REPLY_STRING) return nullptr;
  return std::string_view(kind->str, kind->len) == "message" ? text : nullptr;
}

bool ping(redisContext& context) {
  int is_done = 0;
  if (redisAppendCommand(&context, "PING") != REDIS_OK) return false;
  while (is_done == 0) {
    if (redisBufferWrite(&context, &is_done) != REDIS_OK) return false;
  }
  return true;
}

}  // namespace

RedisChannel::RedisChannel(RedisChannelOptions options, ChannelListener& listener)
    : options_(std::move(options)), listener_(listener), stop_event_(::eventfd(0, EFD_CLOEXEC)) {
  if (stop_event_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

RedisChannel::~RedisChannel() {
  stop();
  ::close(stop_event_);
}

void RedisChannel::start() {
  listening_thread_ = std::thread([this] { listen(); });
  sending_thread_ = std::thread([this] { send(); });
}

void RedisChannel::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  const std::uint64_t one = 1;
  static_cast<void>(::write(stop_event_, &one, sizeof one));
  if (listening_thread_.joinable()) listening_thread_.join();
  if (sending_thread_.joinable()) sending_thread_.join();
}

void RedisChannel::publish(std::string text) {
  {
    const std::scoped_lock lock(mutex_);
    if (!sending_ || stopping_) return;
    outbox_bytes_ += text.size();
    if (outbox_bytes_ > options_.outbox_bytes_max) {
      overflowed_ = true;
      outbox_.clear();
      outbox_bytes_ = 0;
    } else {
      outbox_.push_back(std::move(text));
    }
  }
  changed_.notify_all();
}

void RedisChannel::listen() {
  while (!is_stopping()) {
    const auto context = subscribe();
    if (context) {
      came_up(listening_);
      report(hear(**context));
      went_down(listening_);
    } else {
      report(std::unexpected(context.error()));
    }
    rest();
  }
}

Result<RedisContext> RedisChannel::subscribe() {
  auto context =
      PARLEY_TRY(connect_to(options_.address, options_.connect_timeout, options_.command_timeout));
  const std::array<std::string_view, 2> command{"SUBSCRIBE", options_.name};
  PARLEY_TRY(send_to(*context, options_.address, command));
  return context;
}

Status RedisChannel::hear(redisContext& context) {
  bool is_asked = false;
  for (;;) {
    PARLEY_TRY(tell(context));
    if (is_stopping()) return {};
    std::array<pollfd, 2> waiting{pollfd{.fd = context.fd, .events = POLLIN, .revents = 0},
                                  pollfd{.fd = stop_event_, .events = POLLIN, .revents = 0}};
    const int ready =
        ::poll(waiting.data(), waiting.size(), static_cast<int>(options_.ping_interval.count()));
    if (ready < 0 && errno != EINTR) return fail(ErrorCode::kIo, "poll failed");
    if (waiting[0].revents != 0) {
      is_asked = false;
      if (redisBufferRead(&context) != REDIS_OK) return broken(context);
    } else if (ready == 0) {
      if (std::exchange(is_asked, true)) {
        return fail(ErrorCode::kTimeout, options_.address.text() + " shows no sign of life");
      }
      if (!ping(context)) return broken(context);
    }
  }
}

Status RedisChannel::tell(redisContext& context) {
  for (;;) {
    void* next = nullptr;
    if (redisGetReplyFromReader(&context, &next) != REDIS_OK) return broken(context);
    if (next == nullptr) return {};
    const RedisReply reply(static_cast<redisReply*>(next));
    const redisReply* const text = text_in(*reply);
    if (text != nullptr) listener_.heard({text->str, text->len});
  }
}

void RedisChannel::send() {
  while (!is_stopping()) {
    auto context = connect_to(options_.address, options_.connect_timeout, options_.command_timeout);
    const std::array<std::string_view, 1> ping{"PING"};
    auto answer = context ? send_to(**context, options_.address, ping)
                          : Result<RedisReply>(std::unexpected(context.error()));
    if (answer) {
      came_up(sending_);
      report(send_from_outbox(**context));
      went_down(sending_);
    } else {
      report(std::unexpected(answer.error()));
    }
    rest();
  }
}

Status RedisChannel::send_from_outbox(redisContext& context) {
  for (;;) {
    const auto texts = take();
    if (!texts.empty()) {
      PARLEY_TRY(send_all(context, texts));
    } else if (is_stopping()) {
      return {};
    } else {
      return fail(ErrorCode::kUnavailable,
                  options_.address.text() + " does not take as much as there is to say");
    }
  }
}

Status RedisChannel::send_all(redisContext& context, std::span<const std::string> texts) {
  while (!texts.empty()) {
    const auto batch = texts.first(std::min(texts.size(), kTextsAtOnceMax));
    texts = texts.subspan(batch.size());
    for (const std::string& text : batch) {
      redisAppendCommand(&context, "PUBLISH %b %b", options_.name.data(), options_.name.size(),
                         text.data(), text.size());
    }
    for (std::size_t n = 0; n < batch.size(); ++n) {
      void* next = nullptr;
      if (redisGetReply(&context, &next) != REDIS_OK) return broken(context);
      const RedisReply reply(static_cast<redisReply*>(next));
      if (reply->type == REDIS_REPLY_ERROR) {
        return fail(ErrorCode::kIo, fmt::format("{}: {}", options_.address.text(),
                                                std::string_view(reply->str, reply->len)));
      }
    }
  }
  return {};
}

/// What is wrong with the connection.
std::unexpected<Error> RedisChannel::broken(const redisContext& context) const {
  return fail(ErrorCode::kIo, fmt::format("{}: {}", options_.address.text(),
                                          static_cast<const char*>(context.errstr)));
}

void RedisChannel::report(const Status& status) {
  {
    const std::scoped_lock lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (status || stopping_ || now < report_next_) return;
    report_next_ = now + kReportInterval;
  }
  if (options_.log) options_.log(status.error().message);
}

std::vector<std::string> RedisChannel::take() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopping_ || overflowed_ || !outbox_.empty(); });
  outbox_bytes_ = 0;
  if (std::exchange(overflowed_, false)) outbox_.clear();
  return std::exchange(outbox_, {});
}

bool RedisChannel::is_stopping() {
  const std::scoped_lock lock(mutex_);
  return stopping_;
}

bool RedisChannel::is_up() {
  const std::scoped_lock lock(mutex_);
  return listening_ && sending_;
}

void RedisChannel::came_up(bool& is_up) {
  {
    const std::scoped_lock lock(mutex_);
    is_up = true;
    if (!listening_ || !sending_ || stopping_) return;
  }
  listener_.restored();
}

void RedisChannel::went_down(bool& is_up) {
  const std::scoped_lock lock(mutex_);
  is_up = false;
  if (&is_up == &sending_) {
    outbox_.clear();
    outbox_bytes_ = 0;
  }
}

void RedisChannel::rest() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, options_.retry_after, [this] { return stopping_; });
}

}  // namespace parley::cache
