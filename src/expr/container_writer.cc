#include "expr/container_writer.h"

#include <cstdint>

#include "base/bytes.h"
#include "model/value_view.h"

namespace parley::expr {
namespace {

constexpr std::size_t kLengthSize = 4;  // u32be

/// Writes `count` over the one byte that was left for it; a longer varint moves what follows.
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

void append_name(std::string& out, std::string_view name) {
  append_varint(out, name.size());
  out.append(name);
}

ContainerWriter::ContainerWriter(std::string& out, char tag) : out_(out), start_(out.size()) {
  out.push_back(tag);
  out.append(kLengthSize + 1, '\0');
}

void ContainerWriter::finish(std::size_t count) {
  write_count(out_, start_ + 1 + kLengthSize, count);
  std::string length;
  append_u32_be(length, static_cast<std::uint32_t>(out_.size() - start_ - 1 - kLengthSize));
  out_.replace(start_ + 1, kLengthSize, length);
}

ItemWriter::ItemWriter(std::string& out) : out_(out), start_(out.size()) {
  out.push_back(model::kItemVersion);
  out.push_back('\0');
}

void ItemWriter::finish(std::size_t count) {
  write_count(out_, start_ + 1, count);
}

}  // namespace parley::expr
