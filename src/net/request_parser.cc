#include "net/request_parser.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <cstring>
#include <optional>
#include <utility>

#include "base/assert.h"
#include "net/ascii.h"

namespace parley::net {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;

// An idle connection keeps this much; a request of a DynamoDB client is seldom larger.
constexpr std::size_t kBufferSizeBytes = std::size_t{8} * 1024;
// A buffer that a large body made larger than this is given back after the request.
constexpr std::size_t kKeptBufferSizeBytes = std::size_t{256} * 1024;

std::string_view to_std(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

/// The request line says HTTP of a version that is not ours, as opposed to being no HTTP at all.
bool names_other_version(std::string_view received) {
  const std::string_view line = received.substr(0, received.find('\r'));
  const std::size_t at = line.rfind(" HTTP/");
  return at != std::string_view::npos && line.size() == at + 9 && line[at + 7] == '.';
}

}  // namespace

/// Beast's grammar; each callback gets views into the buffer it was given.
class RequestParser::Grammar {
 public:
  explicit Grammar(RequestParser& owner) : owner_(owner) { restart(); }

  void restart() {
    base_.emplace(owner_);
    base_->header_limit(static_cast<std::uint32_t>(owner_.limits_.header_size_bytes_max));
    base_->body_limit(owner_.limits_.body_size_bytes_max);
    base_->eager(true);
  }

  std::size_t put(std::string_view bytes, error_code& error) {
    return base_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  }
  [[nodiscard]] bool done() const { return base_->is_done(); }
  [[nodiscard]] bool keep_alive() const { return base_->keep_alive(); }
  [[nodiscard]] bool chunked() const { return base_->chunked(); }
  [[nodiscard]] bool is_http11() const { return base_->is_http11(); }

 private:
  class Callbacks final : public http::basic_parser<true> {
   public:
    explicit Callbacks(RequestParser& owner) : owner_(owner) {}
    [[nodiscard]] bool is_http11() const { return http11_; }

   private:
    void on_request_impl(http::verb, boost::beast::string_view method,
                         boost::beast::string_view target, int version,
                         error_code& error) override {
      owner_.request_.method = to_std(method);
      http11_ = version == 11;
      if (!owner_.take_target(to_std(target))) {
        error = http::error::bad_target;
        return;
      }
      const LargeBodies& large = owner_.limits_.large_bodies;
      for (const std::string_view prefix : large.path_prefixes) {
        if (owner_.request_.path.starts_with(prefix)) body_limit(large.size_bytes_max);
      }
    }

    void on_response_impl(int, boost::beast::string_view, int, error_code&) override {}

    void on_field_impl(http::field field, boost::beast::string_view name,
                       boost::beast::string_view value, error_code& error) override {
      if (owner_.header_done_) return;  // trailers carry nothing that we use
      // A folded value is assembled in a scratch buffer of Beast's; RFC 9112 lets us refuse it.
      const char* base = owner_.buffer_.get();
      if (!value.empty() && (value.data() < base || value.data() >= base + owner_.capacity_)) {
        owner_.fail(400, "A header is folded over several lines");
        error = http::error::bad_value;
        return;
      }
      switch (field) {
        case http::field::host:
          ++hosts_;
          if (owner_.request_.authority.empty()) owner_.request_.authority = to_std(value);
          break;
        case http::field::transfer_encoding:
          if (!equals_ignoring_case(to_std(value), "chunked")) {
            owner_.fail(501, "Only the transfer encoding \"chunked\" is known");
            error = http::error::bad_transfer_encoding;
            return;
          }
          break;
        case http::field::expect:
          if (!equals_ignoring_case(to_std(value), "100-continue")) {
            owner_.fail(417, "Only the expectation \"100-continue\" is known");
            error = http::error::bad_value;
            return;
          }
          owner_.expect_continue_ = http11_;
          break;
        default:
          break;
      }
      owner_.request_.headers.push_back({to_std(name), to_std(value)});
    }

    void on_header_impl(error_code& error) override {
      owner_.header_done_ = true;
      // Beast counts the request line and the headers each on its own.
      if (owner_.header_size_bytes() > owner_.limits_.header_size_bytes_max) {
        error = http::error::header_limit;
        return;
      }
      if (hosts_ > 1 || (http11_ && hosts_ == 0)) {
        owner_.fail(400, "A request needs exactly one Host header");
        error = http::error::bad_field;
      } else if (!http11_ && chunked()) {
        owner_.fail(400, "HTTP/1.0 has no transfer encodings");
        error = http::error::bad_transfer_encoding;
      }
    }

    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}

    std::size_t on_body_impl(boost::beast::string_view piece, error_code&) override {
      return take_body(piece);
    }
    void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view piece,
                                   error_code&) override {
      return take_body(piece);
    }
    void on_finish_impl(error_code&) override {}

    std::size_t take_body(boost::beast::string_view piece) {
      char* base = owner_.buffer_.get();
      const auto at = static_cast<std::size_t>(piece.data() - base);
      if (owner_.body_size_ == 0) owner_.body_begin_ = at;
      const std::size_t to = owner_.body_begin_ + owner_.body_size_;
      if (at != to) std::memmove(base + to, piece.data(), piece.size());
      owner_.body_size_ += piece.size();
      return piece.size();
    }

    RequestParser& owner_;
    int hosts_ = 0;
    bool http11_ = false;
  };

  RequestParser& owner_;
  std::optional<Callbacks> base_;
};

RequestParser::RequestParser(const RequestLimits& limits, std::uint16_t local_port)
    : limits_(limits),
      buffer_(std::make_unique_for_overwrite<char[]>(kBufferSizeBytes)),
      capacity_(kBufferSizeBytes),
      grammar_(std::make_unique<Grammar>(*this)) {
  request_.local_port = local_port;
}

RequestParser::~RequestParser() = default;

std::span<char> RequestParser::prepare() {
  if (end_ == capacity_) {
    // Chunk headers that are done with make room first; the body has been moved together before
    // them.
    const std::size_t body_end = body_size_ == 0 ? parsed_ : body_begin_ + body_size_;
    if (header_done_ && body_end < parsed_) {
      std::memmove(buffer_.get() + body_end, buffer_.get() + parsed_, end_ - parsed_);
      end_ -= parsed_ - body_end;
      parsed_ = body_end;
    }
    if (capacity_ == 0 || capacity_ - end_ < capacity_ / 4) grow();
  }
  return {buffer_.get() + end_, capacity_ - end_};
}

void RequestParser::commit(std::size_t size_bytes) {
  PARLEY_ASSERT(size_bytes <= capacity_ - end_);
  end_ += size_bytes;
}

RequestParser::Progress RequestParser::parse() {
  if (failure_status_ != 0) return Progress::kFailed;
  // RFC 9112, section 2.2: empty lines before a request are to be ignored.
  while (parsed_ == begin_ && end_ - begin_ >= 2 && buffer_[begin_] == '\r' &&
         buffer_[begin_ + 1] == '\n') {
    begin_ += 2;
    parsed_ = begin_;
  }
  const bool lone_return = parsed_ == begin_ && end_ - begin_ == 1 && buffer_[begin_] == '\r';
  if (parsed_ == end_ || lone_return) {
    return grammar_->done() ? Progress::kComplete : Progress::kIncomplete;
  }
  if (!grammar_->done()) {
    error_code error;
    const std::string_view received(buffer_.get() + parsed_, end_ - parsed_);
    parsed_ += grammar_->put(received, error);
    if (error && error != http::error::need_more) {
      if (failure_status_ != 0) return Progress::kFailed;
      if (error == http::error::header_limit) return fail(431, "The headers are too large");
      if (error == http::error::body_limit) return fail(413, "The body is too large");
      if (error == http::error::bad_version && names_other_version(received)) {
        return fail(505, "Only HTTP/1.0 and HTTP/1.1 are spoken here");
      }
      return fail(400, header_done_ ? "The chunked body is malformed" : "The request is malformed");
    }
  }
  if (!grammar_->done()) {
    // Beast counts anew with each piece.
    if (!header_done_ && end_ - begin_ > limits_.header_size_bytes_max) {
      return fail(431, "The headers are too large");
    }
    // Only lines between chunks, and trailers, are left over by an incomplete body.
    if (header_done_ && end_ - parsed_ > limits_.header_size_bytes_max) {
      return fail(400, "A line of the chunked body is too long");
    }
    return Progress::kIncomplete;
  }
  request_.body = {buffer_.get() + body_begin_, body_size_};
  return Progress::kComplete;
}

RequestParser::Stage RequestParser::stage() const {
  if (header_done_) return Stage::kBody;
  return end_ == begin_ ? Stage::kIdle : Stage::kHeader;
}

bool RequestParser::keep_alive() const {
  return grammar_->keep_alive();
}

bool RequestParser::is_http11() const {
  return grammar_->is_http11();
}

bool RequestParser::take_expect_continue() {
  return header_done_ && body_size_ == 0 && std::exchange(expect_continue_, false);
}

void RequestParser::next() {
  PARLEY_ASSERT(grammar_->done());
  const std::size_t rest = end_ - parsed_;
  if (rest <= kBufferSizeBytes && capacity_ > kKeptBufferSizeBytes) {
    auto smaller = std::make_unique_for_overwrite<char[]>(kBufferSizeBytes);
    std::memcpy(smaller.get(), buffer_.get() + parsed_, rest);
    buffer_ = std::move(smaller);
    capacity_ = kBufferSizeBytes;
    parsed_ = 0;
  } else if (rest == 0) {
    parsed_ = 0;
  } else if (parsed_ > capacity_ / 2) {
    std::memmove(buffer_.get(), buffer_.get() + parsed_, rest);
    parsed_ = 0;
  }
  begin_ = parsed_;
  end_ = parsed_ + rest;
  body_begin_ = parsed_;
  body_size_ = 0;
  header_done_ = false;
  expect_continue_ = false;
  request_.headers.clear();
  request_.method = request_.path = request_.query = request_.authority = request_.body = {};
  grammar_->restart();
}

void RequestParser::release_memory() {
  if (end_ != begin_ || header_done_) return;
  buffer_.reset();
  capacity_ = begin_ = body_begin_ = parsed_ = end_ = 0;
  std::vector<HttpHeader>().swap(request_.headers);
}

RequestParser::Progress RequestParser::fail(int status, std::string_view reason) {
  failure_status_ = status;
  failure_reason_ = reason;
  return Progress::kFailed;
}

/// Origin form "/path?query", absolute form "http://authority/path?query", or "*".
bool RequestParser::take_target(std::string_view target) {
  if (request_.method == "CONNECT") {
    fail(501, "CONNECT is not offered: this is no proxy");
    return false;
  }
  std::string_view rest = target;
  if (!target.starts_with('/') && target != "*") {
    const std::size_t scheme = target.find("://");
    if (scheme == std::string_view::npos ||
        (!equals_ignoring_case(target.substr(0, scheme), "http") &&
         !equals_ignoring_case(target.substr(0, scheme), "https"))) {
      fail(400, "The request target is neither a path nor an http address");
      return false;
    }
    rest = target.substr(scheme + 3);
    const std::size_t path = std::min(rest.find_first_of("/?"), rest.size());
    request_.authority = rest.substr(0, path);
    if (request_.authority.empty()) {
      fail(400, "The request target names no host");
      return false;
    }
    rest.remove_prefix(path);
  }
  const std::size_t question = rest.find('?');
  request_.path = rest.substr(0, question);
  if (question != std::string_view::npos) request_.query = rest.substr(question + 1);
  if (request_.path.empty()) request_.path = "/";
  return true;
}

/// Precondition: the header is complete.
std::size_t RequestParser::header_size_bytes() const {
  const char* from = buffer_.get() + begin_;
  if (!request_.headers.empty()) {
    const std::string_view last = request_.headers.back().value;
    if (!last.empty()) from = last.data() + last.size();
  }
  const std::string_view rest(from, static_cast<std::size_t>(buffer_.get() + end_ - from));
  return static_cast<std::size_t>(from - buffer_.get()) + rest.find("\r\n\r\n") + 4 - begin_;
}

void RequestParser::rebase(const char* old_base) {
  const char* base = buffer_.get();
  const auto move = [&](std::string_view& view) {
    // "/" of an empty path is static; everything else points into the buffer.
    if (view.empty() || view.data() < old_base || view.data() >= old_base + capacity_) return;
    view = {base + (view.data() - old_base), view.size()};
  };
  move(request_.method);
  move(request_.path);
  move(request_.query);
  move(request_.authority);
  for (HttpHeader& header : request_.headers) {
    move(header.name);
    move(header.value);
  }
}

void RequestParser::grow() {
  const std::size_t capacity = std::max(capacity_ * 2, kBufferSizeBytes);
  auto larger = std::make_unique_for_overwrite<char[]>(capacity);
  if (end_ > 0) std::memcpy(larger.get(), buffer_.get(), end_);
  const auto old = std::exchange(buffer_, std::move(larger));
  if (old != nullptr) rebase(old.get());
  capacity_ = capacity;
}

}  // namespace parley::net
