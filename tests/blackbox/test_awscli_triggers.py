"""The whole story with Debian's AWS CLI: a table with a stream, a function, an event source
mapping, a write, and the function's effect in another table."""

import base64
import json
import pathlib
import subprocess
import tempfile

from blackbox.awscli import AWS
from blackbox.lambda_case import COPIER, PATIENCE_S, ROLE, LambdaCase, archive, eventually
from support.target import client_environment


class AwsCliTriggers(LambdaCase):

    def aws(self, *arguments):
        """The JSON that a call answers; it must succeed."""
        done = subprocess.run(
            [AWS, *arguments, "--endpoint-url", self.server.url, "--output", "json"],
            env=client_environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S * 2,
        )
        self.assertEqual(done.returncode, 0, f"{arguments}\n{done.stdout}{done.stderr}")
        return json.loads(done.stdout) if done.stdout.strip() else None

    def test_the_whole_story(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (folder / "copier.zip").write_bytes(archive(lambda_function=COPIER))
        for name, extra in (
            ("cli-target", ()),
            (
                "cli-source",
                (
                    "--stream-specification",
                    "StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES",
                ),
            ),
        ):
            self.aws(
                "dynamodb",
                "create-table",
                "--table-name",
                name,
                "--attribute-definitions",
                "AttributeName=pk,AttributeType=S",
                "--key-schema",
                "AttributeName=pk,KeyType=HASH",
                "--billing-mode",
                "PAY_PER_REQUEST",
                *extra,
            )
            self.addCleanup(self.tables.delete_table, TableName=name)
        streams = self.aws("dynamodbstreams", "list-streams", "--table-name", "cli-source")
        arn = streams["Streams"][0]["StreamArn"]

        made = self.aws(
            "lambda",
            "create-function",
            "--function-name",
            "cli-copier",
            "--runtime",
            "python3.12",
            "--role",
            ROLE,
            "--handler",
            "lambda_function.lambda_handler",
            "--timeout",
            "20",
            "--environment",
            "Variables={TARGET=cli-target}",
            "--zip-file",
            f"fileb://{folder}/copier.zip",
        )
        self.addCleanup(self.forget_function, "cli-copier")
        self.assertEqual(made["FunctionName"], "cli-copier")
        self.aws("lambda", "wait", "function-active-v2", "--function-name", "cli-copier")

        reply = folder / "reply.json"
        invoked = self.aws(
            "lambda",
            "invoke",
            "--function-name",
            "cli-copier",
            "--log-type",
            "Tail",
            "--payload",
            base64.b64encode(b'{"Records":[]}').decode(),
            str(reply),
        )
        self.assertEqual(invoked["StatusCode"], 200)
        self.assertEqual(json.loads(reply.read_text()), 0)
        self.assertIn("REPORT RequestId", base64.b64decode(invoked["LogResult"]).decode())

        mapping = self.aws(
            "lambda",
            "create-event-source-mapping",
            "--function-name",
            "cli-copier",
            "--event-source-arn",
            arn,
            "--starting-position",
            "TRIM_HORIZON",
            "--batch-size",
            "10",
        )
        self.addCleanup(self.forget_mapping, mapping["UUID"])
        self.aws(
            "dynamodb",
            "put-item",
            "--table-name",
            "cli-source",
            "--item",
            '{"pk":{"S":"Sinnerman"}}',
        )
        copied = eventually(lambda: self.items("cli-target").get("Sinnerman"))
        self.assertEqual(copied["event"], "INSERT")
        listed = self.aws(
            "lambda", "list-event-source-mappings", "--function-name", "cli-copier"
        )
        self.assertEqual(
            [each["UUID"] for each in listed["EventSourceMappings"]], [mapping["UUID"]]
        )
        self.aws("lambda", "delete-event-source-mapping", "--uuid", mapping["UUID"])
        self.aws("lambda", "delete-function", "--function-name", "cli-copier")
        functions = self.aws("lambda", "list-functions")["Functions"]
        self.assertNotIn("cli-copier", [each["FunctionName"] for each in functions])
