// What a batch of stream records says about conversations: which messages arrived or changed.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace parley::messaging {

/// One message of a batch.
struct MessageArrival {
  std::string sort_key;                  // as the message item has it
  std::string time;                      // the same, canonical (timestamp.h)
  std::string sender = {};               // user_uuid; empty if the record does not say
  std::optional<std::string> text = {};  // its message; none if the record does not say
  bool edited = false;                   // a MODIFY: the message was there before
};

/// The messages of one conversation in a batch, in the order of the records.
struct ConversationArrivals {
  std::vector<MessageArrival> messages;  // never empty
  /// The latest by time; of two records of one message the later record.
  [[nodiscard]] const MessageArrival& newest() const;
};

struct Arrivals {
  std::string table = {};  // of the stream that the records come from; empty if they do not say
  std::map<std::string, ConversationArrivals, std::less<>> conversations = {};  // by uuid
};

/// Takes a Lambda event of a DynamoDB stream apart. Removals and items that are no messages are
/// left out, as is a message whose key is not two strings. Errors: kInvalidArgument for what is no
/// such event at all.
[[nodiscard]] Result<Arrivals> arrivals_of(std::string_view event_json);

}  // namespace parley::messaging
