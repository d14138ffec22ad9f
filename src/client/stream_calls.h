// The calls that reading a table's stream takes, as values. Nothing here keeps state or retries.
// Source: …/amazondynamodb/latest/developerguide/Streams.html
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "client/database.h"

namespace parley::client {

struct StreamShard {
  std::string id = {};
  std::string parent = {};  // empty: none; it may be gone already
  bool closed = false;      // it gets no more records
};

struct StreamDescription {
  bool enabled = false;
  std::vector<StreamShard> shards = {};
};

/// A record; views are valid as long as the StreamPage.
struct StreamRecord {
  std::string_view sequence_number = {};
  std::string_view event = {};       // INSERT, MODIFY, REMOVE
  std::int64_t created_at_s = 0;     // since the epoch, about
  bool by_service = false;           // an expiry
  simdjson::dom::element keys = {};  // in DynamoDB's JSON, as the images
  std::optional<simdjson::dom::element> new_image = {};
  std::optional<simdjson::dom::element> old_image = {};
  simdjson::dom::element json = {};  // the whole record
};

/// What GetRecords answered. Not to be moved while views of it are used.
struct StreamPage {
  simdjson::dom::parser parser;
  std::vector<StreamRecord> records = {};
  std::string next_iterator = {};  // empty: the shard is closed and was read to its end
};

/// The ARN of the table's stream, also of one that has been disabled; none if there is none, or no
/// table. Errors here and below: those of Database::call; kRemote for an answer that is none.
[[nodiscard]] Result<std::optional<std::string>> newest_stream(Database& database,
                                                               std::string_view table);

/// All pages of DescribeStream.
[[nodiscard]] Result<StreamDescription> describe_stream(Database& database, std::string_view arn);

/// A place in a shard: before all of it, after all of it, or after a sequence number.
[[nodiscard]] Result<std::string> iterator_at_start(Database& database, std::string_view arn,
                                                    std::string_view shard);
[[nodiscard]] Result<std::string> iterator_at_end(Database& database, std::string_view arn,
                                                  std::string_view shard);
[[nodiscard]] Result<std::string> iterator_after(Database& database, std::string_view arn,
                                                 std::string_view shard,
                                                 std::string_view sequence_number);

/// Reads into `page`, whose old content goes. `records_max` 1..1000.
[[nodiscard]] Status read_records(Database& database, std::string_view iterator,
                                  std::size_t records_max, StreamPage& page);

}  // namespace parley::client
