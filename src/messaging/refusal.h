// Refusal: why the messaging service does not do what a person asked. A closed list; one table
// (refusal.cc) says for each reason the HTTP status, the problem type and, where the founding
// document's application had one, its code.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace parley::messaging {

enum class RefusalReason : std::uint8_t {
  kMessageBlank,
  kMessageTooLong,
  kConversationBlank,  // the original's message_group_uuid_blank
  kReceiverBlank,      // the original's user_reciever_handle_blank
  kInvalidInput,       // a member of the request that is missing, of the wrong type or range
  kInvalidCursor,      // not a cursor of ours, or of another person
  kNoSuchPerson,
  kNoSuchMessage,  // in a conversation of which the asker is a member
  kNotAMember,     // or there is no such conversation: nobody learns which
  kNotTheSender,
  kNotAnOwner,
  kNotAGroup,    // what only groups have was asked of a conversation of two
  kBlocked,      // one of the two has blocked the other; not said who
  kWithOneself,  // a conversation of two with oneself
  kAlreadyAMember,
  kHandleTaken,
  kHandleInvalid,
  kMessageDeleted,  // an edit of, or reaction to, a deleted message
  kTooManyReactions,
  kTooManyMembers,
  kTokenReused,      // the same client token with another body
  kUnauthenticated,  // no token, or none that is good
  kErased,           // the account is erased or being erased
  kRateLimited,
  kNotHere,  // the built-in issuer's, while another issuer is in charge
};

/// What a reason is called. All views have static storage.
struct RefusalName {
  RefusalReason reason;
  int status;                      // HTTP
  std::string_view type;           // "not-a-member"
  std::string_view title;          // a sentence without a full stop
  std::string_view original_code;  // "message_blank"; empty: the original had none
};
[[nodiscard]] const RefusalName& name_of(RefusalReason reason);

/// The detail of an Error that refuse() made.
struct Refusal final : ErrorDetail {
  RefusalReason reason = RefusalReason::kInvalidInput;
  std::optional<int> retry_after_s = {};
};

/// `return refuse(RefusalReason::kNotAMember, "…");` An empty text is the reason's title. The
/// Error's code is kInvalidArgument.
[[nodiscard]] std::unexpected<Error> refuse(RefusalReason reason, std::string text = {},
                                            std::optional<int> retry_after_s = {});

/// The refusal that `error` is; null for any other error.
[[nodiscard]] const Refusal* refusal_of(const Error& error);

}  // namespace parley::messaging
