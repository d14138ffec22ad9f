// For tests of conversations: telling stories on a TestMessagingTable, and the invariants that hold
// whatever the story was.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "messaging/domain/conversations.h"
#include "messaging/domain/test_messaging_table.h"

namespace parley::messaging {

/// Stores a message of `sender`, as any program may.
void put_message(TestMessagingTable& table, std::string_view conversation, std::string_view sender,
                 std::string_view text, std::string_view time);

/// The whole list in pages of `limit`, which lose and repeat nothing.
[[nodiscard]] std::vector<ConversationView> whole_list(TestMessagingTable& table,
                                                       std::string_view asker, std::size_t limit);

/// Of these people: nobody's list shows a conversation twice; every membership is shown but the
/// ones that were left; each row that is shown is the only one of its conversation; the unread
/// count is what the messages in the table say; META counts the members there are.
void expect_invariants(TestMessagingTable& table, const std::vector<std::string>& people);

}  // namespace parley::messaging
