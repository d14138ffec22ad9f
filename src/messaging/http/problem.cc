#include "messaging/http/problem.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.h"
#include "messaging/http/call.h"
#include "messaging/refusal.h"
#include "messaging/table_items.h"

namespace parley::messaging {
namespace {

/// What an error is called that is no refusal.
struct FaultName {
  int status;
  std::string_view type;
  std::string_view title;
  std::string_view detail;
};
constexpr FaultName kBusy{503, "unavailable", "The service is busy",
                          "The database could not be reached or has no time; try again"};
constexpr FaultName kBroken{500, "internal", "Something went wrong here",
                            "It is no fault of the request; the server's log says more"};

const FaultName& fault_name(const Error& error) {
  switch (error.code) {
    case ErrorCode::kIo:
    case ErrorCode::kTimeout:
    case ErrorCode::kUnavailable:
    case ErrorCode::kThrottling:
    case ErrorCode::kRemote:
    case ErrorCode::kStorageFull:
      return kBusy;
    default:
      return kBroken;
  }
}

void add_retry_after(net::HttpReply& reply, int seconds) {
  reply.headers.emplace_back("Retry-After", std::to_string(seconds));
}

}  // namespace

net::HttpReply problem_reply(int status, std::string_view type, std::string_view title,
                             std::string_view detail) {
  net::HttpReply reply = json_reply(
      status, fmt::format(R"({{"type":"/problems/{}","title":{},"status":{},"detail":{}}})", type,
                          json_string(title), status, json_string(to_utf8(detail))));
  reply.content_type = "application/problem+json";
  return reply;
}

net::HttpReply problem_reply(const Error& error) {
  const Refusal* refusal = refusal_of(error);
  if (refusal == nullptr) {
    const FaultName& name = fault_name(error);
    net::HttpReply reply = problem_reply(name.status, name.type, name.title, name.detail);
    if (name.status == kBusy.status) add_retry_after(reply, 1);
    return reply;
  }
  const RefusalName& name = name_of(refusal->reason);
  net::HttpReply reply = problem_reply(name.status, name.type, name.title, error.message);
  if (refusal->retry_after_s) add_retry_after(reply, *refusal->retry_after_s);
  // RFC 6750, section 3.
  if (name.status == 401) reply.headers.emplace_back("WWW-Authenticate", "Bearer");
  return reply;
}

net::HttpReply original_error_reply(const Error& error) {
  const Refusal* refusal = refusal_of(error);
  if (refusal == nullptr) {
    const FaultName& name = fault_name(error);
    return json_reply(name.status, fmt::format(R"(["{}"])", name.type));
  }
  const RefusalName& name = name_of(refusal->reason);
  if (name.status == 401) return json_reply(401, "{}");
  std::string code(name.original_code.empty() ? name.type : name.original_code);
  std::ranges::replace(code, '-', '_');
  net::HttpReply reply = json_reply(name.status, fmt::format(R"(["{}"])", code));
  if (refusal->retry_after_s) add_retry_after(reply, *refusal->retry_after_s);
  return reply;
}

}  // namespace parley::messaging
