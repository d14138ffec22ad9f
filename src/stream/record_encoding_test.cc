// The bytes of stream records that are not what was written. (What was written and read again is in
// streams_test.cc.)
#include "stream/record_encoding.h"

#include <gtest/gtest.h>

#include <string>

#include "codec/item_json.h"
#include "stream/store_keys.h"

namespace parley::stream {
namespace {

constexpr std::uint32_t kStorageId = 17;

struct StoredRecord {
  std::string key;
  std::string value;
};

StoredRecord stored_record() {
  model::Table table;
  table.key.hash = {{"p", model::AttributeType::kString}};
  table.stream.emplace();
  table.stream->view_type = model::StreamViewType::kNewAndOldImages;
  table.stream->storage_id = kStorageId;
  const auto old_item = codec::parse_item(R"({"p":{"S":"a"},"n":{"NS":["1","2"]}})").value();
  const auto new_item = codec::parse_item(R"({"p":{"S":"a"},"l":{"L":[{"BOOL":true}]}})").value();
  storage::WriteBatch batch;
  const auto operation =
      append_record(table, 0, {.old_item = old_item.view(), .new_item = new_item.view()}, batch);
  number_record(batch, operation, 5, 1'000'000);
  return {std::string(batch.at(operation).key), std::string(batch.at(operation).value)};
}

Result<Record> decode(const StoredRecord& record) {
  Stream stream;
  stream.key.hash = {{"p", model::AttributeType::kString}};
  return decode_record(stream, record.key, record.value);
}

TEST(RecordEncoding, WhatWasStoredIsRead) {
  const auto record = decode(stored_record());
  ASSERT_TRUE(record);
  EXPECT_EQ(record->number, 5u);
  EXPECT_EQ(record->event, EventName::kModify);
  EXPECT_TRUE(record->old_image && record->new_image);
}

TEST(RecordEncoding, ARecordThatIsCutAnywhereIsDamaged) {
  const StoredRecord whole = stored_record();
  for (std::size_t size = 0; size < whole.value.size(); ++size) {
    const auto record = decode({whole.key, whole.value.substr(0, size)});
    ASSERT_FALSE(record) << size;
    EXPECT_EQ(record.error().code, ErrorCode::kCorruption);
  }
  EXPECT_FALSE(decode({whole.key, whole.value + "x"}));
  EXPECT_FALSE(decode({whole.key + "x", whole.value}));
}

TEST(RecordEncoding, AnImageThatIsNoItemIsDamaged) {
  StoredRecord record = stored_record();
  const auto place = record.value.find("\x01p");  // the name of the old image's key
  ASSERT_NE(place, std::string::npos);
  record.value[place] = '\x7F';  // a length past the end
  const auto decoded = decode(record);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, ErrorCode::kCorruption);
}

TEST(RecordEncoding, KeysBesideAnImageAreDamage) {
  StoredRecord record = stored_record();
  // An old image that calls itself keys: bit 3 in the place of bit 4.
  record.value[1] = static_cast<char>(record.value[1] ^ 0x18);
  EXPECT_FALSE(decode(record));
}

}  // namespace
}  // namespace parley::stream
