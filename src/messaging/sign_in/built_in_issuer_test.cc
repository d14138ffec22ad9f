#include "messaging/sign_in/built_in_issuer.h"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "messaging/domain/test_messaging_table.h"
#include "messaging/refusal.h"
#include "messaging/sign_in/test_issuer.h"

namespace parley::messaging {
namespace {

std::string new_key() {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  unsigned char* bytes = nullptr;
  const int size = i2d_PrivateKey(key, &bytes);
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  EVP_PKEY_free(key);
  return der;
}

class BuiltInIssuerTest : public testing::TestWithParam<TestDatabase> {
 protected:
  std::unique_ptr<BuiltInIssuer> open(const std::string& key) {
    auto issuer = BuiltInIssuer::open(table_.domain(), key);
    EXPECT_TRUE(issuer);
    return *std::move(issuer);
  }

  TestMessagingTable table_{GetParam()};
  const std::string key_ = new_key();
  std::unique_ptr<BuiltInIssuer> issuer_ = open(key_);
};

TEST_P(BuiltInIssuerTest, ATokenSpeaksForWhoSignedIn) {
  const auto issued = issuer_->sign_in("ada", "Ada L");
  ASSERT_TRUE(issued) << issued.error().message;
  EXPECT_EQ(issued->expires_in, std::chrono::hours(12));
  const auto identity = issuer_->verify(issued->token);
  ASSERT_TRUE(identity) << identity.error().message;
  const auto again = issuer_->sign_in("ADA", "");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(issuer_->verify(again->token)->person_id, identity->person_id);
  const auto people = issuer_->people();
  ASSERT_EQ(people->size(), 1u);
  EXPECT_EQ(people->front().handle, "ada");
  EXPECT_EQ(people->front().display_name, "Ada L");
}

TEST_P(BuiltInIssuerTest, OutlivesARestart) {
  const std::string token = issuer_->sign_in("ada", "")->token;
  EXPECT_TRUE(open(key_)->verify(token));
  EXPECT_FALSE(open(new_key())->verify(token));
}

TEST_P(BuiltInIssuerTest, ATokenEnds) {
  const std::string token = issuer_->sign_in("ada", "")->token;
  table_.clock().advance(std::chrono::hours(12) - std::chrono::seconds(1));
  EXPECT_TRUE(issuer_->verify(token));
  table_.clock().advance(std::chrono::seconds(1));
  EXPECT_EQ(refusal_of(issuer_->verify(token).error())->reason, RefusalReason::kUnauthenticated);
}

TEST_P(BuiltInIssuerTest, ForgedTokensAreRefused) {
  const std::string token = issuer_->sign_in("ada", "")->token;
  const std::string claims = R"({"iss":"parley","aud":"parley","sub":"x","exp":9999999999})";
  for (const std::string& forged :
       {token_of(R"({"alg":"none"})", claims, ""),
        hs256_token(R"({"alg":"HS256"})", claims, "secret"),
        token.substr(0, token.size() - 4) + "AAAA", std::string("x"), std::string()}) {
    EXPECT_EQ(refusal_of(issuer_->verify(forged).error())->reason, RefusalReason::kUnauthenticated);
  }
}

TEST_P(BuiltInIssuerTest, AWrongHandleMakesNobody) {
  EXPECT_EQ(refusal_of(issuer_->sign_in("not a handle", "").error())->reason,
            RefusalReason::kHandleInvalid);
  EXPECT_TRUE(issuer_->people()->empty());
}

TEST(BuiltInIssuer, WhatIsNoKeyIsRefused) {
  TestMessagingTable table(TestDatabase::kEmbedded);
  for (const std::string& key : {std::string(), std::string("x"), std::string(121, '0')}) {
    EXPECT_EQ(BuiltInIssuer::open(table.domain(), key).error().code, ErrorCode::kInvalidArgument);
  }
}

INSTANTIATE_TEST_SUITE_P(On, BuiltInIssuerTest, testing::ValuesIn(test_databases()),
                         test_database_name);

}  // namespace
}  // namespace parley::messaging
