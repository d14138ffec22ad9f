// Addresses and what is in them: URLs, Redis addresses, percent-encoded paths and queries, routes,
// function names and ARNs.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "api/lambda/lambda_call.h"
#include "api/lambda/url_text.h"
#include "base/assert.h"
#include "base/utf8.h"
#include "cache/redis_store.h"
#include "messaging/http/ids.h"
#include "messaging/http/routes.h"
#include "messaging/http/url_text.h"
#include "net/http_client.h"
#include "trigger/functions.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley;
  const std::string text(data, data + size);
  if (const auto url = net::Url::parse(text)) {
    PARLEY_ASSERT(!url->host.empty() && !url->path.empty() && !url->authority().empty());
  }
  if (const auto address = cache::RedisAddress::parse(text)) {
    const auto again = cache::RedisAddress::parse(address->text());
    PARLEY_ASSERT(again && again->text() == address->text());
  }
  const auto decoded = messaging::path_decoded(text);
  PARLEY_ASSERT(!decoded || is_utf8(*decoded));
  PARLEY_ASSERT(messaging::form_decoded(text).has_value() == decoded.has_value());
  PARLEY_ASSERT(!messaging::checked_id(text, messaging::RefusalReason::kNotAMember) || size <= 64);
  for (const char* method : {"GET", "PUT", "?"}) {
    const auto match = messaging::match_route(method, text);
    PARLEY_ASSERT(match.route == nullptr || text.starts_with('/'));
    static_cast<void>(api::find_route(method, text));
  }
  PARLEY_ASSERT(api::percent_decoded(text, true).size() <= size);
  static_cast<void>(api::parse_query(text));
  if (const auto name = trigger::function_name_of(text)) PARLEY_ASSERT(!name->empty());
  return 0;
}
