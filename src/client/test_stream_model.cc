#include "client/test_stream_model.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>

namespace parley::client {
namespace {

Error error_of(std::string_view type) {
  return service_error(400, fmt::format(R"({{"__type":"x#{}","message":"told to"}})", type));
}

std::unexpected<Error> refusal(std::string_view type) {
  return std::unexpected(error_of(type));
}

std::string text_in(const simdjson::dom::element& json, const char* name) {
  std::string_view text;
  return json[name].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

long number_in(std::string_view text) {
  long number = -1;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

Result<std::string> StreamModel::call(std::string_view operation, std::string_view input) {
  calls.emplace_back(operation);
  if (!failures.empty()) {
    const std::string type = failures.front();
    failures.erase(failures.begin());
    if (!type.empty()) return refusal(type);
  }
  simdjson::dom::parser parser;
  const simdjson::dom::element json = parser.parse(simdjson::padded_string(input));
  if (operation == "DescribeTable") {
    if (arn_.empty()) return std::string(R"({"Table":{}})");
    return fmt::format(R"({{"Table":{{"LatestStreamArn":"{}"}}}})", arn_);
  }
  if (operation == "GetRecords") {
    std::int64_t limit = 0;
    if (json["Limit"].get(limit) != simdjson::SUCCESS) return refusal("ValidationException");
    return get_records(text_in(json, "ShardIterator"), static_cast<std::size_t>(limit));
  }
  if (text_in(json, "StreamArn") != arn_) return refusal("ResourceNotFoundException");
  if (operation == "DescribeStream") return describe_stream(text_in(json, "ExclusiveStartShardId"));
  return get_iterator(text_in(json, "ShardId"), text_in(json, "ShardIteratorType"),
                      text_in(json, "SequenceNumber"));
}

std::string StreamModel::enable() {
  arn_ = fmt::format("arn:stream/{}", ++streams_);
  shards_.clear();
  enabled_ = true;
  return add_shard("");
}

void StreamModel::disable() {
  enabled_ = false;
  for (auto& [id, shard] : shards_) shard.closed = true;
}

std::string StreamModel::put(std::string_view shard, int value, long created_at_s) {
  shards_.find(shard)->second.records.push_back({++next_number_, value, created_at_s});
  return std::to_string(next_number_);
}

std::vector<std::string> StreamModel::split(std::string_view shard, int children) {
  shards_.find(shard)->second.closed = true;
  std::vector<std::string> born;
  for (int i = 0; i < children; ++i) born.push_back(add_shard(shard));
  return born;
}

void StreamModel::trim(std::string_view shard) {
  Shard& trimmed = shards_.find(shard)->second;
  if (!trimmed.records.empty()) trimmed.trimmed = trimmed.records.back().number;
  trimmed.records.clear();
}

void StreamModel::forget(std::string_view shard) {
  shards_.erase(shards_.find(shard));
}

std::string StreamModel::add_shard(std::string_view parent) {
  // Names descend, so that a child stands before its parent in a description.
  std::string id = fmt::format("shard-{:05}", 99'999 - ++next_shard_);
  shards_.emplace(id, Shard{.parent = std::string(parent)});
  return id;
}

Result<std::string> StreamModel::describe_stream(const std::string& start) const {
  std::string shards;
  std::string last;
  std::size_t count = 0;
  for (auto at = shards_.upper_bound(start); at != shards_.end(); ++at) {
    if (count++ == described_page_size) {
      last = fmt::format(R"(,"LastEvaluatedShardId":"{}")", std::prev(at)->first);
      break;
    }
    const auto& [id, shard] = *at;
    shards += fmt::format(
        R"({}{{"ShardId":"{}"{},"SequenceNumberRange":{{"StartingSequenceNumber":"1"{}}}}})",
        shards.empty() ? "" : ",", id,
        shard.parent.empty() ? "" : fmt::format(R"(,"ParentShardId":"{}")", shard.parent),
        shard.closed ? R"(,"EndingSequenceNumber":"999")" : "");
  }
  return fmt::format(R"({{"StreamDescription":{{"StreamStatus":"{}","Shards":[{}]{}}}}})",
                     enabled_ ? "ENABLED" : "DISABLED", shards, last);
}

Result<std::string> StreamModel::get_iterator(const std::string& id, std::string_view type,
                                              std::string_view number) const {
  const auto found = shards_.find(id);
  if (found == shards_.end()) return refusal("ResourceNotFoundException");
  const Shard& shard = found->second;
  long after = 0;
  if (type == "LATEST") after = next_number_;
  if (type == "AFTER_SEQUENCE_NUMBER") {
    after = number_in(number);
    if (after < shard.trimmed) return refusal("TrimmedDataAccessException");
  }
  return fmt::format(R"({{"ShardIterator":"{}/{}/{}/{}"}})", streams_, id, after, generation_);
}

Result<std::string> StreamModel::get_records(std::string_view iterator, std::size_t limit) const {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= iterator.size();) {
    const std::size_t end = std::min(iterator.find('/', at), iterator.size());
    parts.push_back(iterator.substr(at, end - at));
    at = end + 1;
  }
  const auto found = shards_.find(parts.at(1));
  if (number_in(parts.at(0)) != streams_ || found == shards_.end()) {
    return refusal("ResourceNotFoundException");
  }
  if (number_in(parts.at(3)) != generation_) return refusal("ExpiredIteratorException");
  const Shard& shard = found->second;
  long after = number_in(parts.at(2));
  if (after != 0 && after < shard.trimmed) return refusal("TrimmedDataAccessException");
  std::string records;
  std::size_t count = 0;
  bool at_end = true;
  for (const Record& record : shard.records) {
    if (record.number <= after) continue;
    if (count == std::min(limit, page_size)) {
      at_end = false;
      break;
    }
    ++count;
    records += fmt::format(
        R"({}{{"eventName":"INSERT","dynamodb":{{"ApproximateCreationDateTime":{},)"
        R"("Keys":{{"n":{{"N":"{}"}}}},"NewImage":{{"n":{{"N":"{}"}}}},"SequenceNumber":"{}"}}}})",
        records.empty() ? "" : ",", record.created_at_s, record.value, record.value, record.number);
    after = record.number;
  }
  const std::string next = shard.closed && at_end
                               ? ""
                               : fmt::format(R"(,"NextShardIterator":"{}/{}/{}/{}")", streams_,
                                             parts[1], after, generation_);
  return fmt::format(R"({{"Records":[{}]{}}})", records, next);
}

}  // namespace parley::client
