"""`parley ddb …`: the founding document's commands as Parley has them, and how they sign
requests."""

import http.server
import json
import subprocess
import threading
import unittest

import botocore.auth
import botocore.awsrequest
import botocore.credentials

from support.processes import find_parley, free_port
from support.target import ServerCase, client_environment

TABLE = "cruddur-messages"
TIMEOUT_S = 60


def run_ddb(*arguments, answer=None, **environment):
    """A finished `parley ddb` with these arguments; `answer` goes to its standard input."""
    return subprocess.run(
        [find_parley(), "ddb", *arguments],
        input=answer or "",
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        env=client_environment(**environment),
    )


class ParleyDdb(ServerCase):
    """Each test starts without tables."""

    def setUp(self):
        for name in self.ok("ListTables")["TableNames"]:
            self.ok("DeleteTable", TableName=name)

    def ddb(self, *arguments, **environment):
        """The output of a command that must succeed."""
        done = run_ddb(*arguments, "--endpoint-url", self.server.url, **environment)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def failing(self, *arguments, **environment):
        """stderr of a command that must fail, and say nothing on stdout."""
        done = run_ddb(*arguments, "--endpoint-url", self.server.url, **environment)
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertNotEqual(done.stderr.strip(), "")
        return done.stderr

    # --- tables --------------------------------------------------------------------------------

    def test_schema_load_makes_the_messaging_table(self):
        self.ddb("schema-load")
        table = self.ok("DescribeTable", TableName=TABLE)["Table"]
        self.assertEqual(
            [(key["AttributeName"], key["KeyType"]) for key in table["KeySchema"]],
            [("pk", "HASH"), ("sk", "RANGE")],
        )
        (index,) = table["GlobalSecondaryIndexes"]
        self.assertEqual(index["IndexName"], "message-group-sk-index")
        self.assertEqual(index["Projection"], {"ProjectionType": "ALL"})
        self.assertEqual(
            [key["AttributeName"] for key in index["KeySchema"]], ["message_group_uuid", "sk"]
        )
        self.assertEqual(table["ProvisionedThroughput"]["ReadCapacityUnits"], 5)
        self.assertEqual(
            table["StreamSpecification"], {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
        )

    def test_schema_load_twice_is_an_error(self):
        self.ddb("schema-load")
        self.assertIn(TABLE, self.failing("schema-load"))

    def test_another_table_name(self):
        self.ddb("schema-load", "--table", "cruddur-message")
        self.assertEqual(self.ok("ListTables")["TableNames"], ["cruddur-message"])

    def test_list_tables(self):
        self.ddb("schema-load")
        self.assertIn(TABLE, self.ddb("list-tables").split())
        self.assertIn(TABLE, json.dumps(json.loads(self.ddb("list-tables", "--json"))))

    def test_drop(self):
        self.ddb("schema-load")
        self.ddb("drop", TABLE)
        self.assertEqual(self.ok("ListTables")["TableNames"], [])
        self.assertIn("not found", self.failing("drop", TABLE))

    def test_drop_needs_a_table(self):
        self.assertNotEqual(run_ddb("drop").returncode, 0)

    # --- data ----------------------------------------------------------------------------------

    def seeded(self):
        self.ddb("schema-load")
        self.ddb("seed")
        items = self.ok("Scan", TableName=TABLE)["Items"]
        messages = [item for item in items if item["pk"]["S"].startswith("MSG#")]
        rows = [item for item in items if item["pk"]["S"].startswith("GRP#")]
        return messages, rows

    def test_seed_writes_one_conversation_of_two_people(self):
        messages, rows = self.seeded()
        self.assertGreaterEqual(len(messages), 90)
        self.assertEqual(len({message["pk"]["S"] for message in messages}), 1)
        self.assertEqual(len({message["user_uuid"]["S"] for message in messages}), 2)
        for message in messages:
            self.assertEqual(
                set(message),
                {"pk", "sk", "message", "message_uuid", "user_uuid", "user_display_name"}
                | {"user_handle"},
            )
        self.assertEqual(len(rows), 2)
        for row in rows:
            self.assertEqual("MSG#" + row["message_group_uuid"]["S"], messages[0]["pk"]["S"])
            self.assertNotEqual(row["pk"]["S"], "GRP#" + row["user_uuid"]["S"])

    def test_scan_prints_every_item(self):
        messages, rows = self.seeded()
        scanned = json.loads(self.ddb("scan", "--json"))
        items = scanned["Items"] if isinstance(scanned, dict) else scanned
        self.assertEqual(len(items), len(messages) + len(rows))
        self.assertIn(messages[0]["message"]["S"], self.ddb("scan"))

    def test_get_conversation_prints_the_newest_messages_and_the_capacity(self):
        messages, _ = self.seeded()
        newest = sorted(messages, key=lambda message: message["sk"]["S"])[-20:]
        printed = self.ddb("get-conversation")
        for message in newest:
            self.assertIn(message["message"]["S"], printed)
        self.assertNotIn(min(messages, key=lambda message: message["sk"]["S"])["sk"]["S"], printed)
        self.assertRegex(printed.lower(), "capacity")
        self.assertTrue(json.loads(self.ddb("get-conversation", "--json")))

    def test_get_conversation_page_by_page_is_the_whole_conversation(self):
        messages, _ = self.seeded()
        read, cursor, pages = [], (), 0
        while pages < 100:
            pages += 1
            lines = self.ddb("get-conversation", "--limit", "30", *cursor).splitlines()
            read += [line.split("\t")[3] for line in lines if not line.startswith("#")]
            after = [line.split("\t")[1] for line in lines if line.startswith("# next cursor")]
            if not after:
                break
            cursor = ("--cursor", after[0])
        newest_first = sorted(messages, key=lambda message: message["sk"]["S"], reverse=True)
        self.assertEqual(read, [message["message"]["S"] for message in newest_first])
        self.assertEqual(pages, len(messages) // 30 + 1)

    def test_list_conversations_prints_the_other_persons_row(self):
        _, rows = self.seeded()
        printed = self.ddb("list-conversations")
        self.assertTrue(any(row["user_display_name"]["S"] in printed for row in rows), printed)
        self.assertTrue(json.loads(self.ddb("list-conversations", "--json")))

    # --- errors --------------------------------------------------------------------------------

    def test_commands_on_a_missing_table_fail(self):
        for command in ("seed", "scan", "get-conversation", "list-conversations"):
            with self.subTest(command):
                self.failing(command)

    def test_no_server_is_a_clear_error(self):
        port = free_port()
        done = run_ddb("list-tables", "--endpoint-url", f"http://127.0.0.1:{port}")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(f"127.0.0.1:{port}", done.stderr)

    def test_unknown_commands_and_options_are_refused(self):
        for arguments in (("no-such-command",), ("list-tables", "--no-such-option"), ()):
            with self.subTest(arguments):
                self.assertNotEqual(run_ddb(*arguments).returncode, 0)

    def test_help(self):
        for arguments in ((), ("list-tables",), ("drop",), ("seed",)):
            done = run_ddb(*arguments, "--help")
            self.assertEqual(done.returncode, 0)
            self.assertIn("--", done.stdout)


class Recorder(http.server.BaseHTTPRequestHandler):
    """Answers every request with an empty list of tables, and remembers it."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.command, self.path, dict(self.headers), body))
        reply = b'{"TableNames":[]}'
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *_):
        pass


class Prod(unittest.TestCase):
    """What `prod` sends: signed with the usual credentials, as botocore would sign it."""

    @classmethod
    def setUpClass(cls):
        cls.recorder = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
        cls.recorder.seen = []
        cls.addClassCleanup(cls.recorder.server_close)
        threading.Thread(target=cls.recorder.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.recorder.shutdown)
        cls.url = f"http://127.0.0.1:{cls.recorder.server_port}"

    def sent(self, **environment):
        """(headers, body) of the one request that list-tables prod sends."""
        self.recorder.seen.clear()
        done = run_ddb("list-tables", "prod", "--endpoint-url", self.url, **environment)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        ((_, path, headers, body),) = self.recorder.seen
        self.assertEqual(path, "/")
        return {name.lower(): value for name, value in headers.items()}, body

    def expected_signature(self, headers, body, credentials, region):
        """The Authorization header botocore computes for this request at its own time."""
        signed = (
            headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
        )
        request = botocore.awsrequest.AWSRequest(
            method="POST",
            url=self.url + "/",
            data=body,
            headers={name: headers[name] for name in signed if name != "host"},
        )
        request.context["timestamp"] = headers["x-amz-date"]
        signer = botocore.auth.SigV4Auth(credentials, "dynamodb", region)
        canonical = signer.canonical_request(request)
        text = signer.string_to_sign(request, canonical)
        return signer.signature(text, request)

    def test_requests_are_signed_as_botocore_signs_them(self):
        headers, body = self.sent(AWS_DEFAULT_REGION="ca-central-1", AWS_SESSION_TOKEN="token")
        self.assertEqual(headers["x-amz-security-token"], "token")
        self.assertEqual(headers["x-amz-target"], "DynamoDB_20120810.ListTables")
        self.assertIn("/ca-central-1/dynamodb/aws4_request", headers["authorization"])
        credentials = botocore.credentials.Credentials("test", "test", "token")
        expected = self.expected_signature(headers, body, credentials, "ca-central-1")
        self.assertEqual(headers["authorization"].partition("Signature=")[2], expected)

    def test_without_credentials_prod_says_what_is_missing(self):
        environment = client_environment()
        for name in list(environment):
            if name.startswith("AWS_") and ("KEY" in name or "TOKEN" in name):
                del environment[name]
        done = subprocess.run(
            [find_parley(), "ddb", "list-tables", "prod", "--endpoint-url", self.url],
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            env=environment,
        )
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("credentials", done.stderr.lower())

    def test_drop_in_prod_asks_first(self):
        self.recorder.seen.clear()
        done = run_ddb("drop", "some-table", "prod", "--endpoint-url", self.url, answer="n\n")
        self.assertNotEqual(done.returncode, 0)
        deletions = [seen for seen in self.recorder.seen if b"some-table" in seen[3]]
        self.assertEqual(deletions, [])
        run_ddb("drop", "some-table", "prod", "--yes", "--endpoint-url", self.url)
        deletions = [seen for seen in self.recorder.seen if b"some-table" in seen[3]]
        self.assertTrue(deletions)
