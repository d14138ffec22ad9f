#include "api/operations.h"

#include <algorithm>
#include <iterator>

namespace parley::api {
namespace {

constexpr std::string_view kPrefix = "DynamoDB_20120810.";

// In the order of their names: find_operation searches by halves.
constexpr Operation kOperations[] = {
    {"DynamoDBStreams_20120810.DescribeStream", &kDescribeStreamInput, describe_stream, false},
    {"DynamoDBStreams_20120810.GetRecords", &kGetRecordsInput, get_records, false},
    {"DynamoDBStreams_20120810.GetShardIterator", &kGetShardIteratorInput, get_shard_iterator,
     false},
    {"DynamoDBStreams_20120810.ListStreams", &kListStreamsInput, list_streams, false},
    {"DynamoDB_20120810.BatchGetItem", &kBatchGetItemInput, batch_get_item, false},
    {"DynamoDB_20120810.BatchWriteItem", &kBatchWriteItemInput, batch_write_item, false},
    {"DynamoDB_20120810.CreateTable", &kCreateTableInput, create_table, true},
    {"DynamoDB_20120810.DeleteItem", &kDeleteItemInput, delete_item, false},
    {"DynamoDB_20120810.DeleteTable", &kDeleteTableInput, delete_table, true},
    {"DynamoDB_20120810.DescribeContinuousBackups", &kDescribeContinuousBackupsInput,
     describe_continuous_backups, false},
    {"DynamoDB_20120810.DescribeEndpoints", &kDescribeEndpointsInput, describe_endpoints, false},
    {"DynamoDB_20120810.DescribeLimits", &kDescribeLimitsInput, describe_limits, false},
    {"DynamoDB_20120810.DescribeTable", &kDescribeTableInput, describe_table, false},
    {"DynamoDB_20120810.DescribeTimeToLive", &kDescribeTimeToLiveInput, describe_time_to_live,
     false},
    {"DynamoDB_20120810.GetItem", &kGetItemInput, get_item, false},
    {"DynamoDB_20120810.ListTables", &kListTablesInput, list_tables, false},
    {"DynamoDB_20120810.ListTagsOfResource", &kListTagsOfResourceInput, list_tags_of_resource,
     false},
    {"DynamoDB_20120810.PutItem", &kPutItemInput, put_item, false},
    {"DynamoDB_20120810.Query", &kQueryInput, query, false},
    {"DynamoDB_20120810.Scan", &kScanInput, scan, false},
    {"DynamoDB_20120810.TagResource", &kTagResourceInput, tag_resource, true},
    {"DynamoDB_20120810.TransactGetItems", &kTransactGetItemsInput, transact_get_items, false},
    {"DynamoDB_20120810.TransactWriteItems", &kTransactWriteItemsInput, transact_write_items,
     false},
    {"DynamoDB_20120810.UntagResource", &kUntagResourceInput, untag_resource, true},
    {"DynamoDB_20120810.UpdateItem", &kUpdateItemInput, update_item, false},
    {"DynamoDB_20120810.UpdateTable", &kUpdateTableInput, update_table, true},
    {"DynamoDB_20120810.UpdateTimeToLive", &kUpdateTimeToLiveInput, update_time_to_live, true},
};
static_assert(std::ranges::is_sorted(kOperations, {}, &Operation::target));

constexpr std::string_view kUnsupported[] = {
    "BatchExecuteStatement",
    "CreateBackup",
    "CreateGlobalTable",
    "DeleteBackup",
    "DeleteResourcePolicy",
    "DescribeBackup",
    "DescribeContributorInsights",
    "DescribeExport",
    "DescribeGlobalTable",
    "DescribeGlobalTableSettings",
    "DescribeImport",
    "DescribeKinesisStreamingDestination",
    "DescribeTableReplicaAutoScaling",
    "DisableKinesisStreamingDestination",
    "EnableKinesisStreamingDestination",
    "ExecuteStatement",
    "ExecuteTransaction",
    "ExportTableToPointInTime",
    "GetResourcePolicy",
    "ImportTable",
    "ListBackups",
    "ListContributorInsights",
    "ListExports",
    "ListGlobalTables",
    "ListImports",
    "PutResourcePolicy",
    "RestoreTableFromBackup",
    "RestoreTableToPointInTime",
    "SearchVectors",
    "UpdateContinuousBackups",
    "UpdateContributorInsights",
    "UpdateGlobalTable",
    "UpdateGlobalTableSettings",
    "UpdateKinesisStreamingDestination",
    "UpdateTableReplicaAutoScaling",
};
static_assert(std::ranges::is_sorted(kUnsupported));

}  // namespace

const Operation* find_operation(std::string_view target) {
  const auto* found = std::ranges::lower_bound(kOperations, target, {}, &Operation::target);
  return found != std::end(kOperations) && found->target == target ? found : nullptr;
}

bool is_known_unsupported(std::string_view target) {
  return target.starts_with(kPrefix) &&
         std::ranges::binary_search(kUnsupported, target.substr(kPrefix.size()));
}

}  // namespace parley::api
