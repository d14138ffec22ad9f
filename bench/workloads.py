"""What is measured: the table, the items in it, and the requests of each workload."""

import json
import random

TABLE = "Bench"
ITEMS = 10_000  # of the GetItem and PutItem workloads, 300 bytes each
COUNTERS = 1_000
COLD_ITEMS = 200  # of a server that has just started
CONVERSATION = 1_000  # items of the partition that is queried
OVERWRITES = 64
BODIES = 4_096  # different requests of a workload
PAGE = 25
BATCH = 25
SERIAL = "0123456789"  # the generator puts a number here that no other request has

CREATE_TABLE = {
    "TableName": TABLE,
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "S"},
    ],
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
}


def key(number):
    return {"pk": {"S": f"item-{number:08}"}, "sk": {"S": "0"}}


def item(number):
    return {**key(number), "text": {"S": "x" * 250}, "number": {"N": str(number)}}


def counter(number):
    return {"pk": {"S": f"counter-{number:05}"}, "sk": {"S": "0"}}


def message(partition, number, version):
    """A message as the messaging table has it, about 300 bytes."""
    return {
        "pk": {"S": f"MSG#{partition}"},
        "sk": {"S": f"2026-01-01T00:{number // 60:02}:{number % 60:02}.000000+00:00"},
        "message": {"S": f"message {number} version {version} " + "y" * 120},
        "message_uuid": {"S": f"{number:032}"},
        "user_handle": {"S": "ann"},
    }


def preparation():
    """The items that must be there first."""
    for number in range(ITEMS):
        yield item(number)
    for number in range(COUNTERS):
        yield {**counter(number), "n": {"N": "0"}}
    yield from conversation("fresh", 0)


def cold_preparation():
    """The items that a server which has just started must have."""
    for number in range(COLD_ITEMS):
        yield item(number)


def conversation(partition, version):
    for number in range(CONVERSATION):
        yield message(partition, number, version)


def overwrites():
    """One partition, each of its items written 64 times after the first."""
    for version in range(OVERWRITES + 1):
        yield from conversation("overwritten", version)


def _get(items=ITEMS):
    stream = random.Random(1)
    return [{"TableName": TABLE, "Key": key(stream.randrange(items))} for _ in range(BODIES)]


def _put(items=ITEMS):
    stream = random.Random(2)
    return [
        {"TableName": TABLE, "Item": {**item(stream.randrange(items)), "serial": {"S": SERIAL}}}
        for _ in range(BODIES)
    ]


def _update():
    stream = random.Random(3)
    return [
        {
            "TableName": TABLE,
            "Key": counter(stream.randrange(COUNTERS)),
            "UpdateExpression": "SET n = n + :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
        for _ in range(BODIES)
    ]


def _query(partition):
    return [
        {
            "TableName": TABLE,
            "KeyConditionExpression": "pk = :pk",
            "ScanIndexForward": False,
            "Limit": PAGE,
            "ExpressionAttributeValues": {":pk": {"S": f"MSG#{partition}"}},
        }
    ]


# name: (operation, the requests)
WORKLOADS = {
    "GetItem": ("GetItem", _get),
    "PutItem": ("PutItem", _put),
    "UpdateItem": ("UpdateItem", _update),
    "Query": ("Query", lambda: _query("fresh")),
    "Query overwritten": ("Query", lambda: _query("overwritten")),
}
COLD_WORKLOADS = {
    "GetItem, cold": ("GetItem", lambda: _get(COLD_ITEMS)),
    "PutItem, cold": ("PutItem", lambda: _put(COLD_ITEMS)),
}


def operation(workload):
    return (WORKLOADS | COLD_WORKLOADS)[workload][0]


def bodies(workload):
    requests = (WORKLOADS | COLD_WORKLOADS)[workload][1]()
    return [json.dumps(body, separators=(",", ":")) for body in requests]
