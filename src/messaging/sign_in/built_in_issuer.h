// BuiltInIssuer: tokens for local use, signed with a key in the table, so that they outlive a
// restart and are good at every process on it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "messaging/domain/domain.h"
#include "messaging/domain/people.h"
#include "messaging/sign_in/jwt.h"
#include "messaging/sign_in/local_sign_in.h"
#include "messaging/sign_in/sign_in.h"
#include "messaging/sign_in/verified_tokens.h"

namespace parley::messaging {

inline constexpr std::chrono::hours kLocalTokenTime{12};

class BuiltInIssuer final : public TokenVerifier, public LocalSignIn {
 public:
  /// `key` as table_setup.h has it. The domain is borrowed. Errors: kInvalidArgument for a key that
  /// is none.
  [[nodiscard]] static Result<std::unique_ptr<BuiltInIssuer>> open(Domain& domain,
                                                                   std::string_view key);

  [[nodiscard]] Result<Identity> verify(std::string_view token) override;
  [[nodiscard]] std::optional<Identity> known(std::string_view token) override;
  [[nodiscard]] Result<std::vector<Person>> people() override;
  [[nodiscard]] Result<IssuedToken> sign_in(std::string_view handle,
                                            std::string_view display_name) override;

  /// Puts a person on the list that people() gives.
  [[nodiscard]] Status list(std::string_view person_id);

 private:
  BuiltInIssuer(Domain& domain, JwtKey key)
      : domain_(domain), people_(domain), key_(std::move(key)) {}

  Domain& domain_;
  People people_;
  const JwtKey key_;
  VerifiedTokens verified_;
};

}  // namespace parley::messaging
