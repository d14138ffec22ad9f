"""What the tests of functions and triggers share: a server, tables with streams, functions of
Python made of their text, and waiting for what happens by itself."""

import io
import json
import time
import zipfile

import boto3
from botocore.config import Config
from support.target import ServerCase

ROLE = "arn:aws:iam::000000000001:role/test"
PATIENCE_S = 30
# Between two looks at something that happens by itself.
LOOK_AGAIN_S = 0.02

# Writes what its event's records hold into the table that $TARGET names.
COPIER = '''
import os
import boto3

table = boto3.resource("dynamodb").Table(os.environ["TARGET"])


def lambda_handler(event, context):
    for record in event["Records"]:
        print("copying", record["eventName"], record["dynamodb"]["SequenceNumber"])
        table.put_item(Item={
            "pk": record["dynamodb"]["Keys"]["pk"]["S"],
            "event": record["eventName"],
            "request": context.aws_request_id,
        })
    return len(event["Records"])
'''

ECHO = '''
import os


def lambda_handler(event, context):
    print("called with", sorted(event))
    if event.get("fail"):
        raise ValueError("asked to fail")
    return {"event": event, "version": context.function_version, "name": os.environ.get("NAME")}
'''


def archive(**files):
    """A zip archive of Python modules by their names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name, text in files.items():
            packed.writestr(f"{name}.py", text)
    return buffer.getvalue()


def eventually(look, patience_s=PATIENCE_S):
    """What `look` returns, as soon as that is true."""
    deadline = time.monotonic() + patience_s
    while True:
        seen = look()
        if seen:
            return seen
        if time.monotonic() > deadline:
            raise AssertionError(f"still {seen!r} after {patience_s} s")
        time.sleep(LOOK_AGAIN_S)


class LambdaCase(ServerCase):
    """Clients of boto3 for everything."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        options = cls.client_options(cls.server.url)
        cls.functions = boto3.client("lambda", **options)
        cls.tables = boto3.client("dynamodb", **options)
        cls.streams = boto3.client("dynamodbstreams", **options)

    @staticmethod
    def client_options(url):
        return {
            "endpoint_url": url,
            "region_name": "us-east-1",
            "aws_access_key_id": "test",
            "aws_secret_access_key": "test",
            "config": Config(retries={"max_attempts": 0}, read_timeout=PATIENCE_S),
        }

    def make_table(self, name, view=None):
        """A table with the key pk; with a view type it has a stream, whose ARN is returned."""
        extra = (
            {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": view}} if view else {}
        )
        made = self.tables.create_table(
            TableName=name,
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            **extra,
        )
        self.addCleanup(self.tables.delete_table, TableName=name)
        return made["TableDescription"].get("LatestStreamArn")

    def make_function(self, name, code=ECHO, **settings):
        made = self.functions.create_function(
            **{
                "FunctionName": name,
                "Runtime": "python3.12",
                "Role": ROLE,
                "Handler": "lambda_function.lambda_handler",
                "Code": {"ZipFile": archive(lambda_function=code)},
                "Timeout": 20,
                **settings,
            }
        )
        self.addCleanup(self.forget_function, name)
        return made

    def forget_function(self, name):
        try:
            self.functions.delete_function(FunctionName=name)
        except self.functions.exceptions.ResourceNotFoundException:
            pass

    def make_mapping(self, **settings):
        made = self.functions.create_event_source_mapping(**settings)
        self.addCleanup(self.forget_mapping, made["UUID"])
        return made

    def forget_mapping(self, uuid):
        try:
            self.functions.delete_event_source_mapping(UUID=uuid)
        except self.functions.exceptions.ResourceNotFoundException:
            pass

    def invoke(self, name, payload, **options):
        reply = self.functions.invoke(FunctionName=name, Payload=json.dumps(payload), **options)
        text = reply["Payload"].read()
        return reply, json.loads(text) if text else None

    def items(self, table):
        return {
            item["pk"]["S"]: {name: value["S"] for name, value in item.items()}
            for item in self.tables.scan(TableName=table, ConsistentRead=True)["Items"]
        }

    def failure_of(self, call, **arguments):
        """(code, message, status) of a call that must be refused."""
        with self.assertRaises(self.functions.exceptions.ClientError) as caught:
            call(**arguments)
        response = caught.exception.response
        return (
            response["Error"]["Code"],
            response["Error"]["Message"],
            response["ResponseMetadata"]["HTTPStatusCode"],
        )
