#include "stream/test_streams.h"

#include "base/checksum.h"
#include "codec/item_json.h"
#include "storage/memory/memory_store.h"
#include "stream/store_keys.h"

namespace parley::stream {

namespace {

/// What a scan finds that cannot read.
class BrokenIterator final : public storage::Iterator {
 public:
  bool valid() const override { return false; }
  void next() override {}
  std::string_view key() const override { return {}; }
  std::string_view value() const override { return {}; }
  Status status() const override { return fail(ErrorCode::kIo, "The disk cannot be read"); }
};

}  // namespace

FaultyStore::FaultyStore() : store_(storage::make_memory_store()) {}

Status FaultyStore::write(const storage::WriteBatch& batch, storage::Sync sync) {
  if (is_full) return fail(ErrorCode::kStorageFull, "The disk is full");
  return store_->write(batch, sync);
}

Result<bool> FaultyStore::get(std::string_view key, std::string& value,
                              const storage::Snapshot* snapshot) const {
  return store_->get(key, value, snapshot);
}

std::unique_ptr<storage::Iterator> FaultyStore::scan(const storage::KeyRange& range,
                                                     storage::Direction direction,
                                                     const storage::Snapshot* snapshot) const {
  ++scans;
  if (scans_until_failure == 0) return std::make_unique<BrokenIterator>();
  if (scans_until_failure > 0) --scans_until_failure;
  return store_->scan(range, direction, snapshot);
}

TestStreams::TestStreams() {
  reopen();
}
TestStreams::~TestStreams() = default;

void TestStreams::reopen() {
  streams_.reset();
  commits_ = std::make_unique<storage::CommitPipeline>(*store_, storage::CommitOptions{});
  streams_ = std::make_unique<Streams>(*store_, *commits_, clock_, realm_, StreamOptions{});
  streams_->load().value();
}

model::Table TestStreams::table(std::string_view name, model::StreamViewType view_type,
                                std::uint32_t shards) {
  model::Table table;
  table.name = name;
  table.id = "id-of-" + table.name;
  table.key.hash = {{"p", model::AttributeType::kString}};
  const auto id = next_id_++;
  table.stream = model::StreamSetting{view_type, "L" + std::to_string(id - 15), shards, id};
  return table;
}

model::Table TestStreams::open_table(std::string_view name, model::StreamViewType view_type,
                                     std::uint32_t shards) {
  auto opened = table(name, view_type, shards);
  storage::WriteBatch batch;
  streams_->open(opened, batch);
  commits_->wait(commits_->submit(std::move(batch))).value();
  streams_->settle(true);
  return opened;
}

void TestStreams::close_table(const model::Table& table) {
  storage::WriteBatch batch;
  streams_->close(table, batch);
  commits_->wait(commits_->submit(std::move(batch))).value();
  streams_->settle(true);
}

std::string TestStreams::arn(const model::Table& table) const {
  return model::stream_arn(realm_, table.name, table.stream->label);
}

StreamSnapshot TestStreams::stream(const model::Table& table) const {
  return streams_->find(arn(table)).value();
}

void TestStreams::write(const model::Table& table, std::string_view old_item,
                        std::string_view new_item) {
  model::Item items[2];
  Change change;
  if (!old_item.empty()) {
    items[0] = codec::parse_item(old_item).value();
    change.old_item = items[0].view();
  }
  if (!new_item.empty()) {
    items[1] = codec::parse_item(new_item).value();
    change.new_item = items[1].view();
  }
  const auto& any = change.new_item ? *change.new_item : *change.old_item;
  change.partition_hash = hash64(any.find("p")->scalar_bytes());
  storage::WriteBatch batch;
  Recorder recorder(*streams_, *commits_);
  recorder.add(table, change, batch);
  commits_->wait(recorder.submit(std::move(batch), {})).value();
}

void TestStreams::insert(const model::Table& table, std::string_view key) {
  write(table, "", R"({"p":{"S":")" + std::string(key) + R"("}})");
}

void TestStreams::submit(const model::Table& table, std::string_view key, int v) {
  const auto item = codec::parse_item(R"({"p":{"S":")" + std::string(key) + R"("},"v":{"N":")" +
                                      std::to_string(v) + R"("}})")
                        .value();
  storage::WriteBatch batch;
  Recorder recorder(*streams_, *commits_);
  recorder.add(table, {hash64(key), {}, item.view()}, batch);
  static_cast<void>(recorder.submit(std::move(batch), {}));
}

std::vector<Record> TestStreams::read_all(const model::Table& table, std::size_t shard) const {
  return streams_->read(*stream(table), shard, 0, {.records_max = SIZE_MAX}).value().records;
}

std::vector<std::string> TestStreams::event_ids(const model::Table& table,
                                                std::size_t shard) const {
  std::vector<std::string> ids;
  for (auto& record : read_all(table, shard)) ids.push_back(std::move(record.event_id));
  return ids;
}

std::string TestStreams::json(const model::Item& item) {
  std::string out;
  codec::append_json(out, item.view());
  return out;
}

std::size_t TestStreams::entries_of(const model::Table& table) const {
  const auto id = table.stream->storage_id;
  std::size_t count = 0;
  for (const auto& range : {records(id), horizons(id)}) {
    const auto entries = store_->scan(range, storage::Direction::kForward, nullptr);
    for (; entries->valid(); entries->next()) ++count;
  }
  std::string value;
  return count + (store_->get(description_key(id), value, nullptr).value() ? 1 : 0);
}

}  // namespace parley::stream
