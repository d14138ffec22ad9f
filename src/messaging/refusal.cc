#include "messaging/refusal.h"

#include <algorithm>
#include <array>

#include "base/assert.h"

namespace parley::messaging {
namespace {

using enum RefusalReason;

// In the order of the enumerators. The statuses: 400 for a request that is malformed, 422 for one
// that is well formed and says what cannot be done, 403 for what others may, 409 for what may be
// possible at another time.
constexpr std::array kNames = {
    RefusalName{kMessageBlank, 422, "message-blank", "The message is blank", "message_blank"},
    RefusalName{kMessageTooLong, 422, "message-too-long", "The message is too long",
                "message_exceed_max_chars"},
    RefusalName{kConversationBlank, 422, "conversation-blank", "No conversation is named",
                "message_group_uuid_blank"},
    RefusalName{kReceiverBlank, 422, "receiver-blank", "No receiver is named",
                "user_reciever_handle_blank"},
    RefusalName{kInvalidInput, 400, "invalid-input", "The request is not as it should be", ""},
    RefusalName{kInvalidCursor, 400, "invalid-cursor", "The cursor is not one of yours", ""},
    RefusalName{kNoSuchPerson, 404, "no-such-person", "There is no such person", ""},
    RefusalName{kNoSuchMessage, 404, "no-such-message", "There is no such message", ""},
    RefusalName{kNotAMember, 403, "not-a-member", "You are not a member of this conversation", ""},
    RefusalName{kNotTheSender, 403, "not-the-sender", "The message is somebody else's", ""},
    RefusalName{kNotAnOwner, 403, "not-an-owner", "Only an owner of the group may do this", ""},
    RefusalName{kNotAGroup, 409, "not-a-group", "The conversation is not a group", ""},
    RefusalName{kBlocked, 403, "blocked", "One of you has blocked the other", ""},
    RefusalName{kWithOneself, 422, "with-oneself", "A conversation takes two people", ""},
    RefusalName{kAlreadyAMember, 409, "already-a-member", "The person is a member already", ""},
    RefusalName{kHandleTaken, 409, "handle-taken", "The handle is taken", ""},
    RefusalName{kHandleInvalid, 422, "handle-invalid", "The handle is not a valid one", ""},
    RefusalName{kMessageDeleted, 409, "message-deleted", "The message is deleted", ""},
    RefusalName{kTooManyReactions, 409, "too-many-reactions",
                "The message has as many reactions as it may", ""},
    RefusalName{kTooManyMembers, 409, "too-many-members", "The group has as many members as it may",
                ""},
    RefusalName{kTokenReused, 409, "token-reused", "The client token was used for another message",
                ""},
    RefusalName{kUnauthenticated, 401, "unauthenticated", "You are not signed in", ""},
    RefusalName{kErased, 403, "erased", "The account is erased", ""},
    RefusalName{kRateLimited, 429, "rate-limited", "Too many requests", ""},
    RefusalName{kNotHere, 404, "not-here", "People sign in elsewhere", ""},
};

constexpr bool stand_in_order() {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (static_cast<std::size_t>(kNames[i].reason) != i) return false;
  }
  return true;
}
static_assert(stand_in_order() && kNames.back().reason == kNotHere);

}  // namespace

const RefusalName& name_of(RefusalReason reason) {
  const auto index = static_cast<std::size_t>(reason);
  PARLEY_ASSERT(index < kNames.size());
  return kNames[index];
}

std::unexpected<Error> refuse(RefusalReason reason, std::string text,
                              std::optional<int> retry_after_s) {
  auto refusal = std::make_shared<Refusal>();
  refusal->reason = reason;
  refusal->retry_after_s = retry_after_s;
  if (text.empty()) text = name_of(reason).title;
  return std::unexpected(Error{ErrorCode::kInvalidArgument, std::move(text), std::move(refusal)});
}

const Refusal* refusal_of(const Error& error) {
  return dynamic_cast<const Refusal*>(error.detail.get());
}

}  // namespace parley::messaging
