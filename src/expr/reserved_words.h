// DynamoDB's reserved words: no attribute may be named by one in an expression, in any case, other
// than through ExpressionAttributeNames. Source:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html
#pragma once

#include <string_view>

namespace parley::expr {

/// Whether `name` is one of the 573 reserved words, in any case.
[[nodiscard]] bool is_reserved_word(std::string_view name);

}  // namespace parley::expr
