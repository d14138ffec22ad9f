#include "messaging/domain/table_setup.h"

#include <fmt/format.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/base64.h"
#include "messaging/domain/table_calls.h"
#include "messaging/table_items.h"
#include "messaging/timestamp.h"

namespace parley::messaging {
namespace {

constexpr std::size_t kCursorKeySize = 32;
constexpr std::string_view kTtlAttribute = "ttl";
constexpr std::chrono::milliseconds kPauseFirst{10};  // doubled each time
constexpr std::chrono::milliseconds kPauseMax{1000};
constexpr int kPollsMax = 66;  // a minute
constexpr int kAttemptsMax = 16;

using simdjson::dom::element;

/// A reply, parsed. The element lives as long as this.
struct Parsed {
  simdjson::dom::parser parser{};
  element json{};
};

Result<std::unique_ptr<Parsed>> parsed(const std::string& reply) {
  auto out = std::make_unique<Parsed>();
  if (out->parser.parse(reply).get(out->json) != simdjson::SUCCESS) {
    return fail(ErrorCode::kRemote, "The database's answer is no JSON");
  }
  return out;
}

std::string_view text(const simdjson::simdjson_result<element>& value) {
  std::string_view out;
  return value.get(out) == simdjson::SUCCESS ? out : std::string_view();
}

/// "pk HASH, sk RANGE" with the types: "pk (S) HASH, sk (S) RANGE".
std::string keys_of(const element& table, const simdjson::simdjson_result<element>& schema) {
  std::string out;
  simdjson::dom::array keys;
  if (schema.get(keys) != simdjson::SUCCESS) return out;
  for (const element key : keys) {
    const std::string_view name = text(key["AttributeName"]);
    std::string_view type;
    simdjson::dom::array definitions;
    if (table["AttributeDefinitions"].get(definitions) == simdjson::SUCCESS) {
      for (const element definition : definitions) {
        if (text(definition["AttributeName"]) == name) type = text(definition["AttributeType"]);
      }
    }
    out += fmt::format("{}{} ({}) {}", out.empty() ? "" : ", ", name, type, text(key["KeyType"]));
  }
  return out;
}

/// The index of that name; none if there is none.
std::optional<element> index_of(const element& table, std::string_view name) {
  simdjson::dom::array indexes;
  if (table["GlobalSecondaryIndexes"].get(indexes) != simdjson::SUCCESS) return std::nullopt;
  for (const element index : indexes) {
    if (text(index["IndexName"]) == name) return index;
  }
  return std::nullopt;
}

/// What is not as it must be, each a clause.
std::vector<std::string> faults_of(const element& table, std::string_view index_name) {
  constexpr std::string_view kKeys = "pk (S) HASH, sk (S) RANGE";
  constexpr std::string_view kIndexKeys = "message_group_uuid (S) HASH, sk (S) RANGE";
  std::vector<std::string> faults;
  if (const auto keys = keys_of(table, table["KeySchema"]); keys != kKeys) {
    faults.push_back(fmt::format("its keys are {} and should be {}", keys, kKeys));
  }
  const auto index = index_of(table, index_name);
  if (!index) {
    faults.push_back(fmt::format("it has no index {} ({})", index_name, kIndexKeys));
  } else {
    if (const auto keys = keys_of(table, (*index)["KeySchema"]); keys != kIndexKeys) {
      faults.push_back(fmt::format("the keys of its index {} are {} and should be {}", index_name,
                                   keys, kIndexKeys));
    }
    if (text((*index)["Projection"]["ProjectionType"]) != "ALL") {
      faults.push_back(fmt::format("its index {} does not project ALL", index_name));
    }
  }
  const element description = table;
  bool enabled = false;
  if (description["StreamSpecification"]["StreamEnabled"].get(enabled) != simdjson::SUCCESS ||
      !enabled) {
    faults.emplace_back("it has no stream (StreamViewType NEW_IMAGE)");
  } else {
    const std::string_view view = text(description["StreamSpecification"]["StreamViewType"]);
    if (view != "NEW_IMAGE" && view != "NEW_AND_OLD_IMAGES") {
      faults.push_back(fmt::format(
          "its stream's view type is {} and should be NEW_IMAGE or NEW_AND_OLD_IMAGES", view));
    }
  }
  return faults;
}

bool is_ready(const element& table, std::string_view index_name) {
  const auto index = index_of(table, index_name);
  const auto settled = [](std::string_view status) {
    // Some compatible servers give an index no status.
    return status != "CREATING" && status != "DELETING";
  };
  return settled(text(table["TableStatus"])) && (!index || settled(text((*index)["IndexStatus"])));
}

Status create_table(TableCalls& table, const DomainSettings& settings) {
  const auto reply = table.call(
      "CreateTable",
      fmt::format(
          R"({{{},"BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[)"
          R"({{"AttributeName":"pk","AttributeType":"S"}},)"
          R"({{"AttributeName":"sk","AttributeType":"S"}},)"
          R"({{"AttributeName":"message_group_uuid","AttributeType":"S"}}],)"
          R"("KeySchema":[{{"AttributeName":"pk","KeyType":"HASH"}},)"
          R"({{"AttributeName":"sk","KeyType":"RANGE"}}],)"
          R"("GlobalSecondaryIndexes":[{{"IndexName":{},"KeySchema":[)"
          R"({{"AttributeName":"message_group_uuid","KeyType":"HASH"}},)"
          R"({{"AttributeName":"sk","KeyType":"RANGE"}}],)"
          R"("Projection":{{"ProjectionType":"ALL"}}}}],)"
          R"("StreamSpecification":{{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"}}}})",
          table.table(), json_string(settings.index)));
  // Another process may be making it at this moment.
  if (!reply && !client::is_service_error(reply.error(), "ResourceInUseException")) {
    return std::unexpected(reply.error());
  }
  return {};
}

/// Waits until the table is there and settled, and checks it.
Status check_table(Domain& domain, TableCalls& table, const TableSetupOptions& options) {
  const DomainSettings& settings = domain.settings;
  bool asked = false;
  for (int poll = 0; poll < kPollsMax; ++poll) {
    const auto reply = table.call("DescribeTable", "{" + table.table() + "}");
    if (!reply) {
      if (!client::is_service_error(reply.error(), "ResourceNotFoundException")) {
        return std::unexpected(reply.error());
      }
      if (!options.create) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("There is no table {} at this database", settings.table));
      }
      if (!asked) PARLEY_TRY(create_table(table, settings));
      asked = true;
    } else {
      const auto description = PARLEY_TRY(parsed(*reply));
      element described;
      if (description->json["Table"].get(described) != simdjson::SUCCESS) {
        return fail(ErrorCode::kRemote, "The database's answer to DescribeTable has no Table");
      }
      const auto faults = faults_of(described, settings.index);
      if (!faults.empty()) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("The table {} cannot hold messages: {}", settings.table,
                                fmt::join(faults, "; ")));
      }
      if (is_ready(described, settings.index)) return {};
    }
    domain.pause(std::min(kPauseMax, kPauseFirst * (1 << std::min(poll, 10))));
  }
  return fail(ErrorCode::kTimeout, fmt::format("The table {} is not ready", settings.table));
}

Status switch_ttl_on(TableCalls& table, const DomainSettings& settings) {
  const std::string reply = PARLEY_TRY(table.call("DescribeTimeToLive", "{" + table.table() + "}"));
  const auto description = PARLEY_TRY(parsed(reply));
  const auto ttl = description->json["TimeToLiveDescription"];
  const std::string_view status = text(ttl["TimeToLiveStatus"]);
  if (status == "ENABLED" || status == "ENABLING") {
    const std::string_view attribute = text(ttl["AttributeName"]);
    if (attribute == kTtlAttribute) return {};
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("The time to live of the table {} is switched on for {} and should be "
                            "for {}",
                            settings.table, attribute, kTtlAttribute));
  }
  const auto switched = table.call(
      "UpdateTimeToLive",
      fmt::format(R"({{{},"TimeToLiveSpecification":{{"Enabled":true,"AttributeName":"{}"}}}})",
                  table.table(), kTtlAttribute));
  if (switched) return {};
  // Another process was first.
  const std::string again = PARLEY_TRY(table.call("DescribeTimeToLive", "{" + table.table() + "}"));
  if (again.find("\"ENABL") != std::string::npos) return {};
  return std::unexpected(switched.error());
}

Result<std::string> new_cursor_key() {
  std::string key(kCursorKeySize, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size())) != 1) {
    return fail(ErrorCode::kInternal, "The system has no random bytes for a key");
  }
  return key;
}

Result<std::string> new_issuer_key() {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  unsigned char* der = nullptr;
  const int size = key ? i2d_PrivateKey(key.get(), &der) : 0;
  if (size <= 0) return fail(ErrorCode::kInternal, "A signing key could not be made");
  std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_cleanse(der, static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

std::string binary_of(const element& item, std::string_view name) {
  std::string_view base64;
  if (item[name]["B"].get(base64) != simdjson::SUCCESS) return {};
  return decode_base64(base64).value_or("");
}

std::string binary_value(std::string_view bytes) {
  std::string base64;
  append_base64(base64, bytes);
  return fmt::format(R"({{"B":"{}"}})", base64);
}

Result<ServiceKeys> service_keys(Domain& domain, TableCalls& table) {
  const ItemKey key{std::string(kService), std::string(kServiceKey)};
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    ServiceKeys keys;
    const bool found = PARLEY_TRY(table.visit(key, [&](const element& item) {
      keys = {.cursor_key = binary_of(item, "cursor_key"),
              .issuer_key = binary_of(item, "issuer_key")};
    }));
    if (found) {
      if (keys.cursor_key.size() == kCursorKeySize && !keys.issuer_key.empty()) return keys;
      return fail(ErrorCode::kCorruption,
                  fmt::format("The item {} / {} of the table {} has no keys", key.pk, key.sk,
                              domain.settings.table));
    }
    keys = {.cursor_key = PARLEY_TRY(new_cursor_key()), .issuer_key = PARLEY_TRY(new_issuer_key())};
    PARLEY_TRY(attempted(table.put(
        key.pk,
        fmt::format(R"({{"pk":{},"sk":{},"cursor_key":{},"issuer_key":{},"created_at":{}}})",
                    string_value(key.pk), string_value(key.sk), binary_value(keys.cursor_key),
                    binary_value(keys.issuer_key), string_value(iso_utc(domain.clock.now()))),
        {.condition = "attribute_not_exists(pk)"})));
  }
  return fail(ErrorCode::kUnavailable, "The service's keys could not be stored");
}

}  // namespace

Result<ServiceKeys> prepare_table(Domain& domain, const TableSetupOptions& options) {
  TableCalls table(domain);
  PARLEY_TRY(check_table(domain, table, options));
  PARLEY_TRY(switch_ttl_on(table, domain.settings));
  return service_keys(domain, table);
}

}  // namespace parley::messaging
