#include "messaging/http/call.h"

#include <fmt/format.h>

#include <charconv>

#include "messaging/domain/view_json.h"
#include "messaging/http/app.h"
#include "messaging/http/url_text.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

constexpr std::size_t kLimitDefault = 25;
constexpr std::size_t kLimitMax = 100;

}  // namespace

Result<std::optional<std::string>> Call::query(std::string_view name) const {
  std::string_view rest = request.query;
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    const auto equals = pair.find('=');
    if (pair.substr(0, equals) != name) continue;
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    auto decoded = form_decoded(value);
    if (!decoded) {
      return refuse(RefusalReason::kInvalidInput,
                    "The query parameter " + std::string(name) + " is not well encoded");
    }
    return decoded;
  }
  return std::nullopt;
}

Result<std::size_t> Call::limit() const {
  const auto text = PARLEY_TRY(query("limit"));
  if (!text) return kLimitDefault;
  std::size_t limit = 0;
  const char* end = text->data() + text->size();
  const auto [read, error] = std::from_chars(text->data(), end, limit);
  if (error != std::errc{} || read != end || limit < 1 || limit > kLimitMax) {
    return refuse(RefusalReason::kInvalidInput, "limit is a number from 1 to 100");
  }
  return limit;
}

net::HttpReply page_reply(const Call& call, std::string_view scope, std::string_view items,
                          std::string_view next) {
  std::string cursor;
  if (!next.empty()) {
    cursor = ",\"next\":" + json_string(call.app.cursors.seal(call.asker, scope, next));
  }
  return json_reply(200, fmt::format(R"({{"items":{}{}}})", items, cursor));
}

net::HttpReply json_reply(int status, std::string body) {
  return {.status = status,
          .content_type = "application/json",
          .headers = {{"Cache-Control", "no-store"}},
          .body = std::move(body)};
}

net::HttpReply empty_reply() {
  return {.status = 204, .headers = {{"Cache-Control", "no-store"}}};
}

}  // namespace parley::messaging
