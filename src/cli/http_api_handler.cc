#include "cli/http_api_handler.h"

#include <array>
#include <utility>

#include "net/ascii.h"

namespace parley::cli {
namespace {

/// Where each header that the api reads goes.
struct HeaderField {
  std::string_view name;
  std::string_view api::Request::* field;
};

constexpr std::array<HeaderField, 12> kHeaderFields{{
    {"x-amz-target", &api::Request::target},
    {"content-type", &api::Request::content_type},
    {"content-encoding", &api::Request::content_encoding},
    {"accept-encoding", &api::Request::accept_encoding},
    {"authorization", &api::Request::authorization},
    {"x-amz-date", &api::Request::date},
    {"origin", &api::Request::origin},
    {"access-control-request-headers", &api::Request::access_control_request_headers},
    {"access-control-request-method", &api::Request::access_control_request_method},
    {"x-amz-invocation-type", &api::Request::invocation_type},
    {"x-amz-log-type", &api::Request::log_type},
    {"x-amz-client-context", &api::Request::client_context},
}};

net::HttpReply http_reply(api::Reply reply) {
  return {.status = reply.status,
          .content_type = reply.content_type,
          .headers = std::move(reply.headers),
          .body = std::move(reply.body)};
}

}  // namespace

net::HttpReply HttpApiHandler::failure(const net::HttpRequest& request, int status,
                                       std::string_view reason) {
  if (api::LambdaService::owns(request.path)) {
    const api::Request call{.method = request.method, .path = request.path};
    return http_reply(lambda_->unreadable_request(call, status, reason));
  }
  return http_reply(api::unreadable_request(status, reason));
}

void HttpApiHandler::handle(const net::HttpRequest& request, net::ReplyCallback reply) {
  api::Request call;
  call.method = request.method;
  call.path = request.path;
  call.query = request.query;
  call.host = request.authority;
  call.body = request.body;
  // One pass over the headers: a client sends a dozen, most of them of no interest here.
  for (const net::HttpHeader& header : request.headers) {
    for (const HeaderField& each : kHeaderFields) {
      if (net::equals_ignoring_case(header.name, each.name) && (call.*each.field).empty()) {
        call.*each.field = header.value;
      }
    }
  }
  if (call.date.empty()) call.date = request.header("date");
  api::ReplyCallback send = [reply = std::move(reply)](api::Reply answer) mutable {
    reply(http_reply(std::move(answer)));
  };
  if (api::LambdaService::owns(call.path)) return lambda_->handle(call, std::move(send));
  service_->handle(call, std::move(send));
}

}  // namespace parley::cli
