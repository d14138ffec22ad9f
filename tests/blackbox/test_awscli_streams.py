"""A session with Debian's AWS CLI: a table's stream from its first record to its end."""

from blackbox.awscli import AwsCliCase


class AwsCliStreams(AwsCliCase):

    def streams(self, *arguments):
        return self.aws_ok(*arguments, service="dynamodbstreams")

    def table_with_stream(self, name):
        """A new table with one shard; its stream's ARN."""
        created = self.aws_ok(
            "create-table",
            "--table-name",
            name,
            "--attribute-definitions",
            "AttributeName=pk,AttributeType=S",
            "--key-schema",
            "AttributeName=pk,KeyType=HASH",
            "--provisioned-throughput",
            "ReadCapacityUnits=1,WriteCapacityUnits=1",
            "--stream-specification",
            "StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES",
        )
        return created["TableDescription"]["LatestStreamArn"]

    def iterator(self, arn, *place):
        description = self.streams("describe-stream", "--stream-arn", arn)["StreamDescription"]
        (shard,) = description["Shards"]
        return self.streams(
            "get-shard-iterator",
            "--stream-arn",
            arn,
            "--shard-id",
            shard["ShardId"],
            "--shard-iterator-type",
            *place,
        )["ShardIterator"]

    def test_every_write_is_read_from_the_stream(self):
        arn = self.table_with_stream("Streamed")
        listed = self.streams("list-streams", "--table-name", "Streamed")["Streams"]
        self.assertEqual([stream["StreamArn"] for stream in listed], [arn])
        key = '{"pk":{"S":"a"}}'
        self.aws_ok("put-item", "--table-name", "Streamed", "--item", key)
        self.aws_ok(
            "update-item",
            "--table-name",
            "Streamed",
            "--key",
            key,
            "--update-expression",
            "SET v = :v",
            "--expression-attribute-values",
            '{":v":{"N":"1"}}',
        )
        self.aws_ok("delete-item", "--table-name", "Streamed", "--key", key)
        page = self.streams(
            "get-records", "--shard-iterator", self.iterator(arn, "TRIM_HORIZON")
        )
        records = page["Records"]
        self.assertEqual(
            [record["eventName"] for record in records], ["INSERT", "MODIFY", "REMOVE"]
        )
        self.assertEqual(
            records[1]["dynamodb"]["NewImage"], {"pk": {"S": "a"}, "v": {"N": "1"}}
        )
        self.assertEqual(records[2]["dynamodb"]["OldImage"], records[1]["dynamodb"]["NewImage"])
        second = records[1]["dynamodb"]["SequenceNumber"]
        page = self.streams(
            "get-records",
            "--shard-iterator",
            self.iterator(arn, "AFTER_SEQUENCE_NUMBER", "--sequence-number", second),
        )
        self.assertEqual([record["eventName"] for record in page["Records"]], ["REMOVE"])

    def test_a_disabled_stream_is_read_to_its_end(self):
        arn = self.table_with_stream("Ended")
        self.aws_ok("put-item", "--table-name", "Ended", "--item", '{"pk":{"S":"a"}}')
        self.aws_ok(
            "update-table",
            "--table-name",
            "Ended",
            "--stream-specification",
            "StreamEnabled=false",
        )
        description = self.streams("describe-stream", "--stream-arn", arn)["StreamDescription"]
        self.assertEqual(description["StreamStatus"], "DISABLED")
        self.assertIn("EndingSequenceNumber", description["Shards"][0]["SequenceNumberRange"])
        page = self.streams(
            "get-records", "--shard-iterator", self.iterator(arn, "TRIM_HORIZON")
        )
        self.assertEqual(len(page["Records"]), 1)
        self.assertNotIn("NextShardIterator", page)

    def test_what_is_wrong_is_told_by_its_name(self):
        missing = "arn:aws:dynamodb:us-east-1:000000000001:table/None/stream/2026-01-01T00:00:00.000"
        self.assertIn(
            "ResourceNotFoundException",
            self.aws_refused("describe-stream", "--stream-arn", missing, service="dynamodbstreams"),
        )
        self.assertIn(
            "Invalid ShardIterator",
            self.aws_refused("get-records", "--shard-iterator", "x", service="dynamodbstreams"),
        )
