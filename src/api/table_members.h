// Members of CreateTable and UpdateTable, read into model types, with the rules that each of them
// keeps on its own. Errors are kValidation in AWS's words throughout.
#pragma once

#include <simdjson.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/table.h"

namespace parley::api {

inline constexpr std::string_view kInvalidValues = "One or more parameter values were invalid: ";

/// Refuses a request that carries any of `names`. Errors: kValidation, naming the member and
/// Parley.
[[nodiscard]] Status refuse_members(const simdjson::dom::object& input,
                                    std::span<const std::string_view> names);

/// That the indexes project no more than kProjectedAttributesMax attributes together.
[[nodiscard]] Status check_projected_attributes(const model::Table& table);

/// `subject` completes the message of a figure that is out of bounds: empty for the table,
/// " for index NAME" for an index.
[[nodiscard]] Result<model::Throughput> read_throughput(const simdjson::dom::object& input,
                                                        std::string_view subject);

/// ALL and KEYS_ONLY take no NonKeyAttributes, INCLUDE needs some, each once.
[[nodiscard]] Result<model::IndexProjection> read_projection(const simdjson::dom::object& input);

/// The name of an index in messages about its ceilings; absent for the table.
using IndexName = std::optional<std::string_view>;

/// At least 1 each; -1 (no ceiling) only where `clearing` is allowed. Refused with PROVISIONED
/// billing.
[[nodiscard]] Result<model::OnDemandThroughput> read_on_demand(const simdjson::dom::object& input,
                                                               IndexName index,
                                                               model::BillingMode billing_mode,
                                                               bool clearing);

[[nodiscard]] model::WarmThroughput read_warm_throughput(const simdjson::dom::object& input);

/// What a new table or index is warm for without being told.
[[nodiscard]] model::WarmThroughput initial_warm_throughput(model::BillingMode billing_mode,
                                                            const model::Throughput& throughput);

/// What a table or index is warm for: what was asked for and never less than the initial figures.
[[nodiscard]] model::WarmThroughput effective_warm_throughput(
    model::BillingMode billing_mode, const model::Throughput& throughput,
    const std::optional<model::WarmThroughput>& requested);

/// That a new table's or index's WarmThroughput is no lower than what it has anyway.
[[nodiscard]] Status check_initial_warm(const model::WarmThroughput& warm, IndexName index,
                                        model::BillingMode billing_mode,
                                        const model::Throughput& throughput);

[[nodiscard]] model::BillingMode read_billing_mode(std::string_view text);
[[nodiscard]] model::StreamViewType read_stream_view_type(std::string_view text);

/// STANDARD or STANDARD_INFREQUENT_ACCESS.
[[nodiscard]] Result<std::string> read_table_class(std::string_view text);

/// SSESpecification: whether a KMS key encrypts, and which (its ARN).
struct Encryption {
  bool enabled = false;
  std::optional<std::string> key;  // as the request names it; absent: AWS's own
};
[[nodiscard]] Result<Encryption> read_encryption(const simdjson::dom::object& input);
/// The key's ARN as a description shows it.
[[nodiscard]] std::string kms_key_arn(const model::Realm& realm,
                                      const std::optional<std::string>& key);

}  // namespace parley::api
