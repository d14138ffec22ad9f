#include "trigger/dead_letters.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "model/record.h"
#include "trigger/mapping_store.h"

namespace parley::trigger {
namespace {

/// A number that grows with time (microseconds, and room for a thousand letters in each), as text
/// that orders as it does.
std::string id_text(std::uint64_t number) {
  return fmt::format("{:020}", number);
}

std::optional<std::uint64_t> parse_id(std::string_view id) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  if (error != std::errc{} || end != id.data() + id.size()) return std::nullopt;
  return number;
}

/// Each number as its distance from the one before: "1795460400000000000,1,1,17".
std::string numbers_text(const std::vector<stream::SequenceNumber>& numbers) {
  std::string text;
  stream::SequenceNumber last = 0;
  for (const auto number : numbers) {
    if (!text.empty()) text.push_back(',');
    text.append(std::to_string(number - std::exchange(last, number)));
  }
  return text;
}

std::optional<std::vector<stream::SequenceNumber>> read_numbers(std::string_view text) {
  std::vector<stream::SequenceNumber> numbers;
  stream::SequenceNumber number = 0;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    const auto step = parse_id(text.substr(0, comma));
    if (!step) return std::nullopt;
    numbers.push_back(number += *step);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return numbers;
}

std::string letter_fields(const StoredLetter& stored) {
  std::string bytes;
  model::RecordWriter fields(bytes, model::MapBuilder::Kind::kItem);
  fields.text("mapping_uuid", stored.letter.mapping_uuid);
  fields.integer("time", stored.letter.time);
  fields.text("condition", stored.letter.condition);
  fields.text("body", stored.letter.body);
  fields.text("function_name", stored.function_name);
  fields.text("stream_arn", stored.stream_arn);
  fields.text("shard_id", stored.shard_id);
  fields.text("numbers", numbers_text(stored.numbers));
  fields.text("payload", stored.payload);
  fields.text("post_url", stored.post_url);
  fields.finish();
  return bytes;
}

Result<StoredLetter> read_letter(std::string_view id, std::string_view bytes) {
  bool is_good = model::is_valid_item(bytes);
  if (!is_good) return fail(ErrorCode::kCorruption, "a dead letter cannot be read");
  const model::RecordReader fields(model::ItemView(bytes), is_good);
  StoredLetter stored;
  stored.letter.id = id;
  stored.letter.mapping_uuid = fields.text("mapping_uuid");
  stored.letter.time = fields.integer("time");
  stored.letter.condition = fields.text("condition");
  stored.letter.body = fields.text("body");
  stored.function_name = fields.text("function_name");
  stored.stream_arn = fields.text("stream_arn");
  stored.shard_id = fields.text("shard_id");
  auto numbers = read_numbers(fields.text("numbers"));
  stored.payload = fields.text("payload");
  stored.post_url = fields.text("post_url");
  if (!is_good || !numbers) {
    return fail(ErrorCode::kCorruption, "a dead letter cannot be read");
  }
  stored.numbers = *std::move(numbers);
  stored.letter.records = stored.numbers.size();
  return stored;
}

std::unexpected<Error> no_such_letter(std::string_view id) {
  return fail(ErrorCode::kResourceNotFound, fmt::format("There is no dead letter {}", id));
}

/// Calls `visit(letter, its stored size)` for each, oldest first.
template <class Visit>
Status for_each_letter(const storage::KeyValueStore& store, Visit visit) {
  const auto range = dead_letter_keys();
  const auto entries = store.scan(range, storage::Direction::kForward);
  for (; entries->valid(); entries->next()) {
    visit(PARLEY_TRY(read_letter(entries->key().substr(range.begin.size()), entries->value())),
          entries->value().size());
  }
  return entries->status();
}

}  // namespace

Status DeadLetters::load() {
  const std::scoped_lock lock(mutex_);
  kept_.clear();
  unposted_.clear();
  letters_ = 0;
  size_bytes_ = 0;
  for (const auto& [uuid, dropped] : PARLEY_TRY(load_dropped_letters(store_))) {
    kept_[uuid].dropped = dropped;
  }
  return for_each_letter(store_, [this](const StoredLetter& stored, std::size_t size_bytes) {
    const auto id = parse_id(stored.letter.id).value_or(0);
    kept_[stored.letter.mapping_uuid].sizes_bytes.emplace(id, size_bytes);
    ++letters_;
    size_bytes_ += size_bytes;
    last_id_ = std::max(last_id_, id);
    if (!stored.post_url.empty()) unposted_.insert(stored.letter.id);
  });
}

void DeadLetters::add(StoredLetter letter, TimestampMicros now, storage::WriteBatch& batch) {
  const std::scoped_lock lock(mutex_);
  last_id_ = std::max(last_id_ + 1, static_cast<std::uint64_t>(now) * 1000);
  letter.letter.time = now;
  const auto fields = letter_fields(letter);
  while (letters_ > 0 && (letters_ >= limits_.letters_max ||
                          size_bytes_ + fields.size() > limits_.size_bytes_max)) {
    drop_oldest(batch);
  }
  kept_[letter.letter.mapping_uuid].sizes_bytes.emplace(last_id_, fields.size());
  ++letters_;
  size_bytes_ += fields.size();
  const auto id = id_text(last_id_);
  if (!letter.post_url.empty()) unposted_.insert(id);
  batch.put(dead_letter_key(id), fields);
}

/// Of the mapping that has the most: one that floods takes no room from the others.
void DeadLetters::drop_oldest(storage::WriteBatch& batch) {
  const auto most = std::ranges::max_element(
      kept_, {}, [](const auto& entry) { return entry.second.sizes_bytes.size(); });
  auto& [uuid, kept] = *most;
  const auto id = kept.sizes_bytes.begin()->first;
  forget(kept, id);
  ++kept.dropped;
  unposted_.erase(id_text(id));
  batch.erase(dead_letter_key(id_text(id)));
  put_dropped_letters(batch, uuid, kept.dropped);
}

void DeadLetters::forget(Kept& kept, std::uint64_t id) {
  const auto found = kept.sizes_bytes.find(id);
  if (found == kept.sizes_bytes.end()) return;
  --letters_;
  size_bytes_ -= found->second;
  kept.sizes_bytes.erase(found);
}

Result<std::vector<DeadLetter>> DeadLetters::list(std::string_view uuid) const {
  std::vector<DeadLetter> letters;
  PARLEY_TRY(for_each_letter(store_, [&](StoredLetter stored, std::size_t) {
    if (uuid.empty() || stored.letter.mapping_uuid == uuid) {
      letters.push_back(std::move(stored.letter));
    }
  }));
  return letters;
}

Result<StoredLetter> DeadLetters::find(std::string_view id) const {
  std::string value;
  if (!PARLEY_TRY(store_.get(dead_letter_key(id), value))) return no_such_letter(id);
  return read_letter(id, value);
}

Status DeadLetters::erase(std::string_view id) {
  storage::CommitTicket ticket = 0;
  {
    const std::scoped_lock lock(mutex_);
    std::string value;
    if (!PARLEY_TRY(commits_.get_latest(dead_letter_key(id), value))) return no_such_letter(id);
    const auto stored = PARLEY_TRY(read_letter(id, value));
    storage::WriteBatch batch;
    batch.erase(dead_letter_key(id));
    ticket = commits_.submit(std::move(batch));
    unposted_.erase(stored.letter.id);
    forget(kept_[stored.letter.mapping_uuid], parse_id(id).value_or(0));
  }
  return commits_.wait(ticket);
}

std::uint64_t DeadLetters::count(std::string_view uuid) const {
  const std::scoped_lock lock(mutex_);
  const auto found = kept_.find(uuid);
  return found == kept_.end() ? 0 : found->second.sizes_bytes.size();
}

std::uint64_t DeadLetters::dropped(std::string_view uuid) const {
  const std::scoped_lock lock(mutex_);
  std::uint64_t dropped = 0;
  for (const auto& [mapping, kept] : kept_) {
    if (uuid.empty() || mapping == uuid) dropped += kept.dropped;
  }
  return dropped;
}

std::vector<std::string> DeadLetters::unposted() const {
  const std::scoped_lock lock(mutex_);
  return {unposted_.begin(), unposted_.end()};
}

void DeadLetters::set_posted(std::string_view id) {
  const std::scoped_lock lock(mutex_);
  std::string value;
  const auto found = commits_.get_latest(dead_letter_key(id), value);
  if (!found || !*found) return;
  auto stored = read_letter(id, value);
  if (!stored) return;
  unposted_.erase(stored->letter.id);
  stored->post_url.clear();
  storage::WriteBatch batch;
  batch.put(dead_letter_key(id), letter_fields(*stored));
  commits_.submit(std::move(batch));
}

}  // namespace parley::trigger
