#include "client/local_database.h"

#include <fmt/format.h>

#include <future>

namespace parley::client {

Result<std::string> LocalDatabase::call(std::string_view operation, std::string_view input) {
  const std::string target = fmt::format("DynamoDB_20120810.{}", operation);
  api::Request request;
  request.method = "POST";
  request.path = "/";
  request.target = target;
  request.content_type = "application/x-amz-json-1.0";
  request.authorization =
      "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, "
      "SignedHeaders=host;x-amz-date, Signature=0";
  request.date = "20260101T000000Z";
  request.body = input;
  std::promise<api::Reply> promise;
  std::future<api::Reply> future = promise.get_future();
  service_.handle(request, [&promise](api::Reply reply) { promise.set_value(std::move(reply)); });
  api::Reply reply = future.get();
  if (reply.status != 200) return std::unexpected(service_error(reply.status, reply.body));
  return std::move(reply.body);
}

}  // namespace parley::client
