#include "api/page_json.h"

#include <fmt/format.h>

#include <iterator>

#include "api/capacity_json.h"
#include "api/input.h"
#include "api/projection_input.h"
#include "codec/item_json.h"

namespace parley::api {

PageWriter::PageWriter(std::string& out, const engine::ReadPage& page)
    : out_(out), page_(page), count_only_(page.select == engine::Select::kCount) {
  out_ += count_only_ ? "{" : "{\"Items\":[";
}

void PageWriter::item(const model::ItemView& item) {
  if (count_only_) return;
  if (!first_) out_ += ',';
  first_ = false;
  append_projected(out_, item, page_.projection, scratch_);
}

void PageWriter::finish(const engine::PageOutcome& outcome, const simdjson::dom::object& input) {
  if (!count_only_) out_ += "],";
  fmt::format_to(std::back_inserter(out_), "\"Count\":{},\"ScannedCount\":{}", outcome.count,
                 outcome.scanned_count);
  if (outcome.last_evaluated_key) {
    out_ += ",\"LastEvaluatedKey\":";
    codec::append_json(out_, outcome.last_evaluated_key->view());
  }
  if (const auto wanted = read_return_consumed_capacity(input);
      wanted != ReturnConsumedCapacity::kNone) {
    out_ += ",\"ConsumedCapacity\":";
    append_consumed_capacity(out_, page_.table, outcome.capacity, wanted);
  }
  out_ += '}';
}

}  // namespace parley::api
