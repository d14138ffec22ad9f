// The operations and where each is: a shape of its input and a handler (api/operation.h), both
// defined in the operation's own file and entered in the table of operations.cc.
#pragma once

#include <string>
#include <string_view>

#include "api/operation.h"
#include "api/shape.h"

namespace parley::api {

/// The row of the table for `target`, as X-Amz-Target has it ("DynamoDB_20120810.GetItem"), or
/// nullptr.
[[nodiscard]] const Operation* find_operation(std::string_view target);

/// True for a target that DynamoDB has and this table has not.
[[nodiscard]] bool is_known_unsupported(std::string_view target);

// Items.
extern const Shape kGetItemInput;
[[nodiscard]] Result<OperationReply> get_item(OperationContext& context,
                                              const simdjson::dom::object& input, std::string& out);
extern const Shape kPutItemInput;
[[nodiscard]] Result<OperationReply> put_item(OperationContext& context,
                                              const simdjson::dom::object& input, std::string& out);
extern const Shape kUpdateItemInput;
[[nodiscard]] Result<OperationReply> update_item(OperationContext& context,
                                                 const simdjson::dom::object& input,
                                                 std::string& out);
extern const Shape kDeleteItemInput;
[[nodiscard]] Result<OperationReply> delete_item(OperationContext& context,
                                                 const simdjson::dom::object& input,
                                                 std::string& out);
extern const Shape kQueryInput;
[[nodiscard]] Result<OperationReply> query(OperationContext& context,
                                           const simdjson::dom::object& input, std::string& out);
extern const Shape kScanInput;
[[nodiscard]] Result<OperationReply> scan(OperationContext& context,
                                          const simdjson::dom::object& input, std::string& out);
extern const Shape kBatchGetItemInput;
[[nodiscard]] Result<OperationReply> batch_get_item(OperationContext& context,
                                                    const simdjson::dom::object& input,
                                                    std::string& out);
extern const Shape kBatchWriteItemInput;
[[nodiscard]] Result<OperationReply> batch_write_item(OperationContext& context,
                                                      const simdjson::dom::object& input,
                                                      std::string& out);
extern const Shape kTransactGetItemsInput;
[[nodiscard]] Result<OperationReply> transact_get_items(OperationContext& context,
                                                        const simdjson::dom::object& input,
                                                        std::string& out);
extern const Shape kTransactWriteItemsInput;
[[nodiscard]] Result<OperationReply> transact_write_items(OperationContext& context,
                                                          const simdjson::dom::object& input,
                                                          std::string& out);

// Tables.
extern const Shape kCreateTableInput;
[[nodiscard]] Result<OperationReply> create_table(OperationContext& context,
                                                  const simdjson::dom::object& input,
                                                  std::string& out);
extern const Shape kDescribeTableInput;
[[nodiscard]] Result<OperationReply> describe_table(OperationContext& context,
                                                    const simdjson::dom::object& input,
                                                    std::string& out);
extern const Shape kListTablesInput;
[[nodiscard]] Result<OperationReply> list_tables(OperationContext& context,
                                                 const simdjson::dom::object& input,
                                                 std::string& out);
extern const Shape kUpdateTableInput;
[[nodiscard]] Result<OperationReply> update_table(OperationContext& context,
                                                  const simdjson::dom::object& input,
                                                  std::string& out);
extern const Shape kDeleteTableInput;
[[nodiscard]] Result<OperationReply> delete_table(OperationContext& context,
                                                  const simdjson::dom::object& input,
                                                  std::string& out);
extern const Shape kDescribeTimeToLiveInput;
[[nodiscard]] Result<OperationReply> describe_time_to_live(OperationContext& context,
                                                           const simdjson::dom::object& input,
                                                           std::string& out);
extern const Shape kUpdateTimeToLiveInput;
[[nodiscard]] Result<OperationReply> update_time_to_live(OperationContext& context,
                                                         const simdjson::dom::object& input,
                                                         std::string& out);
extern const Shape kDescribeContinuousBackupsInput;
[[nodiscard]] Result<OperationReply> describe_continuous_backups(OperationContext& context,
                                                                 const simdjson::dom::object& input,
                                                                 std::string& out);
extern const Shape kTagResourceInput;
[[nodiscard]] Result<OperationReply> tag_resource(OperationContext& context,
                                                  const simdjson::dom::object& input,
                                                  std::string& out);
extern const Shape kUntagResourceInput;
[[nodiscard]] Result<OperationReply> untag_resource(OperationContext& context,
                                                    const simdjson::dom::object& input,
                                                    std::string& out);
extern const Shape kListTagsOfResourceInput;
[[nodiscard]] Result<OperationReply> list_tags_of_resource(OperationContext& context,
                                                           const simdjson::dom::object& input,
                                                           std::string& out);

// Streams.
extern const Shape kListStreamsInput;
[[nodiscard]] Result<OperationReply> list_streams(OperationContext& context,
                                                  const simdjson::dom::object& input,
                                                  std::string& out);
extern const Shape kDescribeStreamInput;
[[nodiscard]] Result<OperationReply> describe_stream(OperationContext& context,
                                                     const simdjson::dom::object& input,
                                                     std::string& out);
extern const Shape kGetShardIteratorInput;
[[nodiscard]] Result<OperationReply> get_shard_iterator(OperationContext& context,
                                                        const simdjson::dom::object& input,
                                                        std::string& out);
extern const Shape kGetRecordsInput;
[[nodiscard]] Result<OperationReply> get_records(OperationContext& context,
                                                 const simdjson::dom::object& input,
                                                 std::string& out);

// The account.
extern const Shape kDescribeLimitsInput;
[[nodiscard]] Result<OperationReply> describe_limits(OperationContext& context,
                                                     const simdjson::dom::object& input,
                                                     std::string& out);
extern const Shape kDescribeEndpointsInput;
[[nodiscard]] Result<OperationReply> describe_endpoints(OperationContext& context,
                                                        const simdjson::dom::object& input,
                                                        std::string& out);

}  // namespace parley::api
