#include "stream/record_json.h"

#include <fmt/format.h>

#include <iterator>

#include "codec/item_json.h"

namespace parley::stream {
namespace {

constexpr TimestampMicros kMicrosPerSecond = 1'000'000;

void append_image(std::string& out, std::string_view name, const model::Item& image) {
  out += ",\"";
  out += name;
  out += "\":";
  codec::append_json(out, image.view());
}

}  // namespace

std::string_view wire_name(EventName event) {
  switch (event) {
    case EventName::kInsert:
      return "INSERT";
    case EventName::kModify:
      return "MODIFY";
    case EventName::kRemove:
      return "REMOVE";
  }
  return {};
}

std::string_view wire_name(model::StreamViewType view_type) {
  switch (view_type) {
    case model::StreamViewType::kKeysOnly:
      return "KEYS_ONLY";
    case model::StreamViewType::kNewImage:
      return "NEW_IMAGE";
    case model::StreamViewType::kOldImage:
      return "OLD_IMAGE";
    case model::StreamViewType::kNewAndOldImages:
      return "NEW_AND_OLD_IMAGES";
  }
  return {};
}

void append_record_json(std::string& out, const Stream& stream, const Record& record,
                        std::string_view region, RecordAudience audience) {
  const auto end = std::back_inserter(out);
  fmt::format_to(end, R"({{"eventID":"{}","eventName":"{}","eventVersion":"1.1",)", record.event_id,
                 wire_name(record.event));
  out += R"("eventSource":"aws:dynamodb","awsRegion":)";
  codec::append_json_string(out, region);
  // Whole seconds, as AWS has them.
  fmt::format_to(end, R"(,"dynamodb":{{"ApproximateCreationDateTime":{},"Keys":)",
                 record.created_at / kMicrosPerSecond);
  codec::append_json(out, record.keys.view());
  if (record.new_image) append_image(out, "NewImage", *record.new_image);
  if (record.old_image) append_image(out, "OldImage", *record.old_image);
  fmt::format_to(end, R"(,"SequenceNumber":"{}","SizeBytes":{},"StreamViewType":"{}"}})",
                 sequence_number_text(record.number), record.size_bytes,
                 wire_name(stream.view_type));
  const bool to_function = audience == RecordAudience::kFunction;
  if (record.by_service) {
    out += to_function
               ? R"(,"userIdentity":{"principalId":"dynamodb.amazonaws.com","type":"Service"})"
               : R"(,"userIdentity":{"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"})";
  }
  if (to_function) {
    out += ",\"eventSourceARN\":";
    codec::append_json_string(out, stream.arn);
  }
  out += '}';
}

}  // namespace parley::stream
