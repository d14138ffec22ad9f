#include <algorithm>
#include <array>

#include "client/database.h"

namespace parley::client {
namespace {

constexpr std::array<std::string_view, 4> kStreamsOperations{"DescribeStream", "GetRecords",
                                                             "GetShardIterator", "ListStreams"};

}  // namespace

bool is_streams_operation(std::string_view operation) {
  return std::ranges::find(kStreamsOperations, operation) != kStreamsOperations.end();
}

std::string target_of(std::string_view operation) {
  std::string target(is_streams_operation(operation) ? "DynamoDBStreams_20120810."
                                                     : "DynamoDB_20120810.");
  target += operation;
  return target;
}

}  // namespace parley::client
