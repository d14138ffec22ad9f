#include "messaging/http/routes.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>

#include "messaging/http/openapi.h"

namespace parley::messaging {
namespace {

using Parameters = std::vector<std::string>;

TEST(Routes, APathIsFoundWithItsParameters) {
  const RouteMatch match =
      match_route("PUT", "/v1/conversations/c1/messages/m1/reactions/%F0%9F%91%8D");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.route->pattern, "/v1/conversations/{id}/messages/{message_id}/reactions/{emoji}");
  EXPECT_EQ(match.parameters, (Parameters{"c1", "m1", "\U0001F44D"}));
}

TEST(Routes, TheFirstOfTwoPatternsIsMeant) {
  EXPECT_EQ(match_route("GET", "/api/messages/counter").route->pattern, "/api/messages/counter");
  EXPECT_EQ(match_route("GET", "/api/messages/abc").route->pattern, "/api/messages/{uuid}");
}

TEST(Routes, AnotherMethodIsToldFromAnotherPath) {
  const RouteMatch wrong_method = match_route("POST", "/v1/me");
  EXPECT_EQ(wrong_method.route, nullptr);
  EXPECT_EQ(wrong_method.allowed_methods, "GET, PATCH, DELETE");
  const RouteMatch wrong_path = match_route("GET", "/v1/them");
  EXPECT_EQ(wrong_path.route, nullptr);
  EXPECT_EQ(wrong_path.allowed_methods, "");
}

TEST(Routes, HeadFindsWhatGetDoes) {
  ASSERT_NE(match_route("HEAD", "/health").route, nullptr);
  EXPECT_EQ(match_route("HEAD", "/v1/conversations/1/read").route, nullptr);
}

TEST(Routes, WhatIsNoPathMatchesNothing) {
  for (const char* path :
       {"", "v1/me", "*", "/", "/v1", "/v1/", "/v1/me/", "//v1/me", "/v1//me", "/v1/users/",
        "/v1/users/%zz", "/v1/users/%", "/v1/users/%ff", "/v1/users/%00", "/v1/users/a/b"}) {
    EXPECT_EQ(match_route("GET", path).route, nullptr) << path;
  }
}

TEST(Routes, AnEncodedSlashStaysInItsSegment) {
  const RouteMatch match = match_route("GET", "/v1/users/a%2Fb");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.parameters, (Parameters{"a/b"}));
}

/// "METHOD pattern", and whether anybody may ask.
struct Operation {
  std::string name;
  bool open;
  auto operator<=>(const Operation&) const = default;
};

std::set<Operation> documented() {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  EXPECT_EQ(parser.parse(openapi_document()).get(document), simdjson::SUCCESS);
  std::set<Operation> operations;
  for (const auto& [path, item] : simdjson::dom::object(document["paths"])) {
    for (const auto& [method, operation] : simdjson::dom::object(item)) {
      std::string name(method);
      std::ranges::transform(name, name.begin(), [](char c) {
        return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      });
      simdjson::dom::array security;
      operations.insert({name + " " + std::string(path),
                         operation["security"].get(security) == simdjson::SUCCESS});
    }
  }
  return operations;
}

TEST(OpenApi, DocumentsEveryRouteAndNoOther) {
  std::set<Operation> served;
  for (const Route& route : routes()) {
    served.insert({std::string(route.method) + " " + std::string(route.pattern),
                   route.access == Access::kOpen});
  }
  EXPECT_EQ(served.size(), routes().size());
  const std::set<Operation> written = documented();
  for (const Operation& each : served) EXPECT_TRUE(written.contains(each)) << each.name;
  for (const Operation& each : written) EXPECT_TRUE(served.contains(each)) << each.name;
}

TEST(OpenApi, NamesEveryParameterOfAPath) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  ASSERT_EQ(parser.parse(openapi_document()).get(document), simdjson::SUCCESS);
  for (const auto& [path, item] : simdjson::dom::object(document["paths"])) {
    const auto wanted = std::ranges::count(path, '{');
    for (const auto& [method, operation] : simdjson::dom::object(item)) {
      long found = 0;
      simdjson::dom::array parameters;
      if (operation["parameters"].get(parameters) == simdjson::SUCCESS) {
        for (const simdjson::dom::element each : parameters) {
          found += std::string_view(each["in"]) == "path" ? 1 : 0;
        }
      }
      EXPECT_EQ(found, wanted) << method << " " << path;
    }
  }
}

}  // namespace
}  // namespace parley::messaging
