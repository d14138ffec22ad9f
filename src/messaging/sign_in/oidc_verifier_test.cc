#include "messaging/sign_in/oidc_verifier.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <thread>

#include "messaging/refusal.h"
#include "messaging/sign_in/jwt.h"
#include "messaging/sign_in/test_issuer.h"

namespace parley::messaging {
namespace {

constexpr std::int64_t kNow = 1'767'323'045;  // seconds
constexpr std::string_view kSubject = "0f3c9a52-7d1e-4b8a-9c6f-2e5d8b7a1c34";

std::string claims(std::string_view more = "", std::int64_t expires_at = kNow + 3600) {
  return fmt::format(R"({{"iss":"{}","aud":"app","sub":"{}","exp":{}{}}})", TestIssuer::kUrl,
                     kSubject, expires_at, more);
}

class OidcVerifierTest : public testing::Test {
 protected:
  OidcVerifierTest() { issuer_.add_key(TestIssuer::Kind::kRsa, "one"); }

  OidcVerifier make(std::string algorithm = "RS256") {
    return {{.claims = {.issuer = std::string(TestIssuer::kUrl), .audience = "app"},
             .algorithm = std::move(algorithm)},
            clock_,
            [this](const std::string& url) { return issuer_.fetch(url); }};
  }
  static void expect_refused(OidcVerifier& verifier, const std::string& token) {
    const auto identity = verifier.verify(token);
    ASSERT_FALSE(identity) << token;
    const Refusal* refusal = refusal_of(identity.error());
    ASSERT_NE(refusal, nullptr) << identity.error().message;
    EXPECT_EQ(refusal->reason, RefusalReason::kUnauthenticated);
  }

  ManualClock clock_{kNow * 1'000'000};
  TestIssuer issuer_;
};

TEST_F(OidcVerifierTest, AGoodTokenNamesItsPerson) {
  OidcVerifier verifier = make();
  const auto identity = verifier.verify(
      issuer_.token(claims(R"(,"preferred_username":"ada","name":"Ada L")"), "RS256", "one"));
  ASSERT_TRUE(identity) << identity.error().message;
  EXPECT_EQ(identity->person_id, kSubject);
  EXPECT_EQ(identity->wished_handle, "ada");
  EXPECT_EQ(identity->display_name, "Ada L");
}

TEST_F(OidcVerifierTest, KeysAreFetchedOnce) {
  OidcVerifier verifier = make();
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(
        verifier.verify(issuer_.token(claims(fmt::format(R"(,"n":{})", i)), "RS256", "one")));
  }
  EXPECT_EQ(issuer_.fetches, 2);  // the discovery document and the keys
}

TEST_F(OidcVerifierTest, ATokenThatWasGoodIsNotGoodForEver) {
  OidcVerifier verifier = make();
  const std::string token = issuer_.token(claims("", kNow + 10), "RS256", "one");
  EXPECT_TRUE(verifier.verify(token));
  clock_.advance(std::chrono::seconds(69));
  EXPECT_TRUE(verifier.verify(token));  // within the leeway
  clock_.advance(std::chrono::seconds(1));
  expect_refused(verifier, token);
}

TEST_F(OidcVerifierTest, ClaimsThatAreNotForUsAreRefused) {
  OidcVerifier verifier = make();
  const auto with = [&](std::string_view text) { return issuer_.token(text, "RS256", "one"); };
  expect_refused(verifier, with(claims("", kNow - 60)));
  expect_refused(verifier,
                 with(R"({"iss":"https://evil.example","aud":"app","sub":"x","exp":9999999999})"));
  expect_refused(verifier,
                 with(fmt::format(R"({{"iss":"{}","aud":"other","sub":"x","exp":9999999999}})",
                                  TestIssuer::kUrl)));
}

TEST_F(OidcVerifierTest, ChangedBytesAreRefused) {
  OidcVerifier verifier = make();
  const std::string token = issuer_.token(claims(), "RS256", "one");
  ASSERT_TRUE(verifier.verify(token));
  for (std::size_t i = 0; i < token.size(); i += 7) {
    std::string forged = token;
    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    expect_refused(verifier, forged);
  }
  expect_refused(verifier, token.substr(0, token.rfind('.') + 1));
  expect_refused(verifier, token + "A");
  for (const char* text : {"", ".", "..", "a.b.c", "a.b", "....", "e30.e30.e30"}) {
    expect_refused(verifier, text);
  }
  expect_refused(verifier, std::string(100'000, 'a'));
}

// A library aborts there.
TEST_F(OidcVerifierTest, PaddingInTheMiddleIsRefused) {
  OidcVerifier verifier = make();
  const std::string token = issuer_.token(claims(), "RS256", "one");
  const std::size_t payload = token.find('.') + 1;
  const std::size_t signature = token.find('.', payload) + 1;
  expect_refused(verifier, token.substr(0, payload) + "A=AA." + token.substr(signature));
  expect_refused(verifier, token.substr(0, signature) + "A=AA");
  expect_refused(verifier, token.substr(0, signature) + "A");
  expect_refused(verifier, token + ".AAAA");
  expect_refused(verifier, token.substr(0, signature - 1));
}

TEST(JwtKey, PaddingInTheMiddleIsRefused) {
  for (const char* jwk : {R"({"kty":"EC","crv":"P-256","x":"A=AA","y":"AAAA"})",
                          R"({"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA","y":"A=AA"})",
                          R"({"kty":"RSA","n":"A=AA","e":"AQAB"})", R"({"kty":"oct","k":"A=AA"})",
                          R"({"kty":"RSA","n":"AQAB","e":1})", "[]", ""}) {
    EXPECT_FALSE(JwtKey::parse(jwk)) << jwk;
  }
}

TEST_F(OidcVerifierTest, NoAlgorithmIsNone) {
  OidcVerifier verifier = make();
  for (const char* none : {"none", "None", "NONE", ""}) {
    const std::string header = fmt::format(R"({{"alg":"{}","kid":"one"}})", none);
    expect_refused(verifier, token_of(header, claims(), ""));
    expect_refused(verifier, token_of(header, claims(), "x"));
  }
}

TEST_F(OidcVerifierTest, APublicKeyIsNoSharedSecret) {
  const std::string header = R"({"alg":"HS256","kid":"one"})";
  const std::string token = hs256_token(header, claims(), issuer_.public_key("one"));
  for (const char* algorithm : {"RS256", "ES256"}) {
    OidcVerifier verifier = make(algorithm);
    expect_refused(verifier, token);
  }
  EXPECT_FALSE(is_public_key_algorithm("HS256"));
  EXPECT_FALSE(is_public_key_algorithm("none"));
}

TEST_F(OidcVerifierTest, AnotherAlgorithmThanAgreedIsRefused) {
  OidcVerifier verifier = make();
  expect_refused(verifier, issuer_.token(claims(), "RS512", "one"));
  expect_refused(verifier, issuer_.token(claims(), "PS256", "one"));
}

TEST_F(OidcVerifierTest, AKeyOfAnotherKindIsRefused) {
  issuer_.add_key(TestIssuer::Kind::kEc, "ec");
  OidcVerifier verifier = make();
  std::string token = issuer_.token(claims(), "ES256", "ec");
  const std::string signature = token.substr(token.rfind('.'));
  token = token_of(R"({"alg":"RS256","kid":"ec"})", claims(), "x");
  expect_refused(verifier, token.substr(0, token.rfind('.')) + signature);
}

TEST_F(OidcVerifierTest, EllipticCurvesServeToo) {
  issuer_.add_key(TestIssuer::Kind::kEc, "ec");
  OidcVerifier verifier = make("ES256");
  EXPECT_TRUE(verifier.verify(issuer_.token(claims(), "ES256", "ec")));
}

TEST_F(OidcVerifierTest, CriticalExtensionsAreRefused) {
  OidcVerifier verifier = make();
  expect_refused(verifier,
                 token_of(R"({"alg":"RS256","kid":"one","crit":["b64"]})", claims(), "x"));
}

TEST_F(OidcVerifierTest, ARotatedKeyIsFound) {
  OidcVerifier verifier = make();
  ASSERT_TRUE(verifier.verify(issuer_.token(claims(), "RS256", "one")));
  issuer_.add_key(TestIssuer::Kind::kRsa, "two");
  clock_.advance(std::chrono::seconds(30));
  EXPECT_TRUE(verifier.verify(issuer_.token(claims(), "RS256", "two")));
}

TEST_F(OidcVerifierTest, UnknownKeysDoNotMakeUsAskAllTheTime) {
  OidcVerifier verifier = make();
  issuer_.add_key(TestIssuer::Kind::kRsa, "unknown");
  ASSERT_TRUE(verifier.verify(issuer_.token(claims(), "RS256", "one")));
  issuer_.drop_keys();
  const int before = issuer_.fetches;
  for (int i = 0; i < 50; ++i) {
    const std::string header = fmt::format(R"({{"alg":"RS256","kid":"k{}"}})", i);
    expect_refused(verifier, token_of(header, claims(), "x"));
  }
  EXPECT_EQ(issuer_.fetches, before);
}

TEST_F(OidcVerifierTest, AWithdrawnKeyGoesInTime) {
  OidcVerifier verifier = make();
  ASSERT_TRUE(verifier.verify(issuer_.token(claims(), "RS256", "one")));
  issuer_.drop_keys();
  issuer_.add_key(TestIssuer::Kind::kRsa, "two");
  clock_.advance(std::chrono::hours(24));
  expect_refused(verifier, issuer_.token(claims("", kNow + 1'000'000), "RS256", "one"));
}

TEST_F(OidcVerifierTest, ADeadIssuerIsNoFaultOfTheTokens) {
  OidcVerifier verifier = make();
  issuer_.is_dead = true;
  const std::string token = issuer_.token(claims(), "RS256", "one");
  EXPECT_EQ(verifier.verify(token).error().code, ErrorCode::kUnavailable);
  issuer_.is_dead = false;
  EXPECT_EQ(verifier.verify(token).error().code, ErrorCode::kUnavailable);  // not asked again yet
  clock_.advance(std::chrono::seconds(30));
  EXPECT_TRUE(verifier.verify(token));
  issuer_.is_dead = true;  // the keys are known
  EXPECT_TRUE(verifier.verify(issuer_.token(claims(R"(,"n":1)"), "RS256", "one")));
}

TEST_F(OidcVerifierTest, ADocumentOfAnotherIssuerIsNotBelieved) {
  OidcVerifier verifier = make();
  issuer_.claimed_name = "https://evil.example";
  EXPECT_EQ(verifier.verify(issuer_.token(claims(), "RS256", "one")).error().code,
            ErrorCode::kUnavailable);
}

TEST_F(OidcVerifierTest, ManyThreadsMayAsk) {
  OidcVerifier verifier = make();
  std::vector<std::string> tokens;
  for (int i = 0; i < 20; ++i) {
    tokens.push_back(issuer_.token(claims(fmt::format(R"(,"n":{})", i)), "RS256", "one"));
  }
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (const std::string& token : tokens) good += verifier.verify(token) ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(good, 80);
}

}  // namespace
}  // namespace parley::messaging
