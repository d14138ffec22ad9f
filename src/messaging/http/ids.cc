#include "messaging/http/ids.h"

#include <algorithm>

namespace parley::messaging {
namespace {

constexpr std::size_t kIdSizeMax = 64;

bool may_be_in_an_id(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

}  // namespace

Result<std::string> checked_id(std::string_view id, RefusalReason reason) {
  if (id.empty() || id.size() > kIdSizeMax || !std::ranges::all_of(id, may_be_in_an_id)) {
    return refuse(reason);
  }
  return std::string(id);
}

}  // namespace parley::messaging
