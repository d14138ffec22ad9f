"""Time to live with boto3: expired items go by themselves, and their stream says by whom."""

import time

from blackbox.test_boto3_streams import streams_client_of
from blackbox.test_boto3_client import client_of
from support.target import ServerCase

GONE_S = 20


class Boto3TimeToLive(ServerCase):

    server_options = {"in_memory": True, "options": ("--ttl-interval", "0.1")}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = client_of(cls.server)
        cls.streams = streams_client_of(cls.server)
        cls.arn = cls.client.create_table(
            TableName="Sessions",
            ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "OLD_IMAGE"},
        )["TableDescription"]["LatestStreamArn"]

    def put(self, key, expires):
        self.client.put_item(
            TableName="Sessions", Item={"id": {"S": key}, "expires": {"N": str(int(expires))}}
        )

    def is_there(self, key):
        return "Item" in self.client.get_item(TableName="Sessions", Key={"id": {"S": key}})

    def await_gone(self, key):
        deadline = time.monotonic() + GONE_S
        while self.is_there(key):
            self.assertLess(time.monotonic(), deadline, f"{key} is still there")

    def records(self):
        (shard,) = self.streams.describe_stream(StreamArn=self.arn)["StreamDescription"]["Shards"]
        iterator = self.streams.get_shard_iterator(
            StreamArn=self.arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        return self.streams.get_records(ShardIterator=iterator)["Records"]

    def test_expired_items_go_and_others_stay(self):
        now = time.time()
        self.put("before", now - 60)  # from before it is switched on
        specification = {"Enabled": True, "AttributeName": "expires"}
        answer = self.client.update_time_to_live(
            TableName="Sessions", TimeToLiveSpecification=specification
        )
        self.assertEqual(answer["TimeToLiveSpecification"], specification)
        description = self.client.describe_time_to_live(TableName="Sessions")
        self.assertEqual(
            description["TimeToLiveDescription"],
            {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"},
        )
        self.put("later", now + 3600)
        self.put("after", now - 60)
        self.await_gone("before")
        self.await_gone("after")
        self.assertTrue(self.is_there("later"))
        removals = [record for record in self.records() if record["eventName"] == "REMOVE"]
        self.assertEqual(len(removals), 2)
        for record in removals:
            self.assertEqual(
                record["userIdentity"],
                {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"},
            )
