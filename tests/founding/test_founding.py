"""The founding document's commands and its Lambda function, not one character changed.

They name http://localhost:8000 (and, through HTTP_PROXY, reach it under AWS's own host name), so
this suite needs port 8000: it fails, and says so, when somebody else listens there.
"""

import json
import os
import socket
import subprocess
import tempfile
import unittest

from founding import document
from support.processes import Parley
from support.target import client_environment
from support.wire import Caller

PORT = 8000
TIMEOUT_S = 60
GROUP, ANN, BOB = "5ae290ed-55d1-47a0-bc6d-fe2bc2700399", "ann-uuid", "bob-uuid"
OLD, NEW = "2023-03-19T10:00:00.000000+00:00", "2023-03-19T12:34:56.000000+00:00"


def row(owner, other):
    """A conversation row as the document has it: it belongs to `owner` and shows `other`."""
    return {
        "pk": {"S": f"GRP#{owner}"},
        "sk": {"S": OLD},
        "message_group_uuid": {"S": GROUP},
        "message": {"S": "the old message"},
        "user_uuid": {"S": other},
        "user_display_name": {"S": other.title()},
        "user_handle": {"S": other},
    }


class Fixtures(unittest.TestCase):

    def test_fixtures_are_the_documents_own_bytes(self):
        seed = document.seed_document()
        if seed is None:
            self.assertFalse(document.SEED.is_dir(), "shared/seed/ is there, but no document in it")
            return  # a user's clone: the fixtures are all there is
        self.assertEqual(document.blocks(seed), document.fixtures())


class Founding(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", PORT))
            except OSError as taken:
                raise AssertionError(
                    f"port {PORT} is taken ({taken}); the founding document's programs name it and "
                    "nothing else will do: stop what listens there"
                ) from None
        cls.server = Parley(port=PORT, in_memory=True).start()
        cls.addClassCleanup(cls.server.stop)
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        for name, content in document.fixtures().items():
            path = os.path.join(cls.folder.name, name)
            with open(path, "wb") as file:
                file.write(content)
            os.chmod(path, 0o755)  # "we make the file executable", says the document

    def setUp(self):
        self.caller = Caller(PORT)
        for name in self.caller.call("ListTables", {}).body["TableNames"]:
            self.caller.call("DeleteTable", {"TableName": name})

    def tearDown(self):
        self.caller.close()

    def run_program(self, name, *arguments, **environment):
        done = subprocess.run(
            [os.path.join(self.folder.name, name), *arguments],
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            cwd=self.folder.name,
            env=client_environment(**environment),
        )
        self.assertEqual(done.returncode, 0, f"{name}: {done.stdout}{done.stderr}")
        return done.stdout

    def test_schema_load_list_tables_and_drop(self):
        printed = self.run_program("schema-load")
        self.assertIn("'TableName': 'cruddur-message'", printed)
        table = self.caller.call("DescribeTable", {"TableName": "cruddur-message"}).body["Table"]
        self.assertEqual(table["ProvisionedThroughput"]["ReadCapacityUnits"], 5)
        self.assertEqual([key["AttributeName"] for key in table["KeySchema"]], ["pk", "sk"])
        self.assertIn("cruddur-message", self.run_program("list-tables"))
        printed = self.run_program("drop", "cruddur-message")
        self.assertIn("deleting table: cruddur-message", printed)
        self.assertNotIn("cruddur-message", self.run_program("list-tables"))

    def test_drop_without_a_name_says_so(self):
        done = subprocess.run(
            [os.path.join(self.folder.name, "drop")],
            capture_output=True,
            text=True,
            env=client_environment(),
            timeout=TIMEOUT_S,
        )
        self.assertEqual((done.returncode, done.stdout), (1, "No TABLE_NAME argument supplied\n"))

    def test_the_lambda_function_moves_both_conversation_rows(self):
        self.create_messages_table()
        for item in (row(ANN, BOB), row(BOB, ANN)):
            self.assertEqual(self.put(item).status, 200)
        message = {
            "pk": {"S": f"MSG#{GROUP}"},
            "sk": {"S": NEW},
            "message": {"S": "the new message"},
            "message_uuid": {"S": "m"},
            "user_uuid": {"S": ANN},
            "user_display_name": {"S": "Ann"},
            "user_handle": {"S": "ann"},
        }
        self.put(message)
        printed = self.invoke(self.event("INSERT", message))
        self.assertEqual(printed.count("DELETE ===>"), 2, printed)
        self.assertEqual(printed.count("CREATE ===>"), 2, printed)
        expected = [
            {**row(owner, other), "sk": {"S": NEW}, "message": {"S": "the new message"}}
            for owner, other in ((ANN, BOB), (BOB, ANN))
        ]
        found = [
            item
            for item in self.caller.call("Scan", {"TableName": "cruddur-messages"}).body["Items"]
            if item["pk"]["S"].startswith("GRP#")
        ]
        self.assertCountEqual(found, expected)
        indexed = self.caller.call(
            "Query",
            {
                "TableName": "cruddur-messages",
                "IndexName": "message-group-sk-index",
                "KeyConditionExpression": "message_group_uuid = :g",
                "ExpressionAttributeValues": {":g": {"S": GROUP}},
            },
        ).body["Items"]
        self.assertCountEqual(indexed, expected)

    def test_the_lambda_function_skips_removals(self):
        self.create_messages_table()
        self.put(row(ANN, BOB))
        self.assertIn("skip REMOVE event", self.invoke(self.event("REMOVE", row(ANN, BOB))))
        self.assertEqual(
            self.caller.call("Scan", {"TableName": "cruddur-messages"}).body["Items"],
            [row(ANN, BOB)],
        )

    # --- the messaging table of the document -----------------------------------------------------

    def create_messages_table(self):
        units = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
        answer = self.caller.call(
            "CreateTable",
            {
                "TableName": "cruddur-messages",
                "BillingMode": "PROVISIONED",
                "ProvisionedThroughput": units,
                "AttributeDefinitions": [
                    {"AttributeName": name, "AttributeType": "S"}
                    for name in ("message_group_uuid", "pk", "sk")
                ],
                "KeySchema": [
                    {"AttributeName": "pk", "KeyType": "HASH"},
                    {"AttributeName": "sk", "KeyType": "RANGE"},
                ],
                "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
                "GlobalSecondaryIndexes": [
                    {
                        "IndexName": "message-group-sk-index",
                        "Projection": {"ProjectionType": "ALL"},
                        "ProvisionedThroughput": units,
                        "KeySchema": [
                            {"AttributeName": "message_group_uuid", "KeyType": "HASH"},
                            {"AttributeName": "sk", "KeyType": "RANGE"},
                        ],
                    }
                ],
            },
        )
        self.assertEqual(answer.status, 200, answer.raw)

    def put(self, item):
        return self.caller.call("PutItem", {"TableName": "cruddur-messages", "Item": item})

    @staticmethod
    def event(name, item):
        """A stream event with one record, as the table's NEW_IMAGE stream gives it."""
        keys = {attribute: item[attribute] for attribute in ("pk", "sk")}
        record = {
            "Keys": keys,
            "SequenceNumber": "100000000000000000001",
            "SizeBytes": 200,
            "ApproximateCreationDateTime": 1679229296.0,
            "StreamViewType": "NEW_IMAGE",
        }
        if name != "REMOVE":
            record["NewImage"] = item
        return {
            "Records": [
                {
                    "eventID": "1",
                    "eventName": name,
                    "eventVersion": "1.1",
                    "eventSource": "aws:dynamodb",
                    "awsRegion": "ca-central-1",
                    "dynamodb": record,
                    "eventSourceARN": "arn:aws:dynamodb:ca-central-1:123456789012:"
                    "table/cruddur-messages/stream/1",
                }
            ]
        }

    def invoke(self, event):
        """What the function prints for `event`. The proxy is what leads it here."""
        done = subprocess.run(
            [
                "/usr/bin/python3",
                os.path.join(document.FOLDER, "stream_driver.py"),
                os.path.join(self.folder.name, "lambda_function.py"),
            ],
            input=json.dumps(event),
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            env=client_environment(HTTP_PROXY=f"http://localhost:{PORT}"),
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout
