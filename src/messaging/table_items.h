// The messaging table's items and how their keys are spelled (docs/formats/messaging.md).
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

namespace parley::messaging {

inline constexpr std::string_view kMessagePrefix = "MSG#";  // pk of a message: the conversation
inline constexpr std::string_view kRowPrefix = "GRP#";      // pk of a conversation row: the user
inline constexpr std::string_view kConversationPrefix = "CNV#";  // pk of META and members
inline constexpr std::string_view kMemberPrefix = "MBR#";        // sk of a member: the user
inline constexpr std::string_view kMetaKey = "META";             // sk of the conversation itself
inline constexpr std::string_view kPairPrefix = "DM#";           // pk of a pair: both users
inline constexpr std::string_view kPairKey = "DM";
inline constexpr std::string_view kIdempotencyPrefix = "IDM#";  // pk: user and client token
inline constexpr std::string_view kIdempotencyKey = "IDM";
inline constexpr std::string_view kUserPrefix = "USR#";  // pk of a profile: the user
inline constexpr std::string_view kProfileKey = "PROFILE";
inline constexpr std::string_view kHandlePrefix = "HND#";  // pk: the handle in lower case
inline constexpr std::string_view kHandleKey = "HND";
inline constexpr std::string_view kBlockPrefix = "BLK#";   // pk: who blocks; sk: who is blocked
inline constexpr std::string_view kPinnedPrefix = "PIN#";  // pk: the user; sk: the conversation
inline constexpr std::string_view kErasures = "ERS";       // pk; sk: the user
inline constexpr std::string_view kMakings = "MKG";        // pk; sk: a group that is being made
inline constexpr std::string_view kService = "CFG";        // pk of the service's own item
inline constexpr std::string_view kServiceKey = "service";
inline constexpr std::string_view kReactionPrefix = "reaction:";  // attribute of a message: emoji

/// `text` as a JSON string literal.
[[nodiscard]] std::string json_string(std::string_view text);

/// `{"S":"…"}`
[[nodiscard]] std::string string_value(std::string_view text);

/// `{"pk":{"S":…},"sk":{"S":…}}`
[[nodiscard]] std::string item_key(std::string_view pk, std::string_view sk);

/// Whose list of conversations the item is read with, besides the collection it is in: a member
/// item, a pinned item.
[[nodiscard]] std::optional<std::string_view> user_of_list(std::string_view pk,
                                                           std::string_view sk);

/// The text of attribute `name`, if it is there and an S. Valid as long as the parser.
[[nodiscard]] std::optional<std::string_view> text_of(const simdjson::dom::element& item,
                                                      std::string_view name);

/// The whole number of attribute `name`, if it is there and an N that is one.
[[nodiscard]] std::optional<long> number_of(const simdjson::dom::element& item,
                                            std::string_view name);

}  // namespace parley::messaging
