#include "client/immediate_database.h"

#include <gtest/gtest.h>

namespace parley::client {
namespace {

class EchoDatabase final : public Database {
 public:
  Result<std::string> call(std::string_view operation, std::string_view) override {
    return std::string(operation);
  }
};

TEST(ImmediateDatabase, ReadsOfThisProcessAreAnswered) {
  EchoDatabase in_process;
  ImmediateDatabase database(&in_process);
  for (const char* operation : {"GetItem", "BatchGetItem", "Query"}) {
    EXPECT_EQ(database.call(operation, "{}"), operation);
  }
}

TEST(ImmediateDatabase, WhatWouldWaitIsRefusedAndNotDone) {
  EchoDatabase in_process;
  ImmediateDatabase database(&in_process);
  ImmediateDatabase elsewhere(nullptr);
  for (const char* operation : {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems",
                                "BatchWriteItem", "DescribeTable", "GetRecords"}) {
    const auto reply = database.call(operation, "{}");
    ASSERT_FALSE(reply) << operation;
    EXPECT_TRUE(is_must_wait(reply.error()));
  }
  EXPECT_TRUE(is_must_wait(elsewhere.call("GetItem", "{}").error()));
  EXPECT_FALSE(is_must_wait(Error{ErrorCode::kUnavailable, "", nullptr}));
}

}  // namespace
}  // namespace parley::client
