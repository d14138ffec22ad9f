// Writes maps, lists and items of the stored encoding (model/value_view.h) whose parts come in
// order and whose count is known only at the end.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace parley::expr {

/// Appends varint(length) and the name: the beginning of a map entry.
void append_name(std::string& out, std::string_view name);

/// An L or M at the end of `out` (borrowed until finish): append the encoded parts to `out`, then
/// call finish with their count.
class ContainerWriter {
 public:
  /// `tag` is the first byte of a value of the same type.
  ContainerWriter(std::string& out, char tag);
  void finish(std::size_t count);

 private:
  std::string& out_;
  std::size_t start_;
};

/// The same for a whole item.
class ItemWriter {
 public:
  explicit ItemWriter(std::string& out);
  void finish(std::size_t count);

 private:
  std::string& out_;
  std::size_t start_;
};

}  // namespace parley::expr
