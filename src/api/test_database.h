// TestDatabase: the whole of a database behind its wire protocol, for tests: a memory store, a
// clock that stands still, seeded identifiers.
#pragma once

#include <simdjson.h>

#include <chrono>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "api/api.h"
#include "base/clock.h"
#include "base/random.h"
#include "engine/engine.h"

namespace parley::api {

/// A reply, taken apart. Movable; owns everything it shows.
class TestReply {
 public:
  explicit TestReply(Reply reply);

  [[nodiscard]] int status() const { return reply_.status; }
  [[nodiscard]] const std::string& body() const { return reply_.body; }
  [[nodiscard]] std::string_view content_type() const { return reply_.content_type; }
  /// The value of a header (its exact name), or an empty view.
  [[nodiscard]] std::string_view header(std::string_view name) const;

  [[nodiscard]] bool ok() const { return reply_.status == 200; }
  /// What follows '#' in __type: "ValidationException"; empty without an error.
  [[nodiscard]] std::string error() const;
  /// __type whole.
  [[nodiscard]] std::string error_type() const { return text("/__type"); }
  /// "message" or "Message"; empty without one.
  [[nodiscard]] std::string message() const;

  /// The JSON value at a pointer ("/Table/TableName"; "" is the whole body), minified; empty if
  /// there is none.
  [[nodiscard]] std::string json(std::string_view pointer) const;
  /// The string or number at a pointer, without quotes; empty if there is none.
  [[nodiscard]] std::string text(std::string_view pointer) const;

 private:
  Reply reply_;
  std::unique_ptr<simdjson::dom::parser> parser_;
  simdjson::dom::element root_;
  bool is_json_ = false;
};

class TestDatabase {
 public:
  /// Creates a table for each input of CreateTable; what goes wrong there fails the test.
  explicit TestDatabase(std::initializer_list<std::string_view> create_table_inputs = {});
  ~TestDatabase();

  /// One operation, signed for form's sake: `call("GetItem", R"({…})")`. Returns once it is
  /// committed.
  [[nodiscard]] TestReply call(std::string_view operation, std::string_view input);
  /// The same; an error fails the test.
  TestReply expect_ok(std::string_view operation, std::string_view input);
  /// Any request at all.
  [[nodiscard]] TestReply send(const Request& request);

  [[nodiscard]] engine::Database& database() { return *database_; }
  [[nodiscard]] Service& service() { return *service_; }
  void advance(std::chrono::microseconds by) { clock_.advance(by); }

  /// 2026-01-02T03:04:05.678Z.
  static constexpr TimestampMicros kStart = 1'767'323'045'678'000;

 private:
  ManualClock clock_{kStart};
  SeededRandom random_{42};
  std::unique_ptr<engine::Database> database_;
  std::unique_ptr<Service> service_;
};

}  // namespace parley::api
