// The frame of a stored value that has parts (model/value_view.h): its tag, length and count, of
// which the last two are known only when all parts are there.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace parley::model {

/// Appends varint(length) and the bytes: a map entry's name, or the payload of an S or a B.
void append_prefixed(std::string& out, std::string_view bytes);

/// Appends the beginning of a value with parts (`tag` is its first byte), or of a whole item; then
/// append the encoded parts to `out`, and finish it.
void begin_container(std::string& out, char tag);
void begin_item(std::string& out);

/// Writes what was left open by the container, or item, that begins at `start` and ends with `out`.
void finish_container(std::string& out, std::size_t start, std::size_t count);
void finish_item(std::string& out, std::size_t start, std::size_t count);

}  // namespace parley::model
