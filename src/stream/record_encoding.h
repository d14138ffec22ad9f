// The bytes of a stream record in the store (docs/formats/streams.md):
//
//   value = 01 (version) flags u64be(created at) { varint(length) item }
//   flags = bits 0-1 the event, 2 by the service, 3 keys follow, 4 old image, 5 new image
//
// The items come in the order of their flags. The keys are stored only where no image holds them.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "storage/key_value_store.h"
#include "stream/recorder.h"
#include "stream/stream.h"

namespace parley::stream {

/// Adds the record of `change` to `batch`, without its number and time; says which operation it is.
/// `table` has a stream.
[[nodiscard]] std::size_t append_record(const model::Table& table, std::uint32_t shard,
                                        const Change& change, storage::WriteBatch& batch);

/// Fills in what append_record left out.
void number_record(storage::WriteBatch& batch, std::size_t operation, SequenceNumber number,
                   TimestampMicros created_at);

/// A record's number, from its key.
[[nodiscard]] SequenceNumber number_of(std::string_view record_key);

/// Reads one record of `stream`. Errors: kCorruption.
[[nodiscard]] Result<Record> decode_record(const Stream& stream, std::string_view key,
                                           std::string_view value);

}  // namespace parley::stream
