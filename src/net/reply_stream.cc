#include "net/reply_stream.h"

#include <utility>

#include "base/assert.h"
#include "net/connection.h"

namespace parley::net {

ReplyStream::ReplyStream(std::size_t unsent_size_bytes_max)
    : unsent_size_bytes_max_(unsent_size_bytes_max) {}

ReplyStream::~ReplyStream() = default;

bool ReplyStream::send(std::string_view bytes) {
  const std::scoped_lock lock(mutex_);
  if (closed_ || broken_ || ended_) return false;
  if (pending_.size() + taken_size_bytes_ + bytes.size() > unsent_size_bytes_max_) {
    broken_ = true;
    std::string().swap(pending_);  // memory and all, as below
    wake();
    return false;
  }
  pending_ += bytes;
  wake();
  return true;
}

void ReplyStream::close() {
  const std::scoped_lock lock(mutex_);
  if (closed_ || broken_ || ended_) return;
  closed_ = true;
  wake();
}

void ReplyStream::on_end(std::move_only_function<void()> callback) {
  {
    const std::scoped_lock lock(mutex_);
    PARLEY_ASSERT(!callback_);
    if (!ended_) {
      callback_ = std::move(callback);
      return;
    }
  }
  callback();
}

void ReplyStream::attach(std::shared_ptr<Connection> connection) {
  const std::scoped_lock lock(mutex_);
  PARLEY_ASSERT(connection_ == nullptr && !ended_);
  connection_ = std::move(connection);
}

ReplyStream::Outlook ReplyStream::take(std::string& out) {
  std::string().swap(out);
  const std::scoped_lock lock(mutex_);
  woken_ = false;
  out.swap(pending_);
  taken_size_bytes_ = out.size();
  if (broken_) return Outlook::kBroken;
  return closed_ ? Outlook::kComplete : Outlook::kGoesOn;
}

bool ReplyStream::is_broken() {
  const std::scoped_lock lock(mutex_);
  return broken_;
}

void ReplyStream::end() {
  std::shared_ptr<Connection> connection;
  std::move_only_function<void()> callback;
  {
    const std::scoped_lock lock(mutex_);
    ended_ = true;
    connection.swap(connection_);
    callback.swap(callback_);
    std::string().swap(pending_);
  }
  if (callback) callback();
}

void ReplyStream::wake() {
  if (woken_ || connection_ == nullptr) return;
  woken_ = true;
  connection_->wake_stream();
}

}  // namespace parley::net
