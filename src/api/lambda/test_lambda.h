// TestLambda: the whole Lambda API over a memory store, for tests: a clock that stands still,
// native functions in the place of processes.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "api/lambda/lambda.h"
#include "api/test_database.h"
#include "base/clock.h"
#include "base/random.h"
#include "engine/engine.h"
#include "storage/key_value_store.h"
#include "storage/test_stores.h"
#include "trigger/functions.h"
#include "trigger/mappings.h"

namespace parley::api {

/// No process ever asks it.
class NoEndpoints final : public trigger::RuntimeEndpoints {
 public:
  [[nodiscard]] Result<std::string> open(Handler handler) override;
  void close(const std::string& address) override;
};

/// What a request may carry besides its path and body.
struct TestHeaders {
  std::string_view invocation_type = {};
  std::string_view client_context = {};
  std::string_view origin = {};
  std::string_view authorization =
      "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0";
};

class TestLambda {
 public:
  TestLambda();
  ~TestLambda();

  /// One request; waits for its reply. `path` may have a query.
  [[nodiscard]] TestReply call(std::string_view method, std::string_view path,
                               std::string_view body = {}, const TestHeaders& headers = {});
  /// A function "NAME" of an archive with a Python file, which is never run.
  TestReply create(std::string_view name, std::string_view more_members = {});
  /// A table with a stream; its ARN.
  std::string create_stream(std::string_view table);

  [[nodiscard]] LambdaService& service() { return *service_; }
  [[nodiscard]] trigger::Functions& functions() { return *functions_; }

 private:
  ManualClock clock_{TestDatabase::kStart};
  SeededRandom random_{42};
  storage::TemporaryDirectory directory_;
  storage::KeyValueStore* store_ = nullptr;  // of the database
  std::unique_ptr<engine::Database> database_;
  NoEndpoints endpoints_;
  std::unique_ptr<trigger::EventStore> events_;
  std::unique_ptr<trigger::Functions> functions_;
  std::unique_ptr<trigger::Mappings> mappings_;
  std::unique_ptr<LambdaService> service_;
};

}  // namespace parley::api
