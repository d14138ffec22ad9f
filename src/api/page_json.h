// PageWriter: the reply of Query and Scan, written straight from stored items as they are found.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>

#include "engine/requests.h"
#include "expr/expr.h"

namespace parley::api {

/// The sink of one page. Writes `{"Items":[…]` as items come; finish() writes the rest. `out` and
/// `page` are borrowed.
class PageWriter final : public engine::ItemSink {
 public:
  PageWriter(std::string& out, const engine::ReadPage& page);
  void item(const model::ItemView& item) override;
  /// Count, ScannedCount, LastEvaluatedKey and, if `input` asks for it, ConsumedCapacity.
  void finish(const engine::PageOutcome& outcome, const simdjson::dom::object& input);

 private:
  std::string& out_;
  const engine::ReadPage& page_;
  const bool count_only_;  // Select is COUNT: Items is left out
  bool first_ = true;
  std::string scratch_;
};

}  // namespace parley::api
