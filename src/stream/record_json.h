// A stream record as JSON: what GetRecords answers, and what a function gets in its event.
// Source: …/APIReference/API_streams_Record.html, lambda/latest/dg/with-ddb.html
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "stream/stream.h"

namespace parley::stream {

enum class RecordAudience : std::uint8_t {
  kGetRecords,  // userIdentity has Type and PrincipalId
  kFunction,    // userIdentity has type and principalId; eventSourceARN follows
};

/// Appends `{"eventID":…,"dynamodb":{…}}`, one record of `stream`.
void append_record_json(std::string& out, const Stream& stream, const Record& record,
                        std::string_view region, RecordAudience audience);

[[nodiscard]] std::string_view wire_name(EventName event);
[[nodiscard]] std::string_view wire_name(model::StreamViewType view_type);

}  // namespace parley::stream
