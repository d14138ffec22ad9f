#include "api/test_database.h"

#include <gtest/gtest.h>

#include <utility>

#include "api/local_call.h"
#include "storage/memory/memory_store.h"

namespace parley::api {

TestReply::TestReply(Reply reply)
    : reply_(std::move(reply)), parser_(std::make_unique<simdjson::dom::parser>()) {
  is_json_ = parser_->parse(reply_.body).get(root_) == simdjson::SUCCESS;
}

std::string_view TestReply::header(std::string_view name) const {
  for (const auto& [key, value] : reply_.headers) {
    if (key == name) return value;
  }
  return {};
}

std::string TestReply::error() const {
  const std::string type = error_type();
  return type.substr(type.find('#') + 1);
}

std::string TestReply::message() const {
  const std::string lower = text("/message");
  return lower.empty() ? text("/Message") : lower;
}

std::string TestReply::json(std::string_view pointer) const {
  simdjson::dom::element value;
  if (!is_json_ || root_.at_pointer(pointer).get(value) != simdjson::SUCCESS) return {};
  return simdjson::minify(value);
}

std::string TestReply::text(std::string_view pointer) const {
  simdjson::dom::element value;
  if (!is_json_ || root_.at_pointer(pointer).get(value) != simdjson::SUCCESS) return {};
  std::string_view string;
  if (value.get(string) == simdjson::SUCCESS) return std::string(string);
  return simdjson::minify(value);
}

TestDatabase::TestDatabase(std::initializer_list<std::string_view> create_table_inputs) {
  auto database = engine::Database::open(storage::make_memory_store(), engine::DatabaseOptions{},
                                         clock_, random_);
  if (!database) {
    ADD_FAILURE() << database.error().message;
    return;
  }
  database_ = *std::move(database);
  service_ =
      std::make_unique<Service>(*database_, [](std::move_only_function<void()> task) { task(); });
  for (const std::string_view input : create_table_inputs) expect_ok("CreateTable", input);
}

TestDatabase::~TestDatabase() = default;

TestReply TestDatabase::call(std::string_view operation, std::string_view input) {
  return TestReply(api::call(*service_, operation, input).get());
}

TestReply TestDatabase::expect_ok(std::string_view operation, std::string_view input) {
  TestReply reply = call(operation, input);
  EXPECT_TRUE(reply.ok()) << operation << ' ' << input << '\n' << reply.body();
  return reply;
}

TestReply TestDatabase::send(const Request& request) {
  return TestReply(api::send(*service_, request).get());
}

}  // namespace parley::api
