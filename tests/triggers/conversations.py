"""The messaging table, its items and its triggers, as the tests of this folder use them."""

import io
import threading
import time
import zipfile

import boto3
import botocore.config

from founding import document
from support.target import CREDENTIALS

TABLE = "cruddur-messages"
NATIVE = "parley-conversation-trigger"
REGION = CREDENTIALS["AWS_DEFAULT_REGION"]
ROLE = "arn:aws:iam::000000000001:role/any"
DEADLINE_S = 60
POLL_S = 0.005
ANN, BOB, CY = "ann", "bob", "cy"


def client(service, url):
    """A boto3 client that does not try again by itself."""
    return boto3.client(
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        config=botocore.config.Config(
            retries={"total_max_attempts": 1}, read_timeout=DEADLINE_S, max_pool_connections=32
        ),
    )


def wait_until(condition, what):
    """Asks until `condition()` is true; fails with `what()` when it stays false for too long."""
    pause = threading.Event()
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(what())
        pause.wait(POLL_S)


def create_table(dynamodb, shards=None):
    """The table as `parley ddb schema-load` makes it; its stream's ARN."""
    units = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    keys = [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ]
    index_keys = [
        {"AttributeName": "message_group_uuid", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ]
    billing = (
        {"BillingMode": "PAY_PER_REQUEST"}
        if shards
        else {"BillingMode": "PROVISIONED", "ProvisionedThroughput": units}
    )
    index = {
        "IndexName": "message-group-sk-index",
        "KeySchema": index_keys,
        "Projection": {"ProjectionType": "ALL"},
    }
    if not shards:
        index["ProvisionedThroughput"] = units
    answer = dynamodb.create_table(
        TableName=TABLE,
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"}
            for name in ("message_group_uuid", "pk", "sk")
        ],
        KeySchema=keys,
        GlobalSecondaryIndexes=[index],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        **billing,
    )
    return answer["TableDescription"]["LatestStreamArn"]


def text(value):
    return {"S": value}


def moment(second, micros=0):
    """A message's sort key: a time within one hour."""
    return f"2026-01-01T10:{second // 60:02}:{second % 60:02}.{micros:06}+00:00"


def row(owner, group, sk, other, message="old", **more):
    """`owner`'s row of conversation `group`; it shows `other`."""
    return {
        "pk": text(f"GRP#{owner}"),
        "sk": text(sk),
        "message_group_uuid": text(group),
        "message": text(message),
        "user_uuid": text(other),
        "user_display_name": text(other.title()),
        "user_handle": text(other),
        **more,
    }


def message(group, sk, sender, words):
    return {
        "pk": text(f"MSG#{group}"),
        "sk": text(sk),
        "message": text(words),
        "message_uuid": text(f"{group}-{sk}"),
        "user_uuid": text(sender),
        "user_display_name": text(sender.title()),
        "user_handle": text(sender),
    }


def record(event_name, item, stream_arn):
    """A stream record as a function gets it."""
    return {
        "eventID": "1",
        "eventName": event_name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": REGION,
        "dynamodb": {
            "ApproximateCreationDateTime": 1767225600.0,
            "Keys": {name: item[name] for name in ("pk", "sk")},
            "NewImage": item,
            "SequenceNumber": "100000000000000000001",
            "SizeBytes": 200,
            "StreamViewType": "NEW_IMAGE",
        },
        "eventSourceARN": stream_arn,
    }


def zip_of(files):
    """The bytes of an archive with these files: name -> content."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o100755 << 16  # a bootstrap must be executable
            archive.writestr(entry, content)
    return buffer.getvalue()


def deploy_document_function(lambda_client, name="document"):
    """The founding document's function, not one character changed."""
    lambda_client.create_function(
        FunctionName=name,
        Runtime="python3.11",
        Role=ROLE,
        Handler="lambda_function.lambda_handler",
        Code={"ZipFile": zip_of({"lambda_function.py": document.fixtures()["lambda_function.py"]})},
        Timeout=30,
    )
    return name


def rows_of(dynamodb, user):
    """(sk, message) of the user's rows, oldest first."""
    pages = dynamodb.get_paginator("query").paginate(
        TableName=TABLE,
        KeyConditionExpression="pk = :p",
        ExpressionAttributeValues={":p": text(f"GRP#{user}")},
        ConsistentRead=True,
    )
    return [(item["sk"]["S"], item["message"]["S"]) for page in pages for item in page["Items"]]


def member(dynamodb, group, user):
    """The user's MEMBER item, or None."""
    key = {"pk": text(f"CNV#{group}"), "sk": text(f"MBR#{user}")}
    return dynamodb.get_item(TableName=TABLE, Key=key, ConsistentRead=True).get("Item")
