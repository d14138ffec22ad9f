"""`parley function` and `parley trigger`: the friendly front ends of the Lambda API."""

import http.server
import json
import pathlib
import queue
import subprocess
import tempfile
import threading
import time

from blackbox.lambda_case import COPIER, ECHO, PATIENCE_S, LambdaCase, archive, eventually
from support.processes import find_parley
from support.target import client_environment

FAILING = '''
def lambda_handler(event, context):
    raise RuntimeError("this one always fails")
'''

NO_LETTERS = {"DeadLetters": [], "Dropped": 0}


class ParleyTriggers(LambdaCase):

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def run_parley(self, *arguments, text=None):
        return subprocess.run(
            [find_parley(), *arguments, "--endpoint-url", self.server.url],
            env=client_environment(),
            input=text or "",
            capture_output=True,
            text=True,
            timeout=PATIENCE_S * 2,
        )

    def parley(self, *arguments, text=None):
        """The output of a command that must succeed."""
        done = self.run_parley(*arguments, text=text)
        self.assertEqual(done.returncode, 0, f"{arguments}\n{done.stdout}{done.stderr}")
        return done.stdout

    def failing(self, code, *arguments):
        """stderr of a command that must end with this exit code."""
        done = self.run_parley(*arguments)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stderr

    def deploy(self, name, code, *options):
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        (folder / "lambda_function.py").write_text(code)
        self.addCleanup(self.forget_function, name)
        return self.parley("function", "deploy", str(folder), *options)

    def trigger(self, table, function, *options):
        made = json.loads(
            self.parley(
                "trigger", "create", "--table", table, "--function", function, "--json", *options
            )
        )
        self.addCleanup(self.forget_mapping, made["UUID"])
        return made["UUID"]

    def test_a_directory_is_deployed_and_a_change_counts_at_once(self):
        said = self.deploy("fresh", ECHO, "--env", "NAME=Nina")
        self.assertIn("Deployed fresh: python3.12, handler lambda_function.lambda_handler", said)
        reply = json.loads(self.parley("function", "invoke", "fresh", "--payload", '{"a":1}'))
        self.assertEqual((reply["event"], reply["name"]), ({"a": 1}, "Nina"))
        file = self.folder / "fresh" / "lambda_function.py"
        file.write_text("def lambda_handler(event, context):\n    return 'changed'\n")
        eventually(lambda: self.parley("function", "invoke", "fresh") == '"changed"\n')
        said = self.deploy("fresh", ECHO, "--timeout", "9", "--copy")
        self.assertIn("Updated fresh", said)
        file.write_text("broken")
        reply = json.loads(self.parley("function", "invoke", "fresh", "--payload", "-", text="{}"))
        self.assertEqual(reply["name"], "Nina")
        shown = self.parley("function", "show", "fresh")
        self.assertRegex(shown, r"timeout +9 s\n")
        self.assertRegex(shown, r"memory +128 MB\n")
        self.assertRegex(shown, r"code size +\d+ bytes\n")
        self.assertIn("fresh\tpython3.12", self.parley("function", "list"))
        self.parley("function", "delete", "fresh")
        self.assertIn("Function not found", self.failing(1, "function", "show", "fresh"))

    def test_an_archive_is_deployed(self):
        file = self.folder / "packed.zip"
        file.write_bytes(archive(lambda_function=ECHO))
        self.addCleanup(self.forget_function, "packed")
        self.parley("function", "deploy", str(file))
        self.assertEqual(json.loads(self.parley("function", "invoke", "packed"))["event"], {})

    def test_what_cannot_be_deployed_is_said(self):
        self.assertIn("--runtime", self.failing(2, "function", "deploy", str(self.folder)))
        self.assertIn("No such file", self.failing(2, "function", "deploy", "/no/such/place"))
        (self.folder / "notes.txt").write_text("no archive")
        self.assertIn(
            "neither a directory nor a zip archive",
            self.failing(2, "function", "deploy", str(self.folder / "notes.txt")),
        )

    def test_a_function_that_fails_ends_with_one(self):
        self.deploy("sad", FAILING)
        done = self.run_parley("function", "invoke", "sad", "--tail")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(json.loads(done.stdout)["errorMessage"], "this one always fails")
        self.assertIn("REPORT RequestId", done.stderr)

    def test_logs_are_followed(self):
        self.deploy("chatty", ECHO)
        follower = subprocess.Popen(
            [find_parley(), "function", "logs", "chatty", "-f", "--endpoint-url", self.server.url],
            env=client_environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(follower.stdout.close)
        self.addCleanup(follower.wait)
        self.addCleanup(follower.kill)
        lines = queue.Queue()
        threading.Thread(
            target=lambda: [lines.put(line) for line in follower.stdout], daemon=True
        ).start()
        self.parley("function", "invoke", "chatty", "--payload", '{"hello":1}')
        seen = ""
        deadline = time.monotonic() + PATIENCE_S
        while "called with ['hello']" not in seen and time.monotonic() < deadline:
            seen += lines.get(timeout=PATIENCE_S)
        self.assertIn("called with ['hello']", seen)
        self.assertIn("called with ['hello']", self.parley("function", "logs", "chatty"))

    def test_a_trigger_from_create_to_delete(self):
        self.make_table("t-source", "NEW_IMAGE")
        self.make_table("t-target")
        self.deploy("t-copier", COPIER, "--env", "TARGET=t-target", "--timeout", "20")
        uuid = self.trigger("t-source", "t-copier", "--batch-size", "5")
        self.tables.put_item(TableName="t-source", Item={"pk": {"S": "a"}})
        eventually(lambda: "a" in self.items("t-target"))
        status = eventually(
            lambda: (lambda each: each if each["RecordsDone"] == 1 else None)(
                json.loads(self.parley("trigger", "status", "t-copier", "--json"))
            )
        )
        self.assertEqual(status["Mapping"]["UUID"], uuid)
        self.assertEqual(sum(shard["RecordsBehind"] for shard in status["Shards"]), 0)
        self.assertIn("t-source", self.parley("trigger", "list"))
        self.assertIn("shardId-", self.parley("trigger", "status", uuid[:8]))

        # Disabled, it keeps its place; enabled, it goes on.
        self.parley("trigger", "disable", uuid)
        eventually(lambda: self.state(uuid) == "Disabled")
        self.tables.put_item(TableName="t-source", Item={"pk": {"S": "b"}})
        self.parley("trigger", "update", uuid, "--batch-size", "1", "--function", "t-copier")
        self.parley("trigger", "enable", uuid)
        eventually(lambda: "b" in self.items("t-target"))

        # Replayed, everything comes again.
        self.tables.delete_item(TableName="t-target", Key={"pk": {"S": "a"}})
        self.parley("trigger", "replay", uuid, "--from", "1h")
        eventually(lambda: "a" in self.items("t-target"))
        self.parley("trigger", "delete", uuid)
        eventually(lambda: self.parley("trigger", "list", "--function", "t-copier") == "")

    def state(self, uuid):
        return self.functions.get_event_source_mapping(UUID=uuid)["State"]

    def test_what_is_given_up_is_kept_told_and_replayed(self):
        told = queue.Queue()

        class Listener(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                told.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener)
        self.addCleanup(listener.server_close)
        self.addCleanup(listener.shutdown)
        threading.Thread(target=listener.serve_forever, daemon=True).start()

        self.make_table("d-source", "NEW_IMAGE")
        self.make_table("d-target")
        self.deploy("d-fails", FAILING)
        uuid = self.trigger(
            "d-source",
            "d-fails",
            "--retries",
            "0",
            "--on-failure",
            f"http://127.0.0.1:{listener.server_port}/dead",
        )
        self.tables.put_item(TableName="d-source", Item={"pk": {"S": "a"}})
        record = told.get(timeout=PATIENCE_S)
        self.assertEqual(record["requestContext"]["condition"], "RetryAttemptsExhausted")
        letters = eventually(
            lambda: json.loads(self.parley("trigger", "dead-letters", "list", uuid, "--json"))[
                "DeadLetters"
            ]
        )
        self.assertEqual(letters[0]["Records"], 1)
        letter = letters[0]["Id"]
        shown = json.loads(self.parley("trigger", "dead-letters", "show", letter))
        self.assertEqual(shown["Body"]["DDBStreamBatchInfo"]["batchSize"], 1)
        # It fails again, and stays.
        self.failing(1, "trigger", "dead-letters", "replay", letter)
        # Mended, the function takes it, and it goes.
        self.deploy("d-fails", COPIER, "--env", "TARGET=d-target", "--timeout", "20")
        self.parley("trigger", "dead-letters", "replay", letter)
        self.assertIn("a", self.items("d-target"))
        self.assertEqual(self.parley("trigger", "dead-letters", "list"), "")
        said = self.failing(1, "trigger", "dead-letters", "delete", letter)
        self.assertIn("no dead letter", said)

    def test_schema_load_puts_the_conversation_trigger_on_its_table(self):
        table = "s-messages"
        self.addCleanup(self.tables.delete_table, TableName=table)
        self.parley("ddb", "schema-load", "--table", table, "--trigger")
        (made,) = self.triggers_of(table)
        self.addCleanup(self.forget_mapping, made["UUID"])
        self.assertTrue(made["FunctionArn"].endswith(":parley-conversation-trigger"))
        row = {
            "pk": {"S": "GRP#ann"},
            "sk": {"S": "2026-01-01T00:00:00.000000+00:00"},
            "message_group_uuid": {"S": "g"},
            "message": {"S": "old"},
        }
        self.tables.put_item(TableName=table, Item=row)
        sent = "2026-01-02T00:00:00.000000+00:00"
        message = {"pk": {"S": "MSG#g"}, "sk": {"S": sent}, "message": {"S": "new"}}
        self.tables.put_item(TableName=table, Item=message)
        key = {"pk": row["pk"], "sk": {"S": sent}}
        moved = eventually(lambda: self.tables.get_item(TableName=table, Key=key).get("Item"))
        self.assertEqual(moved["message"], {"S": "new"})
        # A second function there is told of, and names that are not unique do nothing.
        self.deploy("s-own", ECHO)
        done = self.run_parley("trigger", "create", "--table", table, "--function", "s-own")
        self.assertIn("2 triggers", done.stderr)
        self.assertIn("parley-conversation-trigger", done.stderr)
        self.assertIn("several", self.failing(2, "trigger", "delete", table))
        self.parley("trigger", "delete", "s-own")
        self.assertIn(table, self.parley("trigger", "status", table))

    def triggers_of(self, table):
        said = self.parley("trigger", "list", "--json")
        mappings = json.loads(said)["EventSourceMappings"]
        return [each for each in mappings if f":table/{table}/" in each["EventSourceArn"]]

    def test_schema_load_without_a_trigger_says_how_to_make_one(self):
        table = "h-messages"
        self.addCleanup(self.tables.delete_table, TableName=table)
        done = self.run_parley("ddb", "schema-load", "--table", table)
        self.assertEqual(self.triggers_of(table), [])
        (command,) = [line for line in done.stderr.splitlines() if "trigger create" in line]
        made = subprocess.run(
            command.split(),
            env=client_environment(),
            check=True,
            capture_output=True,
            text=True,
        )
        self.assertIn("--no-filters", made.stderr)
        (mapping,) = self.triggers_of(table)
        # The filter of --trigger, so that the function does not get its own writes.
        self.parley("ddb", "schema-load", "--table", "h-other", "--trigger")
        self.addCleanup(self.tables.delete_table, TableName="h-other")
        (other,) = self.triggers_of("h-other")
        self.addCleanup(self.forget_mapping, other["UUID"])
        self.assertIn("MSG#", other["FilterCriteria"]["Filters"][0]["Pattern"])
        self.assertEqual(mapping["FilterCriteria"], other["FilterCriteria"])
        self.parley("trigger", "delete", table)
        subprocess.run(
            command.split() + ["--no-filters"],
            env=client_environment(),
            check=True,
            capture_output=True,
        )
        (made,) = self.triggers_of(table)
        self.addCleanup(self.forget_mapping, made["UUID"])
        self.assertNotIn("FilterCriteria", made)

    def test_dead_letters_alone_lists_them(self):
        self.assertEqual(json.loads(self.parley("trigger", "dead-letters", "--json")), NO_LETTERS)

    def test_what_is_wrong_is_said_and_how_to_mend_it(self):
        self.make_table("dry")
        self.deploy("some", ECHO)
        said = self.failing(2, "trigger", "create", "--table", "dry", "--function", "some")
        self.assertIn("--stream-specification", said)
        self.assertIn("--table", self.failing(2, "trigger", "create", "--function", "some"))
        self.assertIn("no trigger", self.failing(1, "trigger", "delete", "none"))
        self.assertIn("15m", self.failing(2, "trigger", "replay", "some", "--from", "yesterday"))
        done = subprocess.run(
            [find_parley(), "function", "list", "--endpoint-url", "http://127.0.0.1:1"],
            env=client_environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )
        self.assertEqual(done.returncode, 3)
        self.assertIn("parley serve", done.stderr.replace(find_parley(), "parley"))
