#include "client/stream_calls.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace parley::client {
namespace {

using simdjson::dom::element;

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string_view text_at(const element& json, const char* name) {
  std::string_view text;
  return json[name].get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

Result<element> parse(simdjson::dom::parser& parser, const std::string& body) {
  element json;
  if (parser.parse(body).get(json) != simdjson::SUCCESS || !json.is_object()) {
    return fail(ErrorCode::kRemote, "The database's answer about a stream is no JSON object");
  }
  return json;
}

std::optional<element> member(const element& json, const char* name) {
  element found;
  if (json[name].get(found) != simdjson::SUCCESS) return std::nullopt;
  return found;
}

Result<std::string> shard_iterator(Database& database, std::string_view arn, std::string_view shard,
                                   std::string_view place) {
  const std::string body = PARLEY_TRY(
      database.call("GetShardIterator", fmt::format(R"({{"StreamArn":{},"ShardId":{},{}}})",
                                                    json_string(arn), json_string(shard), place)));
  simdjson::dom::parser parser;
  const element json = PARLEY_TRY(parse(parser, body));
  std::string iterator(text_at(json, "ShardIterator"));
  if (iterator.empty()) return fail(ErrorCode::kRemote, "GetShardIterator gave no iterator");
  return iterator;
}

std::optional<StreamRecord> record_of(const element& json) {
  StreamRecord record{.event = text_at(json, "eventName"), .json = json};
  const auto change = member(json, "dynamodb");
  const auto keys = change ? member(*change, "Keys") : std::nullopt;
  if (!keys) return std::nullopt;
  record.sequence_number = text_at(*change, "SequenceNumber");
  if (record.sequence_number.empty()) return std::nullopt;
  double created = 0;  // a whole number as a rule
  if ((*change)["ApproximateCreationDateTime"].get(created) == simdjson::SUCCESS) {
    constexpr double kLatest = 1e12;  // anything later is no answer of a database's
    record.created_at_s = static_cast<std::int64_t>(std::clamp(created, 0.0, kLatest));
  }
  const auto identity = member(json, "userIdentity");
  record.by_service = identity && text_at(*identity, "Type") == "Service";
  record.keys = *keys;
  record.new_image = member(*change, "NewImage");
  record.old_image = member(*change, "OldImage");
  return record;
}

}  // namespace

Result<std::optional<std::string>> newest_stream(Database& database, std::string_view table) {
  const auto reply =
      database.call("DescribeTable", fmt::format(R"({{"TableName":{}}})", json_string(table)));
  if (!reply && is_service_error(reply.error(), "ResourceNotFoundException")) return std::nullopt;
  if (!reply) return std::unexpected(reply.error());
  simdjson::dom::parser parser;
  const element json = PARLEY_TRY(parse(parser, *reply));
  const auto description = member(json, "Table");
  const std::string_view arn = description ? text_at(*description, "LatestStreamArn") : "";
  if (arn.empty()) return std::nullopt;
  return std::string(arn);
}

Result<StreamDescription> describe_stream(Database& database, std::string_view arn) {
  StreamDescription description;
  simdjson::dom::parser parser;
  std::string last;
  do {
    const std::string start =
        last.empty() ? "" : fmt::format(R"(,"ExclusiveStartShardId":{})", json_string(last));
    const std::string body = PARLEY_TRY(database.call(
        "DescribeStream", fmt::format(R"({{"StreamArn":{}{}}})", json_string(arn), start)));
    const element json = PARLEY_TRY(parse(parser, body));
    const auto stream = member(json, "StreamDescription");
    simdjson::dom::array shards;
    if (!stream || (*stream)["Shards"].get(shards) != simdjson::SUCCESS) {
      return fail(ErrorCode::kRemote, "DescribeStream gave no shards");
    }
    const std::string_view status = text_at(*stream, "StreamStatus");
    description.enabled = status == "ENABLED" || status == "ENABLING";
    for (const element shard : shards) {
      const auto range = member(shard, "SequenceNumberRange");
      description.shards.push_back(
          {.id = std::string(text_at(shard, "ShardId")),
           .parent = std::string(text_at(shard, "ParentShardId")),
           .closed = range && !text_at(*range, "EndingSequenceNumber").empty()});
    }
    last = text_at(*stream, "LastEvaluatedShardId");
  } while (!last.empty());
  return description;
}

Result<std::string> iterator_at_start(Database& database, std::string_view arn,
                                      std::string_view shard) {
  return shard_iterator(database, arn, shard, R"("ShardIteratorType":"TRIM_HORIZON")");
}

Result<std::string> iterator_at_end(Database& database, std::string_view arn,
                                    std::string_view shard) {
  return shard_iterator(database, arn, shard, R"("ShardIteratorType":"LATEST")");
}

Result<std::string> iterator_after(Database& database, std::string_view arn, std::string_view shard,
                                   std::string_view sequence_number) {
  return shard_iterator(
      database, arn, shard,
      fmt::format(R"("ShardIteratorType":"AFTER_SEQUENCE_NUMBER","SequenceNumber":{})",
                  json_string(sequence_number)));
}

Status read_records(Database& database, std::string_view iterator, std::size_t records_max,
                    StreamPage& page) {
  page.records.clear();
  page.next_iterator.clear();
  const std::string body =
      PARLEY_TRY(database.call("GetRecords", fmt::format(R"({{"ShardIterator":{},"Limit":{}}})",
                                                         json_string(iterator), records_max)));
  const element json = PARLEY_TRY(parse(page.parser, body));
  page.next_iterator = text_at(json, "NextShardIterator");
  simdjson::dom::array records;
  if (json["Records"].get(records) != simdjson::SUCCESS) {
    return fail(ErrorCode::kRemote, "GetRecords gave no records");
  }
  for (const element each : records) {
    auto record = record_of(each);
    if (!record) return fail(ErrorCode::kRemote, "GetRecords gave a record without keys or number");
    page.records.push_back(*record);
  }
  return {};
}

}  // namespace parley::client
