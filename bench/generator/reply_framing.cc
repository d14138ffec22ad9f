#include "reply_framing.h"

#include <charconv>
#include <cstring>
#include <optional>

namespace parley::bench {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::string_view kContentLength = "content-length:";
constexpr std::size_t kHeadSizeBytesMax = std::size_t{64} * 1024;

bool starts_with_ignoring_case(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() && strncasecmp(text.data(), lower.data(), lower.size()) == 0;
}

std::optional<std::size_t> content_length(std::string_view head) {
  for (std::size_t at = head.find(kLineEnd); at != std::string_view::npos;
       at = head.find(kLineEnd, at)) {
    at += kLineEnd.size();
    std::string_view line = head.substr(at);
    if (!starts_with_ignoring_case(line, kContentLength)) continue;
    line.remove_prefix(kContentLength.size());
    while (line.starts_with(' ')) line.remove_prefix(1);
    std::size_t length = 0;
    if (std::from_chars(line.data(), line.data() + line.size(), length).ec != std::errc{}) break;
    return length;
  }
  return std::nullopt;
}

}  // namespace

ReplyFraming::Progress ReplyFraming::take(std::string_view bytes) {
  if (in_body_) {
    if (bytes.size() > body_left_) return Progress::kMalformed;
    body_left_ -= bytes.size();
  } else if (head_.empty()) {
    const auto progress = take_head(bytes);
    if (progress != Progress::kMore || in_body_) return progress;
    head_ = bytes;
    return Progress::kMore;
  } else {
    head_ += bytes;
    const auto progress = take_head(head_);
    if (in_body_ || progress != Progress::kMore) head_.clear();
    return progress;
  }
  if (body_left_ > 0) return Progress::kMore;
  in_body_ = false;
  return succeeded_ ? Progress::kSucceeded : Progress::kFailed;
}

ReplyFraming::Progress ReplyFraming::take_head(std::string_view bytes) {
  const std::size_t end = bytes.find(kHeadEnd);
  if (end == std::string_view::npos) {
    return bytes.size() > kHeadSizeBytesMax ? Progress::kMalformed : Progress::kMore;
  }
  const std::string_view head = bytes.substr(0, end);
  const std::size_t status_at = head.find(' ') + 1;
  const auto length = content_length(head);
  const std::size_t body = bytes.size() - end - kHeadEnd.size();
  if (status_at == 0 || status_at >= head.size() || !length || body > *length) {
    return Progress::kMalformed;
  }
  succeeded_ = head[status_at] == '2';
  body_left_ = *length - body;
  in_body_ = body_left_ > 0;
  if (in_body_) return Progress::kMore;
  return succeeded_ ? Progress::kSucceeded : Progress::kFailed;
}

}  // namespace parley::bench
