// Tables that several tests use, as inputs of CreateTable.
#pragma once

#include <string_view>

namespace parley::api {

/// "Plain": a (S) HASH.
inline constexpr std::string_view kPlainTable = R"({"TableName":"Plain",
  "AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"}],
  "KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],
  "BillingMode":"PAY_PER_REQUEST"})";

/// "Numbers": a (N) HASH.
inline constexpr std::string_view kNumbersTable = R"({"TableName":"Numbers",
  "AttributeDefinitions":[{"AttributeName":"a","AttributeType":"N"}],
  "KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],
  "BillingMode":"PAY_PER_REQUEST"})";

/// "Indexed": a (S) HASH, b (S) RANGE; local index ByC (a, c) of ALL; global indexes AllByC (c) of
/// ALL and KeysByD (d, e as N) of KEYS_ONLY.
inline constexpr std::string_view kIndexedTable = R"({"TableName":"Indexed",
  "AttributeDefinitions":[
    {"AttributeName":"a","AttributeType":"S"},{"AttributeName":"b","AttributeType":"S"},
    {"AttributeName":"c","AttributeType":"S"},{"AttributeName":"d","AttributeType":"S"},
    {"AttributeName":"e","AttributeType":"N"}],
  "KeySchema":[{"AttributeName":"a","KeyType":"HASH"},{"AttributeName":"b","KeyType":"RANGE"}],
  "BillingMode":"PAY_PER_REQUEST",
  "LocalSecondaryIndexes":[{"IndexName":"ByC",
    "KeySchema":[{"AttributeName":"a","KeyType":"HASH"},{"AttributeName":"c","KeyType":"RANGE"}],
    "Projection":{"ProjectionType":"ALL"}}],
  "GlobalSecondaryIndexes":[
    {"IndexName":"AllByC","KeySchema":[{"AttributeName":"c","KeyType":"HASH"}],
     "Projection":{"ProjectionType":"ALL"}},
    {"IndexName":"KeysByD",
     "KeySchema":[{"AttributeName":"d","KeyType":"HASH"},{"AttributeName":"e","KeyType":"RANGE"}],
     "Projection":{"ProjectionType":"KEYS_ONLY"}}]})";

/// A request of some operation and the message of the ValidationException it ends in.
struct Refusal {
  std::string_view input;
  std::string_view message;
};

}  // namespace parley::api
