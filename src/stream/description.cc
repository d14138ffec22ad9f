#include "stream/description.h"

#include <string>
#include <utility>

#include "model/record.h"

namespace parley::stream {

using model::RecordReader;
using model::RecordWriter;

model::Item make_description(const Stream& stream) {
  std::string bytes;
  RecordWriter writer(bytes, model::MapBuilder::Kind::kItem);
  writer.text("label", stream.label);
  writer.text("table_name", stream.table_name);
  writer.text("table_id", stream.table_id);
  writer.key_schema(stream.key);
  writer.enumerator("view_type", stream.view_type);
  writer.enumerator("status", stream.status);
  writer.integer("created_at", stream.created_at);
  writer.optional_integer("disabled_at", stream.disabled_at);
  writer.list("shards", stream.shards, [](RecordWriter& members, const Shard& shard) {
    members.text("id", shard.id);
    members.integer("starting", static_cast<std::int64_t>(shard.starting));
    if (shard.ending) members.integer("ending", static_cast<std::int64_t>(*shard.ending));
  });
  writer.integer("storage_id", std::int64_t{stream.storage_id});
  writer.finish();
  return model::Item(std::move(bytes));
}

Result<Stream> read_description(const model::ItemView& item) {
  bool good = true;
  const RecordReader reader(item, good);
  Stream stream;
  stream.label = reader.text("label");
  stream.table_name = reader.text("table_name");
  stream.table_id = reader.text("table_id");
  stream.key = reader.key_schema();
  stream.view_type = reader.enumerator("view_type", model::StreamViewType::kNewAndOldImages);
  stream.status = reader.enumerator("status", StreamStatus::kDisabled);
  stream.created_at = reader.integer("created_at");
  stream.disabled_at = reader.optional_integer("disabled_at");
  reader.list("shards", [&](const RecordReader& members) {
    Shard shard{members.text("id"), static_cast<SequenceNumber>(members.integer("starting")), {}};
    if (const auto ending = members.optional_integer("ending")) {
      shard.ending = static_cast<SequenceNumber>(*ending);
    }
    stream.shards.push_back(std::move(shard));
  });
  stream.storage_id = reader.storage_id();
  if (!good || stream.label.empty() || stream.shards.empty() || stream.key.hash.size() != 1) {
    return fail(ErrorCode::kCorruption, "A stream's description is damaged");
  }
  return stream;
}

}  // namespace parley::stream
