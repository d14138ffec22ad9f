"""The table's stream, read on after every crash: what it tells must be the table."""

import json

from support.wire import STREAMS_PREFIX


class Replay:
    """The table as its stream tells it, and how far the stream has been read."""

    def __init__(self):
        self.items = {}  # by key as JSON
        self.read = {}  # shard: the last sequence number
        self.faults = []

    def advance(self, caller, arn, table_items):
        """Reads on to the end of every shard and compares with the table; returns the faults."""
        self.faults = []
        description = self._call(caller, "DescribeStream", StreamArn=arn)["StreamDescription"]
        for shard in description["Shards"]:
            self._read_shard(caller, arn, shard["ShardId"])
        table = {_text(_key(item)): item for item in table_items}
        for key in table.keys() | self.items.keys():
            if table.get(key) != self.items.get(key):
                self.faults.append(
                    f"{key}: the table has {table.get(key)}, its stream tells {self.items.get(key)}"
                )
        self.items = table  # one fault is told once
        return self.faults

    def _read_shard(self, caller, arn, shard):
        place = (
            {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": self.read[shard]}
            if shard in self.read
            else {"ShardIteratorType": "TRIM_HORIZON"}
        )
        answer = self._call(caller, "GetShardIterator", StreamArn=arn, ShardId=shard, **place)
        iterator = answer["ShardIterator"]
        while True:
            page = self._call(caller, "GetRecords", ShardIterator=iterator)
            for record in page["Records"]:
                self._apply(shard, record["dynamodb"])
            if not page["Records"]:
                return
            iterator = page["NextShardIterator"]

    def _apply(self, shard, change):
        number = change["SequenceNumber"]
        if int(number) <= int(self.read.get(shard, "0")):
            self.faults.append(f"{shard}: {number} comes after {self.read[shard]}")
        self.read[shard] = number
        key = _text(change["Keys"])
        if change.get("OldImage") != self.items.get(key):
            self.faults.append(
                f"{key} at {number}: the old image is {change.get('OldImage')}, the stream had told "
                f"{self.items.get(key)}"
            )
        if "NewImage" in change:
            self.items[key] = change["NewImage"]
        else:
            self.items.pop(key, None)

    @staticmethod
    def _call(caller, operation, **body):
        answer = caller.call(STREAMS_PREFIX + operation, body)
        if answer.status != 200:
            raise AssertionError(f"{operation} {body}: {answer.raw}")
        return answer.body


def _key(item):
    return {name: item[name] for name in ("pk", "sk")}


def _text(key):
    return json.dumps(key, sort_keys=True)
