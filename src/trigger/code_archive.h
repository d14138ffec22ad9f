// Code as a zip archive: unpacking what a stranger made, and packing a directory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace parley::trigger {

// Lambda's own limits (lambda/latest/dg/gettingstarted-limits.html), and one on the number of
// entries.
inline constexpr std::size_t kZipSizeBytesMax = 50u << 20;
inline constexpr std::uint64_t kUnpackedSizeBytesMax = 262'144'000;
inline constexpr std::uint64_t kArchiveEntriesMax = 100'000;

/// Unpacks `zip` into `directory`, which must be empty. Nothing is ever written outside of it, nor
/// more than kUnpackedSizeBytesMax, whatever the archive says of itself. Errors: kInvalidParameter
/// (no zip archive, an empty one, damaged, encrypted, too large; a name that is absolute or has
/// ".."; a symbolic link to what is not in the archive; a name that comes twice), kIo. After an
/// error the directory holds some part, to be removed.
[[nodiscard]] Status unpack_zip(std::string_view zip, const std::string& directory);

/// The regular files and links below `directory`, in order of their names, as a zip archive; the
/// same bytes for the same names, modes and contents. Errors: kIo, kInvalidParameter (over
/// kUnpackedSizeBytesMax).
[[nodiscard]] Result<std::string> pack_zip(const std::string& directory);

}  // namespace parley::trigger
