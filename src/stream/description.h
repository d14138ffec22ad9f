// A stream's description as a stored item (model/record.h; docs/formats/streams.md).
#pragma once

#include "base/result.h"
#include "model/item.h"
#include "stream/stream.h"

namespace parley::stream {

[[nodiscard]] model::Item make_description(const Stream& stream);

/// All but the ARN, which depends on the realm. Errors: kCorruption for an item that
/// make_description cannot have made.
[[nodiscard]] Result<Stream> read_description(const model::ItemView& item);

}  // namespace parley::stream
