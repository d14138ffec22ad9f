// What a batch of stream records says about conversations: which messages arrived or changed.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "messaging/domain/items.h"

namespace parley::messaging {

/// One message of a batch, as its last record there has it.
struct MessageArrival {
  std::string sort_key = {};             // as the message item has it
  std::string time = {};                 // the same, canonical (timestamp.h)
  bool told = false;                     // the record has the message's new image
  Person sender = {};                    // what the record does not say is empty
  std::optional<std::string> text = {};  // its message; none if the record does not say
  bool inserted = false;                 // the batch has its INSERT
  bool edited = false;                   // the batch has a MODIFY of it: it was there before
  bool deleted = false;                  // it has deleted_at: it stays, empty
  bool removed = false;                  // the item is gone
};

/// The messages of one conversation in a batch, by canonical time, and then by sort key.
struct ConversationArrivals {
  std::map<std::pair<std::string, std::string>, MessageArrival> messages = {};  // never empty
  /// The latest that is not removed; null if all are.
  [[nodiscard]] const MessageArrival* newest() const;
};

struct Arrivals {
  std::string table = {};  // of the stream that the records come from; empty if they do not say
  std::map<std::string, ConversationArrivals, std::less<>> conversations = {};  // by uuid
};

/// Takes a Lambda event of a DynamoDB stream apart. Left out are items that are no messages,
/// messages whose key is not two strings or names no conversation, and changes that show nowhere
/// but in the message itself (a reaction), as far as the record has both images to tell. Errors:
/// kInvalidArgument for what is no such event at all.
[[nodiscard]] Result<Arrivals> arrivals_of(std::string_view event_json);

}  // namespace parley::messaging
