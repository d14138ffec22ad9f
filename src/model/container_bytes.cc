#include "model/container_bytes.h"

#include <cstdint>

#include "base/bytes.h"
#include "model/value_view.h"

namespace parley::model {
namespace {

constexpr std::size_t kLengthSize = 4;  // u32be

/// Writes `count` where one byte was left for it; rarely, a longer one moves what follows.
void write_count(std::string& out, std::size_t at, std::size_t count) {
  if (count < 0x80) {
    out[at] = static_cast<char>(count);
    return;
  }
  std::string varint;
  append_varint(varint, count);
  out.replace(at, 1, varint);
}

}  // namespace

void append_prefixed(std::string& out, std::string_view bytes) {
  append_varint(out, bytes.size());
  out.append(bytes);
}

void begin_container(std::string& out, char tag) {
  out.push_back(tag);
  out.append(kLengthSize + 1, '\0');
}

void begin_item(std::string& out) {
  out.push_back(kItemVersion);
  out.push_back('\0');
}

void finish_container(std::string& out, std::size_t start, std::size_t count) {
  const std::size_t rest = start + 1 + kLengthSize;
  write_count(out, rest, count);
  const auto length = static_cast<std::uint32_t>(out.size() - rest);
  for (std::size_t i = 0; i < kLengthSize; ++i) {
    out[start + 1 + i] = static_cast<char>(length >> (24 - 8 * i));
  }
}

void finish_item(std::string& out, std::size_t start, std::size_t count) {
  write_count(out, start + 1, count);
}

}  // namespace parley::model
