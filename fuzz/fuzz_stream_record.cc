// Any bytes as a stored stream record: it is refused or it can be read to the end, written as JSON
// for both kinds of readers, and stored again with the same images.
#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "storage/key_value_store.h"
#include "stream/record_encoding.h"
#include "stream/record_json.h"
#include "stream/store_keys.h"

namespace {

using namespace parley;

constexpr std::uint32_t kStorageId = 17;

model::Table table() {
  model::Table made;
  made.name = "Music";
  made.key.hash = {{"p", model::AttributeType::kString}};
  made.stream.emplace();
  made.stream->view_type = model::StreamViewType::kNewAndOldImages;
  made.stream->storage_id = kStorageId;
  return made;
}

void check_json(const stream::Stream& described, const stream::Record& record) {
  for (const auto audience :
       {stream::RecordAudience::kGetRecords, stream::RecordAudience::kFunction}) {
    std::string json;
    stream::append_record_json(json, described, record, "eu-north-1", audience);
    simdjson::dom::parser parser;
    simdjson::dom::element read;
    // Nesting may be deeper than the parser's own limit, never wrong.
    const auto error = parser.parse(json).get(read);
    PARLEY_ASSERT(error == simdjson::SUCCESS || error == simdjson::DEPTH_ERROR);
  }
}

void check_again(const stream::Stream& described, const stream::Record& record) {
  stream::Change change{};
  if (record.old_image) change.old_item = record.old_image->view();
  if (record.new_image) change.new_item = record.new_image->view();
  if (!change.old_item && !change.new_item) return;  // keys alone
  change.by_service = record.by_service;
  storage::WriteBatch batch;
  const auto operation = stream::append_record(table(), 0, change, batch);
  stream::number_record(batch, operation, record.number, record.created_at);
  const auto stored = batch.at(operation);
  const auto again = stream::decode_record(described, stored.key, stored.value);
  PARLEY_ASSERT(again && again->number == record.number && again->keys == record.keys &&
                again->old_image == record.old_image && again->new_image == record.new_image &&
                again->created_at == record.created_at && again->by_service == record.by_service &&
                again->size_bytes == record.size_bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  stream::Stream described;
  described.arn = "arn:aws:dynamodb:eu-north-1:000000000000:table/Music/stream/L";
  described.table_id = "id";
  described.key = table().key;
  described.storage_id = kStorageId;
  // An exact copy on the heap, so that a byte read too far is found.
  const std::vector<char> bytes(data, data + size);
  const auto record = stream::decode_record(described, stream::record_key(kStorageId, 0, 7),
                                            {bytes.data(), bytes.size()});
  if (!record) {
    PARLEY_ASSERT(record.error().code == ErrorCode::kCorruption);
    return 0;
  }
  check_json(described, *record);
  check_again(described, *record);
  return 0;
}
