"""boto3's dynamodbstreams client: tailing a stream of several shards while a table is written."""

import datetime

import boto3
import botocore.config

from blackbox.test_boto3_client import client_of
from support.target import ServerCase


def streams_client_of(server):
    """A boto3 client for the streams of `server`, that retries nothing."""
    return boto3.client(
        "dynamodbstreams",
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=botocore.config.Config(retries={"total_max_attempts": 1}),
    )


class Boto3Streams(ServerCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = client_of(cls.server)
        cls.streams = streams_client_of(cls.server)

    def table_with_stream(self, name):
        created = self.client.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        )
        return created["TableDescription"]["LatestStreamArn"]

    def shards(self, arn):
        """All shards, two a page."""
        shards, more = [], {}
        while True:
            page = self.streams.describe_stream(StreamArn=arn, Limit=2, **more)
            description = page["StreamDescription"]
            shards += [shard["ShardId"] for shard in description["Shards"]]
            if "LastEvaluatedShardId" not in description:
                return shards
            more = {"ExclusiveStartShardId": description["LastEvaluatedShardId"]}

    def iterators(self, arn, kind):
        return [
            self.streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType=kind)[
                "ShardIterator"
            ]
            for shard in self.shards(arn)
        ]

    def test_a_tail_of_all_shards_sees_each_write_once(self):
        arn = self.table_with_stream("Tailed")
        self.assertEqual(self.shards(arn), sorted(self.shards(arn)))
        iterators = self.iterators(arn, "LATEST")
        seen = []
        for number in range(60):
            self.client.put_item(TableName="Tailed", Item={"pk": {"S": str(number)}})
            if number % 10 == 9:
                for place, iterator in enumerate(iterators):
                    page = self.streams.get_records(ShardIterator=iterator)
                    seen += [record["dynamodb"]["Keys"]["pk"]["S"] for record in page["Records"]]
                    iterators[place] = page["NextShardIterator"]
        self.assertEqual(sorted(seen, key=int), [str(number) for number in range(60)])

    def test_records_have_the_types_boto3_knows(self):
        arn = self.table_with_stream("Typed")
        self.client.put_item(TableName="Typed", Item={"pk": {"S": "a"}, "b": {"B": b"\0\xff"}})
        (record,) = [
            record
            for iterator in self.iterators(arn, "TRIM_HORIZON")
            for record in self.streams.get_records(ShardIterator=iterator)["Records"]
        ]
        self.assertEqual(record["dynamodb"]["NewImage"]["b"], {"B": b"\0\xff"})
        self.assertEqual(record["dynamodb"]["SizeBytes"], 9)
        self.assertEqual(record["dynamodb"]["StreamViewType"], "NEW_IMAGE")
        created = record["dynamodb"]["ApproximateCreationDateTime"]
        age = datetime.datetime.now(datetime.timezone.utc) - created
        self.assertLess(abs(age.total_seconds()), 60)
        self.assertEqual(created.microsecond, 0)

    def test_an_exception_has_its_own_class(self):
        with self.assertRaises(self.streams.exceptions.ResourceNotFoundException):
            self.streams.describe_stream(
                StreamArn="arn:aws:dynamodb:us-east-1:000000000001:table/N/stream/2026-01-01T00:00"
            )
