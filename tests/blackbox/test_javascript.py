"""The AWS SDK for JavaScript v3: runs javascript/*.test.mjs with Node's own test runner."""

import json
import pathlib
import re
import shutil
import subprocess

from blackbox.lambda_case import LambdaCase
from support.processes import NODE_MODULES
from support.target import ServerCase, client_environment

FOLDER = pathlib.Path(__file__).parent / "javascript"
TIMEOUT_S = 180


class JavaScriptSdk(ServerCase):

    def run_file(self, name):
        self.assertTrue((NODE_MODULES / "@aws-sdk").is_dir(), "run `npm ci` in tests/")
        done = subprocess.run(
            [shutil.which("node") or "node", "--no-warnings", str(FOLDER / name)],
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            env=client_environment(
                ENDPOINT=self.server.url, AWS_NODEJS_CONNECTION_REUSE_ENABLED="1"
            ),
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        passed = re.search(r"^(?:#|ℹ) pass (\d+)$", done.stdout, re.MULTILINE)
        self.assertIsNotNone(passed, done.stdout)
        return int(passed.group(1))

    def test_client(self):
        self.assertEqual(self.run_file("client.test.mjs"), 6)

    def test_document_client(self):
        self.assertEqual(self.run_file("document.test.mjs"), 4)

    def test_lambda_client(self):
        self.assertEqual(self.run_file("lambda.test.mjs"), 4)


class NodeFunction(LambdaCase):

    def test_the_sdk_in_a_function_reaches_this_server(self):
        self.assertTrue((NODE_MODULES / "@aws-sdk").is_dir(), "run `npm ci` in tests/")
        self.make_table("n-sdk")
        self.make_function(
            "n-sdk",
            Runtime="nodejs20.x",
            Handler="index.handler",
            Code={"S3Bucket": "hot-reload", "S3Key": str(FOLDER / "sdk_function")},
        )
        reply = self.functions.invoke(
            FunctionName="n-sdk", Payload=json.dumps({"table": "n-sdk", "text": "written"})
        )
        said = json.loads(reply["Payload"].read())
        item = {"pk": {"S": "sdk"}, "text": {"S": "written"}, "count": {"N": "3"}}
        self.assertEqual(said, {"item": item, "knowsItself": True})
        stored = self.tables.get_item(TableName="n-sdk", Key={"pk": {"S": "sdk"}})
        self.assertEqual(stored["Item"], item)
