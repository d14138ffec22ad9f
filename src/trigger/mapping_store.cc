#include "trigger/mapping_store.h"

#include <utility>

#include "base/bytes.h"
#include "codec/key_encoding.h"
#include "model/record.h"

namespace parley::trigger {
namespace {

enum class Area : std::uint32_t {
  kMappings = 9,
  kCheckpoints = 10,
  kDeadLetters = 11,
  kWindows = 12,
  kDroppedLetters = 15,
};

constexpr std::size_t kAreaSize = 4;
constexpr std::size_t kUuidSize = 36;
constexpr std::size_t kNumberSize = 8;

std::string key_in(Area area, std::string_view rest = {}) {
  std::string key;
  append_u32_be(key, static_cast<std::uint32_t>(area));
  key.append(rest);
  return key;
}

storage::KeyRange range_of(Area area, std::string_view prefix = {}) {
  auto begin = key_in(area, prefix);
  auto end = codec::prefix_end(begin);
  return {std::move(begin), std::move(end)};
}

std::string shard_key(Area area, std::string_view uuid, std::string_view shard_id) {
  return key_in(area, uuid).append(shard_id);
}

std::string window_prefix(std::string_view uuid, std::string_view shard_id) {
  return std::string(uuid).append(shard_id).append(1, '\0');
}

std::unexpected<Error> corrupt(std::string_view what) {
  return fail(ErrorCode::kCorruption,
              "an event source mapping's " + std::string(what) + " cannot be read");
}

std::string mapping_fields(const Mapping& mapping) {
  const MappingSettings& settings = mapping.settings;
  std::string bytes;
  model::RecordWriter fields(bytes, model::MapBuilder::Kind::kItem);
  fields.text("uuid", mapping.uuid);
  fields.text("stream_arn", mapping.stream_arn);
  fields.text("function_name", mapping.function_name);
  fields.enumerator("starting_position", mapping.starting_position);
  fields.boolean("enabled", settings.enabled);
  fields.integer("batch_size", settings.batch_size);
  fields.integer("batching_window_s", settings.batching_window_s);
  fields.texts("filter_patterns", settings.filter_patterns);
  fields.boolean("bisect_on_error", settings.bisect_on_error);
  fields.integer("retry_attempts_max", settings.retry_attempts_max);
  fields.integer("record_age_max_s", settings.record_age_max_s);
  fields.integer("parallelization_factor", settings.parallelization_factor);
  fields.integer("tumbling_window_s", settings.tumbling_window_s);
  fields.boolean("report_batch_item_failures", settings.report_batch_item_failures);
  fields.text("on_failure_destination", settings.on_failure_destination);
  fields.integer("last_modified", mapping.last_modified);
  fields.text("last_processing_result", mapping.last_processing_result);
  fields.text("state_transition_reason", mapping.state_transition_reason);
  fields.finish();
  return bytes;
}

Result<Mapping> read_mapping(std::string_view bytes) {
  bool is_good = model::is_valid_item(bytes);
  if (!is_good) return corrupt("record");
  const model::RecordReader fields(model::ItemView(bytes), is_good);
  const auto number = [&](std::string_view name, int otherwise) {
    return static_cast<int>(fields.optional_integer(name).value_or(otherwise));
  };
  Mapping mapping;
  mapping.uuid = fields.text("uuid");
  mapping.stream_arn = fields.text("stream_arn");
  mapping.function_name = fields.text("function_name");
  mapping.starting_position = fields.enumerator("starting_position", StartingPosition::kLatest);
  MappingSettings& settings = mapping.settings;
  settings.enabled = fields.boolean("enabled");
  settings.batch_size = number("batch_size", settings.batch_size);
  settings.batching_window_s = number("batching_window_s", 0);
  settings.filter_patterns = fields.texts("filter_patterns");
  settings.bisect_on_error = fields.boolean("bisect_on_error");
  settings.retry_attempts_max = number("retry_attempts_max", -1);
  settings.record_age_max_s = number("record_age_max_s", -1);
  settings.parallelization_factor = number("parallelization_factor", 1);
  settings.tumbling_window_s = number("tumbling_window_s", 0);
  settings.report_batch_item_failures = fields.boolean("report_batch_item_failures");
  settings.on_failure_destination = fields.text("on_failure_destination");
  mapping.last_modified = fields.integer("last_modified");
  mapping.last_processing_result = fields.text("last_processing_result");
  mapping.state_transition_reason = fields.text("state_transition_reason");
  if (!is_good || mapping.uuid.size() != kUuidSize) return corrupt("record");
  return mapping;
}

std::string window_fields(const TumblingWindow& window) {
  std::string bytes;
  model::RecordWriter fields(bytes, model::MapBuilder::Kind::kItem);
  fields.integer("start", window.start);
  fields.integer("end", window.end);
  fields.text("state", window.state);
  fields.boolean("ends_early", window.ends_early);
  fields.integer("first_number", static_cast<std::int64_t>(window.first_number));
  fields.integer("last_number", static_cast<std::int64_t>(window.last_number));
  fields.integer("first_arrival", window.first_arrival);
  fields.integer("last_arrival", window.last_arrival);
  fields.integer("records", static_cast<std::int64_t>(window.records));
  fields.finish();
  return bytes;
}

Result<TumblingWindow> read_window(std::string_view bytes) {
  bool is_good = model::is_valid_item(bytes);
  if (!is_good) return corrupt("window");
  const model::RecordReader fields(model::ItemView(bytes), is_good);
  TumblingWindow window;
  window.start = fields.integer("start");
  window.end = fields.integer("end");
  window.state = fields.text("state");
  window.ends_early = fields.boolean("ends_early");
  window.first_number = static_cast<stream::SequenceNumber>(fields.integer("first_number"));
  window.last_number = static_cast<stream::SequenceNumber>(fields.integer("last_number"));
  window.first_arrival = fields.integer("first_arrival");
  window.last_arrival = fields.integer("last_arrival");
  window.records = static_cast<std::uint64_t>(fields.integer("records"));
  if (!is_good || window.state.empty()) return corrupt("window");
  return window;
}

Result<Checkpoint> read_checkpoint(std::string_view bytes) {
  if (bytes.size() < kNumberSize || bytes.size() % kNumberSize != 0) return corrupt("checkpoint");
  Checkpoint checkpoint;
  checkpoint.number = read_u64_be(bytes.data());
  for (std::size_t at = kNumberSize; at < bytes.size(); at += kNumberSize) {
    checkpoint.lanes.push_back(read_u64_be(bytes.data() + at));
  }
  return checkpoint;
}

/// Calls `visit(rest of the key, value)` for each entry of `range`.
template <class Visit>
Status for_each(const storage::KeyValueStore& store, const storage::KeyRange& range,
                std::size_t prefix_size, Visit visit) {
  const auto entries = store.scan(range, storage::Direction::kForward);
  for (; entries->valid(); entries->next()) {
    PARLEY_TRY(visit(entries->key().substr(prefix_size), entries->value()));
  }
  return entries->status();
}

Status load_checkpoints(const storage::KeyValueStore& store, StoredMapping& stored) {
  const auto& uuid = stored.mapping.uuid;
  return for_each(store, range_of(Area::kCheckpoints, uuid), kAreaSize + kUuidSize,
                  [&](std::string_view shard_id, std::string_view value) -> Status {
                    auto checkpoint = read_checkpoint(value);
                    if (!checkpoint) return std::unexpected(std::move(checkpoint).error());
                    stored.checkpoints.emplace(shard_id, *std::move(checkpoint));
                    return {};
                  });
}

Status load_windows(const storage::KeyValueStore& store, StoredMapping& stored) {
  const auto& uuid = stored.mapping.uuid;
  constexpr std::size_t kLaneSize = 2;
  return for_each(
      store, range_of(Area::kWindows, uuid), kAreaSize + kUuidSize,
      [&](std::string_view rest, std::string_view value) -> Status {
        const auto zero = rest.find('\0');
        if (zero == std::string_view::npos || rest.size() != zero + 1 + kLaneSize) {
          return corrupt("window");
        }
        const auto lane = std::size_t{static_cast<unsigned char>(rest[zero + 1])} << 8 |
                          static_cast<unsigned char>(rest[zero + 2]);
        auto& windows = stored.checkpoints[std::string(rest.substr(0, zero))].windows;
        windows.resize(static_cast<std::size_t>(stored.mapping.settings.parallelization_factor));
        if (lane < windows.size()) windows[lane] = PARLEY_TRY(read_window(value));
        return {};
      });
}

}  // namespace

Result<std::vector<StoredMapping>> load_mappings(const storage::KeyValueStore& store) {
  std::vector<StoredMapping> result;
  PARLEY_TRY(for_each(store, range_of(Area::kMappings), kAreaSize,
                      [&](std::string_view, std::string_view value) -> Status {
                        auto mapping = read_mapping(value);
                        if (!mapping) return std::unexpected(std::move(mapping).error());
                        result.push_back({*std::move(mapping), {}});
                        return {};
                      }));
  for (auto& stored : result) {
    PARLEY_TRY(load_checkpoints(store, stored));
    PARLEY_TRY(load_windows(store, stored));
  }
  return result;
}

void put_mapping(storage::WriteBatch& batch, const Mapping& mapping) {
  batch.put(key_in(Area::kMappings, mapping.uuid), mapping_fields(mapping));
}

void put_checkpoint(storage::WriteBatch& batch, std::string_view uuid, std::string_view shard_id,
                    const Checkpoint& checkpoint) {
  std::string value;
  append_u64_be(value, checkpoint.number);
  for (const auto number : checkpoint.lanes) append_u64_be(value, number);
  batch.put(shard_key(Area::kCheckpoints, uuid, shard_id), value);
  const auto prefix = window_prefix(uuid, shard_id);
  for (std::size_t lane = 0; lane < checkpoint.windows.size(); ++lane) {
    std::string key = key_in(Area::kWindows, prefix);
    key.push_back(static_cast<char>(lane >> 8));
    key.push_back(static_cast<char>(lane));
    if (checkpoint.windows[lane]) {
      batch.put(key, window_fields(*checkpoint.windows[lane]));
    } else {
      batch.erase(key);
    }
  }
}

void erase_windows(storage::WriteBatch& batch, std::string_view uuid, std::string_view shard_id) {
  batch.erase_range(range_of(Area::kWindows, window_prefix(uuid, shard_id)));
}

void erase_mapping(storage::WriteBatch& batch, std::string_view uuid) {
  batch.erase(key_in(Area::kMappings, uuid));
  batch.erase_range(range_of(Area::kCheckpoints, uuid));
  batch.erase_range(range_of(Area::kWindows, uuid));
}

void put_dropped_letters(storage::WriteBatch& batch, std::string_view uuid, std::uint64_t count) {
  std::string value;
  append_u64_be(value, count);
  batch.put(key_in(Area::kDroppedLetters, uuid), value);
}

Result<std::map<std::string, std::uint64_t>> load_dropped_letters(
    const storage::KeyValueStore& store) {
  std::map<std::string, std::uint64_t> dropped;
  PARLEY_TRY(for_each(store, range_of(Area::kDroppedLetters), kAreaSize,
                      [&](std::string_view uuid, std::string_view value) -> Status {
                        if (value.size() != kNumberSize) return corrupt("count of dropped letters");
                        dropped.emplace(uuid, read_u64_be(value.data()));
                        return {};
                      }));
  return dropped;
}

std::string dead_letter_key(std::string_view id) {
  return key_in(Area::kDeadLetters, id);
}

storage::KeyRange dead_letter_keys() {
  return range_of(Area::kDeadLetters);
}

}  // namespace parley::trigger
