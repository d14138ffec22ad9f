#include "engine/throughput_update.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace parley::engine {
namespace {

bool is_set(const model::Throughput& throughput) {
  return throughput.read_units != 0 || throughput.write_units != 0;
}

/// `what` is "table", or "index" and its name.
Status change_units(model::Throughput& current, const model::Throughput& wanted,
                    std::string_view what, TimestampMicros now) {
  const auto read_change = wanted.read_units - current.read_units;
  const auto write_change = wanted.write_units - current.write_units;
  if (read_change == 0 && write_change == 0) {
    return invalid(fmt::format(
        "The provisioned throughput for the {0} will not change. The requested value equals the "
        "current value. Current ReadCapacityUnits provisioned for the {0}: {1}. Requested "
        "ReadCapacityUnits: {1}. Current WriteCapacityUnits provisioned for the {0}: {2}. "
        "Requested "
        "WriteCapacityUnits: {2}. Refer to the Amazon DynamoDB Developer Guide for current limits "
        "and how to request higher limits.",
        what, current.read_units, current.write_units));
  }
  if (read_change > 0 || write_change > 0) current.last_increase = now;
  if (read_change < 0 || write_change < 0) {
    current.last_decrease = now;
    ++current.decreases_today;
  }
  current.read_units = wanted.read_units;
  current.write_units = wanted.write_units;
  return {};
}

/// Switching to provisioned capacity names units for the table and for each of its indexes.
Status check_all_provisioned(const model::Table& table, const TableUpdate& update) {
  if (!update.throughput) {
    return invalid(
        "One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must "
        "both be specified when BillingMode is PROVISIONED");
  }
  std::vector<std::string_view> missing;
  for (const auto& index : table.global_indexes) {
    const bool named = std::ranges::any_of(update.index_updates, [&](const auto& change) {
      return change.index.name == index.name &&
             (change.kind == GlobalIndexUpdate::Kind::kDelete || is_set(change.index.throughput));
    });
    if (!named) missing.push_back(index.name);
  }
  if (missing.empty()) return {};
  return invalid(fmt::format(
      "One or more parameter values were invalid: ProvisionedThroughput must be specified for "
      "index: {}",
      fmt::join(missing, ",")));
}

void switch_to_on_demand(model::Table& table, TimestampMicros now) {
  table.billing_mode = model::BillingMode::kPayPerRequest;
  table.billing_mode_changed_at = now;
  table.throughput.read_units = 0;
  table.throughput.write_units = 0;
  for (auto& index : table.global_indexes) {
    index.throughput.read_units = 0;
    index.throughput.write_units = 0;
  }
}

}  // namespace

Status update_throughput(model::Table& table, const TableUpdate& update, TimestampMicros now) {
  const auto mode = update.billing_mode.value_or(table.billing_mode);
  const bool is_switched = mode != table.billing_mode;
  if (mode == model::BillingMode::kPayPerRequest) {
    if (update.throughput) {
      return invalid(
          "One or more parameter values were invalid: Neither ReadCapacityUnits nor "
          "WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST");
    }
    if (is_switched) switch_to_on_demand(table, now);
    return {};
  }
  if (is_switched) {
    PARLEY_TRY(check_all_provisioned(table, update));
    table.billing_mode = mode;
    table.throughput.read_units = update.throughput->read_units;
    table.throughput.write_units = update.throughput->write_units;
    // Ceilings belong to on-demand tables and do not come back with them.
    table.on_demand.reset();
    for (auto& index : table.global_indexes) index.on_demand.reset();
    return {};
  }
  if (!update.throughput) return {};
  return change_units(table.throughput, *update.throughput, "table", now);
}

Status update_index_throughput(const model::Table& table, model::SecondaryIndex& index,
                               const model::SecondaryIndex& change, TimestampMicros now) {
  if (change.on_demand) index.on_demand = change.on_demand;
  if (change.warm) index.warm = change.warm;
  if (!is_set(change.throughput)) return {};
  if (table.billing_mode == model::BillingMode::kPayPerRequest) {
    return invalid(fmt::format(
        "One or more parameter values were invalid: Neither ReadCapacityUnits nor "
        "WriteCapacityUnits can be specified for index: {} when BillingMode is PAY_PER_REQUEST",
        index.name));
  }
  return change_units(index.throughput, change.throughput, fmt::format("index {}", index.name),
                      now);
}

Status check_new_index_throughput(const model::Table& table, const model::SecondaryIndex& index) {
  const bool is_on_demand = table.billing_mode == model::BillingMode::kPayPerRequest;
  if (is_on_demand && is_set(index.throughput)) {
    return invalid(fmt::format(
        "One or more parameter values were invalid: Neither ReadCapacityUnits nor "
        "WriteCapacityUnits can be specified for index: {} when BillingMode is PAY_PER_REQUEST",
        index.name));
  }
  if (!is_on_demand && !is_set(index.throughput)) {
    return invalid(fmt::format(
        "One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must "
        "both be specified for index: {}",
        index.name));
  }
  return {};
}

}  // namespace parley::engine
