#include "api/table_members.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "api/input.h"
#include "model/limits.h"

namespace parley::api {
namespace {

constexpr std::string_view kOnDemandFloor =
    "initial throughput for OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/"
    "developerguide/on-demand-capacity-mode.html#on-demand-capacity-mode-initial";

// The account's key that AWS manages for DynamoDB; AWS names it by its id, not by its alias.
constexpr std::string_view kAwsManagedKey = "4d0f2c8e-6a57-4b1c-9e38-d2a1f5b07c64";

using simdjson::dom::object;

constexpr std::int64_t kCapacityUnitsMax = 1'000'000'000'000;
// Source: …/developerguide/warm-throughput.html
constexpr std::int64_t kOnDemandWarmReadUnits = 12'000;
constexpr std::int64_t kOnDemandWarmWriteUnits = 4'000;

Result<std::int64_t> read_units(const object& input, std::string_view name,
                                std::string_view subject) {
  const std::int64_t units = find_integer(input, name).value_or(0);
  if (units <= kCapacityUnitsMax) return units;
  return invalid(fmt::format("Given value {} for {} is out of bounds{}", units, name, subject));
}

Result<std::optional<std::int64_t>> read_ceiling(const object& input, std::string_view name,
                                                 IndexName index, model::BillingMode billing_mode,
                                                 bool clearing) {
  const auto units = find_integer(input, name);
  if (!units) return std::nullopt;
  const std::string of_index = index ? fmt::format(" for index : {}", *index) : "";
  if (billing_mode == model::BillingMode::kProvisioned) {
    return invalid(
        fmt::format("{}{} for OnDemandThroughput{} cannot be specified when the table BillingMode "
                    "is PROVISIONED",
                    kInvalidValues, name, of_index));
  }
  if (*units < 1 && !(clearing && *units == -1)) {
    return invalid(fmt::format("{}Requested {} for OnDemandThroughput{} is outside of valid range",
                               kInvalidValues, name, index ? of_index : " for table"));
  }
  return units;
}

Status check_warm(std::string_view name, std::optional<std::int64_t> units, std::int64_t floor,
                  IndexName index, std::string_view floor_name) {
  if (!units || *units >= floor) return {};
  const std::string subject = index ? fmt::format("index {}", *index) : "table";
  return invalid(fmt::format("{}Requested {} for WarmThroughput for {} is lower than {}",
                             kInvalidValues, name, subject, floor_name));
}

}  // namespace

Status refuse_members(const object& input, std::span<const std::string_view> names) {
  for (const std::string_view name : names) {
    if (!find_member(input, name)) continue;
    return invalid(fmt::format("{}Parley does not support {} yet", kInvalidValues, name));
  }
  return {};
}

Status check_projected_attributes(const model::Table& table) {
  std::size_t count = 0;
  for (const auto* indexes : {&table.local_indexes, &table.global_indexes}) {
    for (const model::SecondaryIndex& index : *indexes) {
      count += index.projection.non_key_attributes.size();
    }
  }
  if (count <= model::kProjectedAttributesMax) return {};
  return invalid(
      fmt::format("{}Number of attributes projected into all indexes exceeds per-table limit of {}",
                  kInvalidValues, model::kProjectedAttributesMax));
}

Result<model::Throughput> read_throughput(const object& input, std::string_view subject) {
  model::Throughput throughput;
  throughput.read_units = PARLEY_TRY(read_units(input, "ReadCapacityUnits", subject));
  throughput.write_units = PARLEY_TRY(read_units(input, "WriteCapacityUnits", subject));
  return throughput;
}

Result<model::IndexProjection> read_projection(const object& input) {
  const auto type = find_string(input, "ProjectionType");
  if (!type) return invalid(fmt::format("{}Unknown ProjectionType: null", kInvalidValues));
  model::IndexProjection projection;
  projection.type = *type == "INCLUDE"     ? model::ProjectionType::kInclude
                    : *type == "KEYS_ONLY" ? model::ProjectionType::kKeysOnly
                                           : model::ProjectionType::kAll;
  const auto names = find_array(input, "NonKeyAttributes");
  const bool include = projection.type == model::ProjectionType::kInclude;
  if (names.has_value() != include) {
    return invalid(fmt::format("{}ProjectionType is {}, but NonKeyAttributes is {}specified",
                               kInvalidValues, *type, include ? "not " : ""));
  }
  if (!names) return projection;
  for (const simdjson::dom::element name : *names) {
    std::string text(as_string(name));
    if (std::ranges::find(projection.non_key_attributes, text) !=
        projection.non_key_attributes.end()) {
      return invalid(
          fmt::format("{}Duplicate element in NonKeyAttributes: {}", kInvalidValues, text));
    }
    projection.non_key_attributes.push_back(std::move(text));
  }
  return projection;
}

Result<model::OnDemandThroughput> read_on_demand(const object& input, IndexName index,
                                                 model::BillingMode billing_mode, bool clearing) {
  model::OnDemandThroughput ceilings;
  ceilings.max_read_units =
      PARLEY_TRY(read_ceiling(input, "MaxReadRequestUnits", index, billing_mode, clearing));
  ceilings.max_write_units =
      PARLEY_TRY(read_ceiling(input, "MaxWriteRequestUnits", index, billing_mode, clearing));
  return ceilings;
}

model::WarmThroughput read_warm_throughput(const object& input) {
  return {find_integer(input, "ReadUnitsPerSecond"), find_integer(input, "WriteUnitsPerSecond")};
}

model::WarmThroughput initial_warm_throughput(model::BillingMode billing_mode,
                                              const model::Throughput& throughput) {
  if (billing_mode == model::BillingMode::kProvisioned) {
    return {throughput.read_units, throughput.write_units};
  }
  return {kOnDemandWarmReadUnits, kOnDemandWarmWriteUnits};
}

model::WarmThroughput effective_warm_throughput(
    model::BillingMode billing_mode, const model::Throughput& throughput,
    const std::optional<model::WarmThroughput>& requested) {
  model::WarmThroughput warm = initial_warm_throughput(billing_mode, throughput);
  if (!requested) return warm;
  const auto raise = [](std::optional<std::int64_t>& figure, std::optional<std::int64_t> wanted) {
    figure = std::max(*figure, wanted.value_or(0));
  };
  raise(warm.read_units_per_second, requested->read_units_per_second);
  raise(warm.write_units_per_second, requested->write_units_per_second);
  return warm;
}

Status check_initial_warm(const model::WarmThroughput& warm, IndexName index,
                          model::BillingMode billing_mode, const model::Throughput& throughput) {
  const model::WarmThroughput floor = initial_warm_throughput(billing_mode, throughput);
  const bool provisioned = billing_mode == model::BillingMode::kProvisioned;
  PARLEY_TRY(check_warm(
      "ReadUnitsPerSecond", warm.read_units_per_second, *floor.read_units_per_second, index,
      provisioned ? "ReadCapacityUnits of ProvisionedThroughput" : kOnDemandFloor));
  return check_warm("WriteUnitsPerSecond", warm.write_units_per_second,
                    *floor.write_units_per_second, index,
                    provisioned ? "WriteCapacityUnits of ProvisionedThroughput" : kOnDemandFloor);
}

model::BillingMode read_billing_mode(std::string_view text) {
  return text == "PAY_PER_REQUEST" ? model::BillingMode::kPayPerRequest
                                   : model::BillingMode::kProvisioned;
}

model::StreamViewType read_stream_view_type(std::string_view text) {
  if (text == "KEYS_ONLY") return model::StreamViewType::kKeysOnly;
  if (text == "NEW_IMAGE") return model::StreamViewType::kNewImage;
  if (text == "OLD_IMAGE") return model::StreamViewType::kOldImage;
  return model::StreamViewType::kNewAndOldImages;
}

Result<std::string> read_table_class(std::string_view text) {
  if (text == "STANDARD" || text == "STANDARD_INFREQUENT_ACCESS") return std::string(text);
  return invalid(
      "Invalid table-class parameter provided. Please try again with a valid table-class value: "
      "[STANDARD, STANDARD_INFREQUENT_ACCESS].");
}

Result<Encryption> read_encryption(const object& input) {
  const auto enabled = find_boolean(input, "Enabled");
  const auto type = find_string(input, "SSEType");
  const auto key = find_string(input, "KMSMasterKeyId");
  const auto refuse = [](std::string_view why) {
    return invalid(fmt::format("{}{}", kInvalidValues, why));
  };
  if (enabled == false) {
    if (type) return refuse("SSEType can not be specified if Enabled is false");
    if (key) return refuse("KMSMasterKeyId can not be specified if Enabled is false");
    return Encryption{};
  }
  if (type == "AES256") return refuse("SSEType AES256 is not supported");
  if (key && !type) return refuse("SSEType KMS is required if KMSMasterKeyId is specified");
  Encryption encryption;
  encryption.enabled = enabled.has_value() || type.has_value();
  if (key) encryption.key = std::string(*key);
  return encryption;
}

std::string kms_key_arn(const model::Realm& realm, const std::optional<std::string>& key) {
  const std::string_view name = key ? std::string_view(*key) : kAwsManagedKey;
  if (name.starts_with("arn:")) return std::string(name);
  return fmt::format("arn:aws:kms:{}:{}:{}{}", realm.region, realm.account,
                     name.starts_with("alias/") ? "" : "key/", name);
}

}  // namespace parley::api
