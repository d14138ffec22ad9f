#include "messaging/refusal.h"

#include <gtest/gtest.h>

#include <set>

namespace parley::messaging {
namespace {

TEST(Refusal, EveryReasonHasANameOfItsOwn) {
  std::set<std::string_view> types;
  for (int i = 0; i <= static_cast<int>(RefusalReason::kNotHere); ++i) {
    const auto reason = static_cast<RefusalReason>(i);
    const RefusalName& name = name_of(reason);
    EXPECT_EQ(name.reason, reason);
    EXPECT_TRUE(types.insert(name.type).second) << name.type;
    EXPECT_FALSE(name.title.empty());
    EXPECT_FALSE(name.title.ends_with('.'));
    EXPECT_GE(name.status, 400);
    EXPECT_LT(name.status, 500);
  }
}

TEST(Refusal, TheOriginalsCodesKeepTheirSpelling) {
  EXPECT_EQ(name_of(RefusalReason::kMessageBlank).original_code, "message_blank");
  EXPECT_EQ(name_of(RefusalReason::kMessageTooLong).original_code, "message_exceed_max_chars");
  EXPECT_EQ(name_of(RefusalReason::kConversationBlank).original_code, "message_group_uuid_blank");
  EXPECT_EQ(name_of(RefusalReason::kReceiverBlank).original_code, "user_reciever_handle_blank");
}

TEST(Refusal, IsFoundInItsErrorAndInNoOther) {
  const Status refused = refuse(RefusalReason::kRateLimited, "Slow down", 7);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused.error().message, "Slow down");
  const Refusal* refusal = refusal_of(refused.error());
  ASSERT_NE(refusal, nullptr);
  EXPECT_EQ(refusal->reason, RefusalReason::kRateLimited);
  EXPECT_EQ(refusal->retry_after_s, 7);
  EXPECT_EQ(refusal_of(Error{ErrorCode::kInvalidArgument, "something else"}), nullptr);
}

TEST(Refusal, WithoutATextSaysItsTitle) {
  const Status refused = refuse(RefusalReason::kNotAMember);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, name_of(RefusalReason::kNotAMember).title);
}

}  // namespace
}  // namespace parley::messaging
