// The messaging table of the founding document: its schema, its items, its access patterns.
//
//   message           pk MSG#<group>  sk created_at       the sender's uuid, name and handle
//   conversation row  pk GRP#<user>   sk last_message_at  the other person's uuid, name and handle;
//                                                         alone in the index, by message_group_uuid
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"

namespace parley::cli {

/// The native conversation trigger, as a function that mappings name.
inline constexpr std::string_view kConversationFunction = "parley-conversation-trigger";
/// The filter of its mapping: its own writes to the table are none of its business.
inline constexpr std::string_view kMessagesAlone =
    R"({"eventName":["INSERT","MODIFY"],"dynamodb":{"Keys":{"pk":{"S":[{"prefix":"MSG#"}]}}}})";
inline constexpr std::string_view kDefaultTable = "cruddur-messages";
inline constexpr std::string_view kMessageGroupIndex = "message-group-sk-index";

struct Person {
  std::string_view uuid;
  std::string_view display_name;
  std::string_view handle;
};

/// The two who talk in the seeded conversation, and the conversation. Fixed, so that the commands
/// that read it need no argument.
inline constexpr std::string_view kSeedGroupUuid = "5d9c1c1e-7f0a-4e5b-9b53-0c7a41f6d2aa";
extern const Person kSeedPeople[2];

/// CreateTable's input.
[[nodiscard]] std::string table_definition(std::string_view table);

/// The seeded conversation as items (DynamoDB JSON): both rows, then the messages in order, one
/// minute apart, the last of them at `last_message_at`.
[[nodiscard]] std::vector<std::string> seed_items(TimestampMicros last_message_at, Random& random);

/// Query's input for pattern A or B: the newest `limit` items of a partition, with consumed
/// capacity. `partition` is "MSG#…" or "GRP#…"; a `cursor` that is not empty is the sort key that
/// they come after.
[[nodiscard]] std::string newest_first_query(std::string_view table, std::string_view partition,
                                             unsigned limit, std::string_view cursor);

/// One line of the seeded conversation.
struct DemoLine {
  int speaker;  // index in kSeedPeople
  std::string_view text;
};
[[nodiscard]] std::span<const DemoLine> demo_conversation();

}  // namespace parley::cli
