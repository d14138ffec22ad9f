#include "api/local_call.h"

#include <memory>
#include <string>
#include <utility>

namespace parley::api {

namespace {

constexpr std::string_view kTargetPrefix = "DynamoDB_20120810.";
constexpr std::string_view kAuthorization =
    "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=0";

}  // namespace

std::future<Reply> send(Service& service, const Request& request) {
  std::promise<Reply> promise;
  auto reply = promise.get_future();
  service.handle(request, [kept = std::move(promise)](Reply sent) mutable {
    kept.set_value(std::move(sent));
  });
  return reply;
}

std::future<Reply> call(Service& service, std::string_view operation, std::string_view input) {
  std::string target(operation.find('.') == std::string_view::npos ? kTargetPrefix : "");
  target += operation;
  std::promise<Reply> promise;
  auto reply = promise.get_future();
  Request request;
  request.method = "POST";
  request.path = "/";
  request.content_type = "application/x-amz-json-1.0";
  request.authorization = kAuthorization;
  request.date = "20260101T000000Z";
  request.body = input;
  // The target lives in the callback, on the heap: a view of it is valid for as long as the reply
  // may take.
  auto owned = std::make_unique<const std::string>(std::move(target));
  request.target = *owned;
  service.handle(request, [kept = std::move(promise), owned = std::move(owned)](
                              Reply sent) mutable { kept.set_value(std::move(sent)); });
  return reply;
}

}  // namespace parley::api
