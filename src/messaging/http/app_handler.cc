#include "messaging/http/app_handler.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "client/immediate_database.h"
#include "messaging/http/problem.h"
#include "messaging/http/web_reply.h"
#include "messaging/refusal.h"
#include "net/ascii.h"

namespace parley::messaging {
namespace {

constexpr std::string_view kBearer = "bearer ";
constexpr std::string_view kPreflightTime = "600";  // seconds that a browser may remember it

/// The origin that a reply is for: what the request says, if it may.
std::optional<std::string> allowed_origin(const AppSettings& settings,
                                          const net::HttpRequest& request) {
  const std::string_view origin = request.header("origin");
  if (origin.empty()) return std::nullopt;
  for (const std::string& allowed : settings.cors_origins) {
    if (allowed == "*" || allowed == origin) return std::string(origin);
  }
  return std::nullopt;
}

/// The token that the request bears.
Result<std::string_view> token_of(const net::HttpRequest& request) {
  const std::string_view header = request.header("authorization");
  if (header.size() <= kBearer.size() ||
      !net::equals_ignoring_case(header.substr(0, kBearer.size()), kBearer)) {
    return refuse(RefusalReason::kUnauthenticated, "A bearer token is needed");
  }
  return header.substr(kBearer.size());
}

/// Whose token the request bears; the person's account is made at first sight.
Result<Identity> asker_of(App& app, const net::HttpRequest& request) {
  const std::string_view token = PARLEY_TRY(token_of(request));
  Identity identity = PARLEY_TRY(app.verifier.verify(token));
  if (!PARLEY_TRY(app.people.is_active(identity.person_id))) {
    PARLEY_TRY(
        app.people.ensure(identity.person_id, identity.wished_handle, identity.display_name));
  }
  return identity;
}

/// The same if it takes no waiting: their token was verified before, their account is there.
Result<std::string> asker_at_once(App& app, const net::HttpRequest& request) {
  const std::string_view token = PARLEY_TRY(token_of(request));
  const auto identity = app.verifier.known(token);
  if (!identity || !PARLEY_TRY(app.people.is_active(identity->person_id))) {
    return std::unexpected(client::must_wait());
  }
  return identity->person_id;
}

}  // namespace

void AppHandler::handle(const net::HttpRequest& request, net::ReplyCallback reply) {
  if (request.method == "OPTIONS") {
    reply(preflight(request));
    return;
  }
  RouteMatch match = match_route(request.method, request.path);
  if (match.route == nullptr) {
    net::HttpReply answered = unrouted(request, match.allowed_methods);
    finish(request, answered);
    reply(std::move(answered));
    return;
  }
  Asking asking{.match = std::move(match)};
  if (auto answered = answer_at_once(request, asking)) {
    finish(request, *answered);
    reply(*std::move(answered));
    return;
  }
  // The request is there until the reply is given.
  parts_.spawn([this, &request, asking = std::move(asking), reply = std::move(reply)]() mutable {
    net::HttpReply answered = answer(request, std::move(asking));
    finish(request, answered);
    reply(std::move(answered));
  });
}

net::HttpReply AppHandler::failure(const net::HttpRequest& /*request*/, int status,
                                   std::string_view reason) {
  return problem_reply(status, "unreadable-request", "The request could not be read", reason);
}

std::optional<net::HttpReply> AppHandler::answer_at_once(const net::HttpRequest& request,
                                                         Asking& asking) {
  const Route& route = *asking.match.route;
  App* const app = route.at_once && parts_.immediate_app ? parts_.immediate_app() : nullptr;
  if (app == nullptr) return std::nullopt;
  Call call{.app = *app, .request = request, .parameters = asking.match.parameters};
  const auto run = [&]() -> Result<net::HttpReply> {
    std::string person = PARLEY_TRY(asker_at_once(*app, request));
    PARLEY_TRY(app->limits.take(person, route.rate));
    call.asker = asking.person = std::move(person);
    return route.handler(call);
  };
  auto reply = run();
  if (!reply && client::is_must_wait(reply.error())) return std::nullopt;
  return reply_of(*app, route, request, std::move(reply));
}

net::HttpReply AppHandler::answer(const net::HttpRequest& request, Asking asking) {
  const Route& route = *asking.match.route;
  const Result<App*> app = parts_.app();
  if (!app) {
    return problem_reply(503, "not-set-up", "The messaging service is not set up",
                         app.error().message);
  }
  Call call{.app = **app,
            .request = request,
            .parameters = std::move(asking.match.parameters),
            .asker = std::move(asking.person)};
  const auto run = [&]() -> Result<net::HttpReply> {
    if (route.access == Access::kPerson && call.asker.empty()) {
      Identity identity = PARLEY_TRY(asker_of(call.app, request));
      call.asker = std::move(identity.person_id);
      call.asks_until = identity.expires_at;
      PARLEY_TRY(call.app.limits.take(call.asker, route.rate));
    }
    return route.handler(call);
  };
  return reply_of(call.app, route, request, run());
}

net::HttpReply AppHandler::reply_of(const App& app, const Route& route,
                                    const net::HttpRequest& request,
                                    Result<net::HttpReply> reply) const {
  if (reply) return *std::move(reply);
  const Error& error = reply.error();
  if (refusal_of(error) == nullptr && app.log) {
    app.log(fmt::format("{} {}: {}", request.method, route.pattern, error.message));
  }
  return is_original(route.pattern) ? original_error_reply(error) : problem_reply(error);
}

net::HttpReply AppHandler::unrouted(const net::HttpRequest& request,
                                    const std::string& allowed_methods) const {
  if (!allowed_methods.empty()) {
    net::HttpReply reply = problem_reply(405, "method-not-allowed", "The path has no such method",
                                         fmt::format("{} takes {}", request.path, allowed_methods));
    reply.headers.emplace_back("Allow", allowed_methods);
    return reply;
  }
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (reads && !is_api(request.path)) return web_reply(request, parts_.settings.connect_origins);
  return problem_reply(404, "no-such-path", "There is nothing at this path", request.path);
}

net::HttpReply AppHandler::preflight(const net::HttpRequest& request) const {
  net::HttpReply reply{.status = 204};
  const auto origin = allowed_origin(parts_.settings, request);
  if (!origin) return reply;
  reply.headers = {{"Access-Control-Allow-Origin", *origin},
                   {"Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE"},
                   {"Access-Control-Allow-Headers", "Authorization, Content-Type, Last-Event-ID"},
                   {"Access-Control-Max-Age", std::string(kPreflightTime)},
                   {"Vary", "Origin"}};
  return reply;
}

/// What every reply has.
void AppHandler::finish(const net::HttpRequest& request, net::HttpReply& reply) {
  metrics_.count(reply.status);
  reply.headers.emplace_back("X-Content-Type-Options", "nosniff");
  const auto origin = allowed_origin(parts_.settings, request);
  if (origin) {
    reply.headers.emplace_back("Access-Control-Allow-Origin", *origin);
    reply.headers.emplace_back("Access-Control-Expose-Headers", "Retry-After");
  }
  if (!parts_.settings.cors_origins.empty()) reply.headers.emplace_back("Vary", "Origin");
}

}  // namespace parley::messaging
