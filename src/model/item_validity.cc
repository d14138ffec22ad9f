// is_valid_item: the checks that the views leave out. Bounds first, then order, then meaning; depth
// is bounded by kNestingDepthMax, so hostile bytes cannot exhaust the stack.
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/utf8.h"
#include "model/limits.h"
#include "model/value_view.h"

namespace parley::model {
namespace {

bool consume_bytes(std::string_view& in, std::size_t size, std::string_view& bytes) {
  if (size > in.size()) return false;
  bytes = in.substr(0, size);
  in.remove_prefix(size);
  return true;
}

/// A varint in its shortest form: another one would make two encodings of one value.
bool consume_shortest_varint(std::string_view& in, std::uint64_t& value) {
  const std::size_t before = in.size();
  if (!consume_varint(in, value)) return false;
  std::size_t shortest = 1;
  for (std::uint64_t rest = value >> 7; rest != 0; rest >>= 7) ++shortest;
  return before - in.size() == shortest;
}

bool consume_prefixed(std::string_view& in, std::string_view& bytes) {
  std::uint64_t size = 0;
  return consume_shortest_varint(in, size) && consume_bytes(in, size, bytes);
}

bool consume_number(std::string_view& in, std::string_view& bytes) {
  if (in.empty()) return false;
  const auto size = static_cast<unsigned char>(in.front());
  in.remove_prefix(1);
  return consume_bytes(in, size, bytes) && Number::is_valid_encoding(bytes);
}

bool consume_value(std::string_view& in, std::size_t depth);

/// Entries in strictly ascending order of name.
bool consume_entries(std::string_view& in, std::size_t depth) {
  std::uint64_t count = 0;
  if (!consume_shortest_varint(in, count)) return false;
  std::string_view previous;
  for (std::uint64_t i = 0; i < count; ++i) {
    std::string_view name;
    if (!consume_prefixed(in, name) || name.empty() || !is_utf8(name)) return false;
    if (i > 0 && previous >= name) return false;
    previous = name;
    if (!consume_value(in, depth)) return false;
  }
  return true;
}

bool consume_members(std::string_view& in, AttributeType type) {
  std::uint64_t count = 0;
  if (!consume_shortest_varint(in, count) || count == 0) return false;
  std::string_view previous;
  for (std::uint64_t i = 0; i < count; ++i) {
    std::string_view member;
    const bool read = type == AttributeType::kNumberSet ? consume_number(in, member)
                                                        : consume_prefixed(in, member);
    if (!read || (type == AttributeType::kStringSet && !is_utf8(member))) return false;
    if (i > 0 && previous >= member) return false;
    previous = member;
  }
  return true;
}

bool consume_elements(std::string_view& in, std::size_t depth) {
  std::uint64_t count = 0;
  if (!consume_shortest_varint(in, count)) return false;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (!consume_value(in, depth)) return false;
  }
  return true;
}

bool consume_container(std::string_view& in, AttributeType type, std::size_t depth) {
  if (in.size() < 4) return false;
  const std::uint32_t size = read_u32_be(&in.front());
  in.remove_prefix(4);
  std::string_view rest;
  if (!consume_bytes(in, size, rest)) return false;
  if (is_set(type)) return consume_members(rest, type) && rest.empty();
  if (depth + 1 >= kNestingDepthMax) return false;  // the value itself is the first level
  const bool valid = type == AttributeType::kMap ? consume_entries(rest, depth + 1)
                                                 : consume_elements(rest, depth + 1);
  return valid && rest.empty();
}

bool consume_value(std::string_view& in, std::size_t depth) {
  if (in.empty() || static_cast<unsigned char>(in.front()) > static_cast<int>(ValueTag::kTrue)) {
    return false;
  }
  const AttributeType type = type_of(static_cast<ValueTag>(in.front()));
  in.remove_prefix(1);
  std::string_view bytes;
  switch (type) {
    case AttributeType::kString:
      return consume_prefixed(in, bytes) && is_utf8(bytes);
    case AttributeType::kBinary:
      return consume_prefixed(in, bytes);
    case AttributeType::kNumber:
      return consume_number(in, bytes);
    case AttributeType::kNull:
    case AttributeType::kBool:
      return true;
    case AttributeType::kStringSet:
    case AttributeType::kNumberSet:
    case AttributeType::kBinarySet:
    case AttributeType::kMap:
    case AttributeType::kList:
      break;
  }
  return consume_container(in, type, depth);
}

}  // namespace

bool is_valid_item(std::string_view bytes) {
  if (bytes.empty() || bytes.front() != kItemVersion) return false;
  bytes.remove_prefix(1);
  return consume_entries(bytes, 0) && bytes.empty();
}

}  // namespace parley::model
