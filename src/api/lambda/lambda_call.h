// LambdaCall: one request to the Lambda API as its handler sees it; and what a route is made of.
// Adding an operation is one file with a handler (and a shape) and one row of lambda/routes.cc.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/api.h"
#include "api/lambda/delayed_tasks.h"
#include "api/lambda/event_invocations.h"
#include "api/lambda/lambda.h"
#include "base/result.h"

namespace parley::api {

struct Shape;  // api/shape.h

/// What all calls share.
struct LambdaContext {
  LambdaContext(const LambdaParts& lambda_parts, LambdaOptions lambda_options);

  LambdaParts parts;
  LambdaOptions options;
  DelayedTasks delays;
  EventInvocations events;
};

struct LambdaReply {
  int status = 200;
  std::string body = {};
  std::string_view content_type = "application/json";  // static storage
  std::vector<std::pair<std::string_view, std::string>> headers = {};
};

struct LambdaCall {
  LambdaContext& context;
  Request request;                      // its views live until the reply
  std::vector<std::string> parameters;  // of the path, decoded, in the order of the pattern
  std::vector<std::pair<std::string, std::string>> query = {};  // decoded
  simdjson::dom::object input = {};  // has passed the route's shape; {} without a body

  [[nodiscard]] std::optional<std::string_view> query_parameter(std::string_view name) const;
};

using LambdaCallback = std::move_only_function<void(Result<LambdaReply>)>;

/// May block.
using LambdaHandler = Result<LambdaReply> (*)(const LambdaCall& call);
/// Must not block; calls back exactly once.
using LambdaAsyncHandler = void (*)(LambdaCall call, LambdaCallback done);

struct LambdaRoute {
  std::string_view method;
  /// "/2015-03-31/functions/{}/code": {} stands for one segment.
  std::string_view pattern;
  std::string_view operation;    // as AWS calls it; empty: ours
  const Shape* input = nullptr;  // of the JSON body; nullptr: the handler reads none
  LambdaHandler handler = nullptr;
  LambdaAsyncHandler async_handler = nullptr;  // instead of `handler`
};

struct RouteMatch {
  const LambdaRoute* route = nullptr;
  std::vector<std::string> parameters = {};
};

/// The route of a request. Errors: kUnknownOperation; its message names what Parley lacks, where
/// AWS has an operation of that path.
[[nodiscard]] Result<RouteMatch> find_route(std::string_view method, std::string_view path);

}  // namespace parley::api
