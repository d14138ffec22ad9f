#include "messaging/sign_in/token_claims.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "messaging/refusal.h"

namespace parley::messaging {
namespace {

constexpr TimestampMicros kNow = 1'767'323'045'000'000;
const ClaimsExpected kExpected{.issuer = "https://id.example", .audience = "app"};

Result<Identity> check(std::string_view more) {
  return check_claims(fmt::format(R"({{"iss":"https://id.example"{}}})", more), kExpected, kNow);
}

TEST(TokenClaims, WhoeverLacksAClaimIsRefused) {
  EXPECT_TRUE(check(R"(,"aud":"app","sub":"s","exp":1767323046)"));
  for (const char* each : {
           R"(,"sub":"s","exp":1767323046)",
           R"(,"aud":"app","exp":1767323046)",
           R"(,"aud":"app","sub":"s")",
           R"(,"aud":"app","sub":"","exp":1767323046)",
           R"(,"aud":"app","sub":1,"exp":1767323046)",
           R"(,"aud":"app","sub":"s","exp":"1767323046")",
           R"(,"aud":["other"],"sub":"s","exp":1767323046)",
           R"(,"aud":[],"sub":"s","exp":1767323046)",
       }) {
    const auto checked = check(each);
    ASSERT_FALSE(checked) << each;
    EXPECT_EQ(refusal_of(checked.error())->reason, RefusalReason::kUnauthenticated);
  }
  EXPECT_FALSE(check_claims("no JSON", kExpected, kNow));
  EXPECT_FALSE(check_claims("[]", kExpected, kNow));
  EXPECT_FALSE(check(R"(,"aud":"app","exp":1767323046,"sub":")" + std::string(256, 's') + '"'));
}

TEST(TokenClaims, OneOfSeveralAudiencesIsEnough) {
  EXPECT_TRUE(check(R"(,"aud":["other","app"],"sub":"s","exp":1767323046)"));
}

TEST(TokenClaims, CognitosAccessTokensHaveAClientInsteadOfAnAudience) {
  EXPECT_TRUE(check(R"(,"client_id":"app","token_use":"access","sub":"s","exp":1767323046)"));
  EXPECT_FALSE(check(R"(,"client_id":"app","sub":"s","exp":1767323046)"));
  EXPECT_FALSE(check(R"(,"client_id":"x","token_use":"access","sub":"s","exp":1767323046)"));
  EXPECT_FALSE(
      check(R"(,"aud":"x","client_id":"app","token_use":"access","sub":"s","exp":1767323046)"));
}

TEST(TokenClaims, BothEndsOfTheTimeHaveALeewayOfAMinute) {
  EXPECT_TRUE(check(R"(,"aud":"app","sub":"s","exp":1767322986)"));
  EXPECT_FALSE(check(R"(,"aud":"app","sub":"s","exp":1767322985)"));
  EXPECT_TRUE(check(R"(,"aud":"app","sub":"s","exp":1767329999,"nbf":1767323105)"));
  EXPECT_FALSE(check(R"(,"aud":"app","sub":"s","exp":1767329999,"nbf":1767323106)"));
}

TEST(TokenClaims, AVeryLateEndIsAnEnd) {
  EXPECT_TRUE(check(R"(,"aud":"app","sub":"s","exp":1e300)"));
  EXPECT_FALSE(check(R"(,"aud":"app","sub":"s","exp":-1e300)"));
}

TEST(TokenClaims, AHandleIsWishedForByName) {
  const auto handle = [](std::string_view more) {
    return check(fmt::format(R"(,"aud":"app","sub":"s","exp":1767323046{})", more))->wished_handle;
  };
  EXPECT_EQ(handle(""), "");
  EXPECT_EQ(handle(R"(,"preferred_username":"ada","email":"x@y.example")"), "ada");
  EXPECT_EQ(handle(R"(,"cognito:username":"bob")"), "bob");
  EXPECT_EQ(handle(R"(,"cognito:username":"0f3c9a52-7d1e-4b8a-9c6f-2e5d8b7a1c34",)"
                   R"("email":"eve@example.org")"),
            "eve");
}

TEST(TokenClaims, ASubjectThatIsAUuidIsThePerson) {
  EXPECT_EQ(person_id_of("i", "0F3C9A52-7d1e-4b8a-9c6f-2e5d8b7a1c34"),
            "0f3c9a52-7d1e-4b8a-9c6f-2e5d8b7a1c34");
}

TEST(TokenClaims, AnotherSubjectGivesAUuidOfVersion5) {
  // As uuid.uuid5(uuid.NAMESPACE_URL, "https://id.example#auth0|42") in Python.
  EXPECT_EQ(person_id_of("https://id.example", "auth0|42"), "d7f2bcc0-febb-545e-8f41-f02a2b843b30");
  EXPECT_NE(person_id_of("https://id.example", "auth0|42"),
            person_id_of("https://other.example", "auth0|42"));
}

}  // namespace
}  // namespace parley::messaging
