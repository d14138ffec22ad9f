#include "cli/founding_table.h"

#include <fmt/format.h>

#include "cli/json_text.h"
#include "messaging/timestamp.h"

namespace parley::cli {
namespace {

constexpr TimestampMicros kMinute = 60'000'000;

using Attributes = std::vector<std::pair<std::string_view, std::string>>;

/// An item whose attributes are all strings, as every item of the founding document is.
std::string item_of(const Attributes& attributes) {
  std::string out = "{";
  for (const auto& [name, value] : attributes) {
    out += fmt::format("{}{}:{{\"S\":{}}}", out.size() > 1 ? "," : "", json_string(name),
                       json_string(value));
  }
  return out + "}";
}

Attributes person_attributes(const Person& person) {
  return {{"user_uuid", std::string(person.uuid)},
          {"user_display_name", std::string(person.display_name)},
          {"user_handle", std::string(person.handle)}};
}

std::string message_item(const DemoLine& line, TimestampMicros at, Random& random) {
  Attributes attributes = person_attributes(kSeedPeople[line.speaker]);
  attributes.insert(attributes.begin(), {{"pk", fmt::format("MSG#{}", kSeedGroupUuid)},
                                         {"sk", messaging::iso_utc(at)},
                                         {"message", std::string(line.text)},
                                         {"message_uuid", make_uuid(random)}});
  return item_of(attributes);
}

std::string row_item(const Person& owner, const Person& other, std::string_view last_message,
                     TimestampMicros at) {
  Attributes attributes = person_attributes(other);
  attributes.insert(attributes.begin(), {{"pk", fmt::format("GRP#{}", owner.uuid)},
                                         {"sk", messaging::iso_utc(at)},
                                         {"message_group_uuid", std::string(kSeedGroupUuid)},
                                         {"message", std::string(last_message)}});
  return item_of(attributes);
}

}  // namespace

const Person kSeedPeople[2] = {
    {"a6f1de0b-33c5-4e0f-8a57-9d6b1f0c2e01", "Ines Okafor", "ines"},
    {"c2b7e4d9-58ab-4c1d-b3f6-47d0a9e8f302", "Tomas Lindqvist", "tomas"},
};

std::string table_definition(std::string_view table) {
  constexpr std::string_view kThroughput = R"({"ReadCapacityUnits":5,"WriteCapacityUnits":5})";
  return fmt::format(
      R"({{"TableName":{},)"
      R"("AttributeDefinitions":[{{"AttributeName":"message_group_uuid","AttributeType":"S"}},)"
      R"({{"AttributeName":"pk","AttributeType":"S"}},{{"AttributeName":"sk","AttributeType":"S"}}],)"
      R"("KeySchema":[{{"AttributeName":"pk","KeyType":"HASH"}},)"
      R"({{"AttributeName":"sk","KeyType":"RANGE"}}],)"
      R"("GlobalSecondaryIndexes":[{{"IndexName":"{}","KeySchema":[)"
      R"({{"AttributeName":"message_group_uuid","KeyType":"HASH"}},)"
      R"({{"AttributeName":"sk","KeyType":"RANGE"}}],)"
      R"("Projection":{{"ProjectionType":"ALL"}},"ProvisionedThroughput":{}}}],)"
      R"("BillingMode":"PROVISIONED","ProvisionedThroughput":{},)"
      R"("StreamSpecification":{{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"}}}})",
      json_string(table), kMessageGroupIndex, kThroughput, kThroughput);
}

std::vector<std::string> seed_items(TimestampMicros last_message_at, Random& random) {
  const auto lines = demo_conversation();
  std::vector<std::string> items;
  items.reserve(lines.size() + 2);
  for (int owner = 0; owner < 2; ++owner) {
    items.push_back(
        row_item(kSeedPeople[owner], kSeedPeople[1 - owner], lines.back().text, last_message_at));
  }
  TimestampMicros at = last_message_at - kMinute * (static_cast<TimestampMicros>(lines.size()) - 1);
  for (const DemoLine& line : lines) {
    items.push_back(message_item(line, at, random));
    at += kMinute;
  }
  return items;
}

std::string newest_first_query(std::string_view table, std::string_view partition, unsigned limit,
                               std::string_view cursor) {
  const std::string key = json_string(partition);
  const std::string start =
      cursor.empty() ? ""
                     : fmt::format(R"(,"ExclusiveStartKey":{{"pk":{{"S":{}}},"sk":{{"S":{}}}}})",
                                   key, json_string(cursor));
  return fmt::format(R"({{"TableName":{},"KeyConditionExpression":"pk = :pk",)"
                     R"("ExpressionAttributeValues":{{":pk":{{"S":{}}}}},)"
                     R"("ScanIndexForward":false,"Limit":{},"ReturnConsumedCapacity":"TOTAL"{}}})",
                     json_string(table), key, limit, start);
}

}  // namespace parley::cli
