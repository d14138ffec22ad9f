#include "stream/record_encoding.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/checksum.h"
#include "model/item_key.h"
#include "stream/store_keys.h"

namespace parley::stream {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kCreatedAtOffset = 2;
constexpr std::size_t kHeaderSize = kCreatedAtOffset + 8;

constexpr unsigned kEventMask = 3;
constexpr unsigned kByService = 1U << 2;
constexpr unsigned kHasKeys = 1U << 3;
constexpr unsigned kHasOldImage = 1U << 4;
constexpr unsigned kHasNewImage = 1U << 5;

EventName event_of(const Change& change) {
  if (!change.old_item) return EventName::kInsert;
  return change.new_item ? EventName::kModify : EventName::kRemove;
}

bool keeps_old(model::StreamViewType view_type) {
  return view_type == model::StreamViewType::kOldImage ||
         view_type == model::StreamViewType::kNewAndOldImages;
}

bool keeps_new(model::StreamViewType view_type) {
  return view_type == model::StreamViewType::kNewImage ||
         view_type == model::StreamViewType::kNewAndOldImages;
}

std::string u64_bytes(std::uint64_t number) {
  std::string bytes;
  append_u64_be(bytes, number);
  return bytes;
}

void extend_with_item(storage::WriteBatch& batch, std::string_view item) {
  std::string length;
  append_varint(length, item.size());
  batch.extend_value(length);
  batch.extend_value(item);
}

/// Reads the items of a value in turn.
class ItemReader {
 public:
  explicit ItemReader(std::string_view bytes) : rest_(bytes) {}

  /// The next item, or nothing if the bytes are damaged.
  std::optional<model::Item> next() {
    std::uint64_t size = 0;
    if (!consume_varint(rest_, size) || size > rest_.size()) return std::nullopt;
    const std::string_view item = rest_.substr(0, size);
    rest_.remove_prefix(size);
    if (!model::is_valid_item(item)) return std::nullopt;
    return model::Item(std::string(item));
  }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

/// Depends on the stream and the record's place alone.
std::string event_id(const Stream& stream, std::string_view key) {
  std::string place = stream.table_id;
  place.append(key);
  const auto first = hash64(place);
  place.push_back('2');
  return fmt::format("{:016x}{:016x}", first, hash64(place));
}

std::unexpected<Error> damaged() {
  return fail(ErrorCode::kCorruption, "A stream record is damaged");
}

}  // namespace

std::size_t append_record(const model::Table& table, std::uint32_t shard, const Change& change,
                          storage::WriteBatch& batch) {
  const auto& setting = *table.stream;
  const bool has_old = change.old_item && keeps_old(setting.view_type);
  const bool has_new = change.new_item && keeps_new(setting.view_type);
  const bool has_keys = !has_old && !has_new;
  std::string header(kHeaderSize, '\0');
  header[0] = kVersion;
  header[1] = static_cast<char>(static_cast<unsigned>(event_of(change)) |
                                (change.by_service ? kByService : 0) | (has_keys ? kHasKeys : 0) |
                                (has_old ? kHasOldImage : 0) | (has_new ? kHasNewImage : 0));
  const std::size_t operation = batch.size();
  batch.put(record_key(setting.storage_id, shard, 0), header);
  if (has_keys) {
    const auto& item = change.new_item ? *change.new_item : *change.old_item;
    extend_with_item(batch, model::extract_key(table.key, item).bytes());
  }
  if (has_old) extend_with_item(batch, change.old_item->bytes());
  if (has_new) extend_with_item(batch, change.new_item->bytes());
  return operation;
}

void number_record(storage::WriteBatch& batch, std::size_t operation, SequenceNumber number,
                   TimestampMicros created_at) {
  batch.overwrite_key(operation, kRecordNumberOffset, u64_bytes(number));
  batch.overwrite_value(operation, kCreatedAtOffset,
                        u64_bytes(static_cast<std::uint64_t>(created_at)));
}

SequenceNumber number_of(std::string_view key) {
  PARLEY_ASSERT(key.size() == kRecordNumberOffset + 8);
  return read_u64_be(key.data() + kRecordNumberOffset);
}

Result<Record> decode_record(const Stream& stream, std::string_view key, std::string_view value) {
  if (key.size() != kRecordNumberOffset + 8 || value.size() < kHeaderSize || value[0] != kVersion) {
    return damaged();
  }
  const auto flags = static_cast<unsigned char>(value[1]);
  if ((flags & kEventMask) > static_cast<unsigned>(EventName::kRemove)) return damaged();
  Record record;
  record.number = number_of(key);
  record.event = static_cast<EventName>(flags & kEventMask);
  record.created_at = static_cast<TimestampMicros>(read_u64_be(value.data() + kCreatedAtOffset));
  record.by_service = (flags & kByService) != 0;
  record.event_id = event_id(stream, key);

  ItemReader items(value.substr(kHeaderSize));
  std::optional<model::Item> keys;
  if ((flags & kHasKeys) != 0 && !(keys = items.next())) return damaged();
  if ((flags & kHasOldImage) != 0 && !(record.old_image = items.next())) return damaged();
  if ((flags & kHasNewImage) != 0 && !(record.new_image = items.next())) return damaged();
  const bool has_image = record.old_image || record.new_image;
  if (!items.at_end() || keys.has_value() == has_image) return damaged();
  record.keys = keys ? *std::move(keys)
                     : model::extract_key(stream.key, record.new_image ? record.new_image->view()
                                                                       : record.old_image->view());
  record.size_bytes = record.keys.view().size_bytes();
  if (record.old_image) record.size_bytes += record.old_image->view().size_bytes();
  if (record.new_image) record.size_bytes += record.new_image->view().size_bytes();
  return record;
}

}  // namespace parley::stream
