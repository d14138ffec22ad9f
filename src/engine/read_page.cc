#include "engine/read_page.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "codec/key_encoding.h"
#include "engine/capacity.h"
#include "engine/database_state.h"
#include "engine/expression_checks.h"
#include "engine/index_entry.h"
#include "engine/key_validation.h"
#include "model/item_key.h"
#include "model/limits.h"

namespace parley::engine {
namespace {

/// Those of `names` that the target's index does not store, in ascending order.
std::vector<std::string_view> unprojected(const ReadTarget& target,
                                          std::vector<std::string_view> names) {
  std::erase_if(
      names, [&](std::string_view name) { return projects(*target.table, *target.index, name); });
  std::ranges::sort(names);
  return names;
}

Status check_filter(const ReadTarget& target, const expr::Condition& filter,
                    ReadOperation operation) {
  const bool is_query = operation == ReadOperation::kQuery;
  if (is_query) PARLEY_TRY(filter.check_no_key_attribute(target.key()));
  PARLEY_TRY(check_no_path_below_keys(*target.table, filter));
  if (!is_query || !target.index) return {};
  const auto missing = unprojected(target, filter.attribute_names());
  if (missing.empty()) return {};
  return invalid(fmt::format(
      "One or more parameter values were invalid: Secondary index {} does not project one or more "
      "filter attributes: [{}]",
      target.index->name, fmt::join(missing, ", ")));
}

/// Walks one page and keeps its accounts.
class PageReader {
 public:
  PageReader(const DatabaseState& state, const ReadTarget& target, const ReadPage& page,
             ItemSink& sink)
      : state_(state), target_(target), page_(page), sink_(sink) {
    outcome_.table = target.table;
    if (target.fetches_items) snapshot_ = state.store->snapshot();
  }

  Result<PageOutcome> read(const storage::KeyRange& range, storage::Direction direction) {
    if (range.end.empty() || range.begin < range.end) PARLEY_TRY(walk(range, direction));
    const auto units = read_units(entries_size_bytes_, page_.consistent_read);
    if (target_.index) {
      add_index_units(outcome_.capacity, *target_.index, units);
      outcome_.capacity.table = fetch_units_;
    } else {
      outcome_.capacity.table = units;
    }
    return std::move(outcome_);
  }

 private:
  Status walk(const storage::KeyRange& range, storage::Direction direction) {
    const auto entries = state_.store->scan(range, direction, snapshot_.get());
    for (; entries->valid(); entries->next()) {
      const model::ItemView entry(entries->value());
      const auto size_bytes = entry.size_bytes();
      entries_size_bytes_ += size_bytes;
      page_size_bytes_ += size_bytes;
      ++outcome_.scanned_count;
      if (!page_.filter || page_.filter->evaluate(entry)) PARLEY_TRY(take(entry));
      if (is_full()) {
        outcome_.last_evaluated_key =
            target_.index ? model::extract_keys(target_.table->key, target_.index->key, entry)
                          : model::extract_key(target_.table->key, entry);
        return {};
      }
    }
    return entries->status();
  }

  Status take(const model::ItemView& entry) {
    ++outcome_.count;
    if (page_.select == Select::kCount) return {};
    if (!target_.fetches_items) {
      sink_.item(entry);
      return {};
    }
    const auto key = codec::item_key(*target_.table, entry);
    if (!PARLEY_TRY(state_.store->get(key, fetched_, snapshot_.get()))) {
      return fail(ErrorCode::kCorruption, "An index entry has no item");
    }
    const model::ItemView item{std::string_view(fetched_)};
    const auto size_bytes = item.size_bytes();
    fetch_units_ += read_units(size_bytes, page_.consistent_read);
    page_size_bytes_ += size_bytes;
    sink_.item(item);
    return {};
  }

  [[nodiscard]] bool is_full() const {
    return outcome_.scanned_count == page_.limit || page_size_bytes_ >= model::kPageSizeBytesMax;
  }

  const DatabaseState& state_;
  const ReadTarget& target_;
  const ReadPage& page_;
  ItemSink& sink_;
  std::unique_ptr<storage::Snapshot> snapshot_;  // entries and items of one moment
  std::string fetched_;
  std::size_t entries_size_bytes_ = 0;  // before filter and projection: what is charged
  std::size_t page_size_bytes_ = 0;     // with fetched items: what ends the page
  double fetch_units_ = 0;
  PageOutcome outcome_{};
};

}  // namespace

Result<ReadTarget> find_target(const DatabaseState& state, const ReadPage& page) {
  ReadTarget target{PARLEY_TRY(state.catalog.find(page.table)).table, nullptr, false};
  if (!page.index) return target;
  target.index = target.table->find_index(*page.index);
  if (!target.index) {
    return invalid(fmt::format("The table does not have the specified index: {}", *page.index));
  }
  if (target.index->kind == model::IndexKind::kGlobal && page.consistent_read) {
    return invalid("Consistent reads are not supported on global secondary indexes");
  }
  if (target.index->status == model::IndexStatus::kCreating) {
    return invalid(
        fmt::format("Cannot read from backfilling global secondary index: {}", *page.index));
  }
  return target;
}

Status bind_attributes(ReadTarget& target, const ReadPage& page, ReadOperation operation) {
  if (page.projection) PARLEY_TRY(check_no_path_below_keys(*target.table, *page.projection));
  if (page.filter) PARLEY_TRY(check_filter(target, *page.filter, operation));
  if (!target.index && page.select == Select::kAllProjectedAttributes) {
    return invalid(
        fmt::format("ALL_PROJECTED_ATTRIBUTES can be used only when {} using an IndexName",
                    operation == ReadOperation::kQuery ? "Querying" : "Scanning"));
  }
  if (!target.index || target.index->projection.type == model::ProjectionType::kAll) return {};
  const bool is_global = target.index->kind == model::IndexKind::kGlobal;
  if (page.select == Select::kAllAttributes) {
    if (is_global) {
      return invalid(fmt::format(
          "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported "
          "for global secondary index {} because its projection type is not ALL",
          target.index->name));
    }
    target.fetches_items = true;
    return {};
  }
  if (!page.projection) return {};
  const auto missing = unprojected(target, page.projection->attribute_names());
  if (missing.empty()) return {};
  if (is_global) {
    return invalid(
        fmt::format("One or more parameter values were invalid: Global secondary index {} does not "
                    "project [{}]",
                    target.index->name, fmt::join(missing, ", ")));
  }
  target.fetches_items = true;
  return {};
}

Status check_start_key(const ReadTarget& target, const model::MapView& start_key,
                       ReadOperation operation) {
  const bool prefixed = operation == ReadOperation::kScan && !target.index;
  constexpr std::string_view kInvalid = "The provided starting key is invalid";
  const auto& table_key = target.table->key;
  const auto keys = target.index ? model::extract_keys(table_key, target.index->key, start_key)
                                 : model::extract_key(table_key, start_key);
  std::size_t wanted = 0;
  const auto count_attributes = [&](const model::KeySchema& schema, const auto& skip) {
    for (const auto& attribute : schema.hash) wanted += skip(attribute.name) ? 0U : 1U;
    for (const auto& attribute : schema.range) wanted += skip(attribute.name) ? 0U : 1U;
  };
  count_attributes(table_key, [](const std::string&) { return false; });
  if (target.index) {
    count_attributes(target.index->key,
                     [&](const std::string& name) { return table_key.contains(name); });
  }
  if (start_key.size() != wanted || keys.view().size() != wanted) {
    return invalid(
        prefixed ? fmt::format("{}: The provided key element does not match the schema", kInvalid)
                 : std::string(kInvalid));
  }
  if (!prefixed) {
    PARLEY_TRY(check_lookup_key(target.key(), model::extract_key(target.key(), start_key).view()));
  }
  const auto fits = check_lookup_key(table_key, model::extract_key(table_key, start_key).view());
  if (!fits) return invalid(fmt::format("{}: {}", kInvalid, fits.error().message));
  return {};
}

std::string stored_start_key(const ReadTarget& target, const model::MapView& start_key) {
  if (!target.index) return codec::item_key(*target.table, start_key);
  auto key = codec::index_key(*target.table, *target.index, start_key);
  PARLEY_ASSERT(key.has_value());
  return std::move(*key);
}

void start_after(storage::KeyRange& range, storage::Direction direction, std::string stored_key) {
  if (direction == storage::Direction::kBackward) {
    if (range.end.empty() || stored_key < range.end) range.end = std::move(stored_key);
    return;
  }
  stored_key.push_back('\0');  // the smallest key after it
  if (range.begin < stored_key) range.begin = std::move(stored_key);
}

Result<PageOutcome> read_page(const DatabaseState& state, const ReadTarget& target,
                              const ReadPage& page, const storage::KeyRange& range,
                              storage::Direction direction, ItemSink& sink) {
  return PageReader(state, target, page, sink).read(range, direction);
}

}  // namespace parley::engine
