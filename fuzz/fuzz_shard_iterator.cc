// Shard iterators and sequence numbers come back from clients: any text is refused or means exactly
// what it was made of.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "stream/shard_iterator.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto iterator = parley::stream::ShardIterator::parse(text)) {
    PARLEY_ASSERT(iterator->text() == text);
  }
  if (const auto number = parley::stream::parse_sequence_number(text)) {
    PARLEY_ASSERT(parley::stream::sequence_number_text(*number) == text);
  }
  // What is made of anything is read back, though its checksum is hard to guess.
  const std::size_t half = size / 2;
  const parley::stream::ShardIterator made{"arn:" + std::string(text.substr(0, half)),
                                           "s" + std::string(text.substr(half)), size,
                                           static_cast<parley::TimestampMicros>(size)};
  const auto parsed = parley::stream::ShardIterator::parse(made.text());
  PARLEY_ASSERT(parsed && parsed->stream_arn == made.stream_arn &&
                parsed->shard_id == made.shard_id && parsed->after == made.after);
  return 0;
}
