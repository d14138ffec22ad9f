#include "messaging/http/routes.h"

#include <array>
#include <optional>

#include "messaging/http/handlers.h"
#include "messaging/http/url_text.h"

namespace parley::messaging {
namespace {

using enum Access;
using enum RateKind;

constexpr bool kAtOnce = true;

// Where two patterns fit, the first one is meant.
constexpr std::array kRoutes = {
    Route{"GET", "/v1/sign-in", kOpen, kRead, describe_sign_in},
    Route{"POST", "/v1/sign-in", kOpen, kMake, sign_in},
    Route{"GET", "/v1/sign-in/people", kOpen, kRead, list_sign_in_people},

    Route{"GET", "/v1/me", kPerson, kRead, get_me},
    Route{"PATCH", "/v1/me", kPerson, kMake, change_me},
    Route{"DELETE", "/v1/me", kPerson, kMake, erase_me},
    Route{"GET", "/v1/me/export", kPerson, kMake, export_me},
    Route{"GET", "/v1/me/unread", kPerson, kRead, get_unread},
    Route{"GET", "/v1/me/blocks", kPerson, kRead, list_blocks},
    Route{"PUT", "/v1/me/blocks/{user_id}", kPerson, kMake, block_user},
    Route{"DELETE", "/v1/me/blocks/{user_id}", kPerson, kMake, unblock_user},
    Route{"GET", "/v1/users/{handle}", kPerson, kRead, get_user},

    Route{"GET", "/v1/conversations", kPerson, kRead, list_conversations, kAtOnce},
    Route{"POST", "/v1/conversations", kPerson, kMake, make_conversation},
    Route{"GET", "/v1/conversations/{id}", kPerson, kRead, get_conversation, kAtOnce},
    Route{"PATCH", "/v1/conversations/{id}", kPerson, kMake, rename_conversation},
    Route{"PATCH", "/v1/conversations/{id}/settings", kPerson, kMake, change_settings},
    Route{"POST", "/v1/conversations/{id}/read", kPerson, kSignal, mark_read},
    Route{"POST", "/v1/conversations/{id}/typing", kPerson, kSignal, set_typing},

    Route{"GET", "/v1/conversations/{id}/members", kPerson, kRead, list_members},
    Route{"POST", "/v1/conversations/{id}/members", kPerson, kMake, invite_member},
    Route{"PATCH", "/v1/conversations/{id}/members/{user_id}", kPerson, kMake, change_member},
    Route{"DELETE", "/v1/conversations/{id}/members/{user_id}", kPerson, kMake, remove_member},

    Route{"GET", "/v1/conversations/{id}/messages", kPerson, kRead, list_messages, kAtOnce},
    Route{"POST", "/v1/conversations/{id}/messages", kPerson, kSend, send_message},
    Route{"GET", "/v1/conversations/{id}/messages/{message_id}", kPerson, kRead, get_message},
    Route{"PATCH", "/v1/conversations/{id}/messages/{message_id}", kPerson, kSend, edit_message},
    Route{"DELETE", "/v1/conversations/{id}/messages/{message_id}", kPerson, kSend, delete_message},
    Route{"PUT", "/v1/conversations/{id}/messages/{message_id}/reactions/{emoji}", kPerson, kSend,
          add_reaction},
    Route{"DELETE", "/v1/conversations/{id}/messages/{message_id}/reactions/{emoji}", kPerson,
          kSend, remove_reaction},

    Route{"GET", "/v1/events", kPerson, kRead, stream_events},

    Route{"GET", "/api/message_groups", kPerson, kRead, original_message_groups},
    Route{"GET", "/api/messages/counter", kPerson, kRead, original_counter},
    Route{"GET", "/api/messages/{uuid}", kPerson, kRead, original_messages},
    Route{"POST", "/api/messages", kPerson, kSend, original_create_message},
    Route{"GET", "/api/users/{at_handle}/short", kOpen, kRead, original_user_short},

    Route{"GET", "/health", kOpen, kRead, get_health},
    Route{"GET", "/metrics", kOpen, kRead, get_metrics},
    Route{"GET", "/openapi.json", kOpen, kRead, get_openapi},
};

/// The first segment of `path`, which begins with '/', taken off it.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

/// The parameters if `path` is such a path.
std::optional<std::vector<std::string>> parameters_of(std::string_view pattern,
                                                      std::string_view path) {
  std::vector<std::string> parameters;
  while (!pattern.empty() && !path.empty()) {
    const std::string_view wanted = take_segment(pattern);
    const std::string_view given = take_segment(path);
    if (!wanted.starts_with('{')) {
      if (wanted != given) return std::nullopt;
      continue;
    }
    auto decoded = path_decoded(given);
    if (!decoded || decoded->empty()) return std::nullopt;
    parameters.push_back(*std::move(decoded));
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return parameters;
}

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

RouteMatch match_route(std::string_view method, std::string_view path) {
  RouteMatch match;
  if (!path.starts_with('/')) return match;
  if (method == "HEAD") method = "GET";
  std::string_view first_pattern;  // of the routes that fit the path
  for (const Route& route : kRoutes) {
    if (!first_pattern.empty() && route.pattern != first_pattern) continue;
    auto parameters = parameters_of(route.pattern, path);
    if (!parameters) continue;
    first_pattern = route.pattern;
    if (route.method == method) {
      match.route = &route;
      match.parameters = *std::move(parameters);
      return match;
    }
    if (!match.allowed_methods.empty()) match.allowed_methods += ", ";
    match.allowed_methods += route.method;
  }
  return match;
}

bool is_original(std::string_view path) {
  return path.starts_with("/api/");
}

bool is_api(std::string_view path) {
  return is_original(path) || path.starts_with("/v1/") || path == "/health" || path == "/metrics" ||
         path == "/openapi.json";
}

}  // namespace parley::messaging
