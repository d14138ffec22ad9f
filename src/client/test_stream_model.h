// StreamModel: a stream as AWS keeps it, shards that split and end included, behind the client's
// interface; small enough to be right at a glance. For tests of what reads streams.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/database.h"

namespace parley::client {

/// Not thread-safe. Answers DescribeTable, DescribeStream, GetShardIterator and GetRecords.
class StreamModel final : public Database {
 public:
  [[nodiscard]] Result<std::string> call(std::string_view operation,
                                         std::string_view input) override;

  /// Switches the stream on: a new ARN and one open shard, whose name it returns.
  std::string enable();
  /// Ends all shards.
  void disable();
  /// Adds a record to an open shard; its `n` is `value`. Returns its sequence number.
  std::string put(std::string_view shard, int value, long created_at_s = 1'000);
  /// Ends the shard and gives it this many children.
  std::vector<std::string> split(std::string_view shard, int children);
  /// The shard's records up to now are gone.
  void trim(std::string_view shard);
  /// The shard is no longer described.
  void forget(std::string_view shard);
  /// All iterators given out are refused from now on.
  void expire_iterators() { ++generation_; }
  [[nodiscard]] const std::string& arn() const { return arn_; }

  /// What the next calls answer instead, in turn: an error of this type, or "" to let it through.
  std::vector<std::string> failures = {};
  std::vector<std::string> calls = {};  // the operations asked for
  std::size_t page_size = 1'000;
  std::size_t described_page_size = 100;

 private:
  struct Record {
    long number;
    int value;
    long created_at_s;
  };
  struct Shard {
    std::string parent;
    std::vector<Record> records = {};
    bool closed = false;
    long trimmed = 0;  // up to and with this number
    bool forgotten = false;
  };
  [[nodiscard]] Result<std::string> describe_stream(const std::string& start) const;
  [[nodiscard]] Result<std::string> get_iterator(const std::string& shard, std::string_view type,
                                                 std::string_view number) const;
  [[nodiscard]] Result<std::string> get_records(std::string_view iterator, std::size_t limit) const;
  std::string add_shard(std::string_view parent);

  std::map<std::string, Shard, std::less<>> shards_;  // of the stream that is on, or was last
  std::string arn_;
  bool enabled_ = false;
  int streams_ = 0;
  int next_shard_ = 0;
  long next_number_ = 100;
  int generation_ = 0;
};

}  // namespace parley::client
