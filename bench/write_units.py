"""Write units a message, counted: what the database says it has charged for a message and for all
that its trigger writes after it, beside the founding document's function on the same database.

The messaging app runs as it does on AWS, on a database elsewhere; between the two stands a server
that asks for ConsumedCapacity with each write and adds up the replies.
"""

import contextlib
import http.client
import http.server
import importlib.util
import io
import json
import pathlib
import threading
import unittest.mock

import boto3
from messaging.app import request, wait_until
from support.processes import Parley, ParleyApp
from support.target import CREDENTIALS
from support.wire import Caller

TABLE, INDEX = "cruddur-messages", "message-group-sk-index"
_KEY = ("pk", "HASH"), ("sk", "RANGE")
_INDEX_KEY = ("message_group_uuid", "HASH"), ("sk", "RANGE")
TABLE_INPUT = {
    "TableName": TABLE,
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "message_group_uuid")
    ],
    "KeySchema": [{"AttributeName": name, "KeyType": kind} for name, kind in _KEY],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": INDEX,
            "KeySchema": [{"AttributeName": name, "KeyType": kind} for name, kind in _INDEX_KEY],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
}
WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}
MESSAGES = 5
MEMBERS = (2, 10)
TEXT = "The quick brown fox would rather walk along the river than jump over anybody today."
FUNCTION = (
    pathlib.Path(__file__).resolve().parent.parent / "tests/founding/fixtures/lambda_function.py"
)


class Meter(http.server.ThreadingHTTPServer):
    """Passes requests on to `database_port` and adds up the units of writes: [base, index]."""

    daemon_threads = True

    def __init__(self, database_port):
        super().__init__(("127.0.0.1", 0), _Passing)
        self.database_port = database_port
        self.lock = threading.Lock()
        self.units = [0.0, 0.0]
        self.in_flight = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def is_quiet(self):
        with self.lock:
            return self.in_flight == 0

    def passes(self, count):
        with self.lock:
            self.in_flight += count

    def add(self, body):
        consumed = body.get("ConsumedCapacity") or []
        for each in consumed if isinstance(consumed, list) else [consumed]:
            with self.lock:
                self.units[0] += each["Table"]["CapacityUnits"]
                for index in each.get("GlobalSecondaryIndexes", {}).values():
                    self.units[1] += index["CapacityUnits"]

    def take(self):
        with self.lock:
            units, self.units = self.units, [0.0, 0.0]
        return units


class _Passing(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        self.server.passes(1)
        try:
            self._pass_on()
        finally:
            self.server.passes(-1)

    def _pass_on(self):
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        is_write = self.headers.get("X-Amz-Target", "").rpartition(".")[2] in WRITES
        if is_write:
            body = json.loads(content)
            is_write = not _is_of_the_reader(body)
            content = json.dumps({**body, "ReturnConsumedCapacity": "INDEXES"}).encode()
        headers = {
            name: value
            for name, value in self.headers.items()
            if name.lower() not in ("content-length", "accept-encoding")
        }
        database = http.client.HTTPConnection("127.0.0.1", self.server.database_port, timeout=60)
        with contextlib.closing(database):
            database.request("POST", self.path, content, headers)
            reply = database.getresponse()
            answer = reply.read()
        if is_write and reply.status == 200:
            self.server.add(json.loads(answer))
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            if name.lower() not in ("content-length", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


def _is_of_the_reader(body):
    """Whether a write is the stream's reader's own: its lease, its checkpoint. A Lambda has none."""
    key = body.get("Item") or body.get("Key") or {}
    return key.get("pk", {}).get("S", "").startswith(("LSE", "CHK#"))


def _a_message(units):
    return [unit / MESSAGES for unit in units]


def _of_parley(meter, database, app_port, members, tokens):
    people = [f"p{members}-{int(tokens)}-{number}" for number in range(members)]
    signed_in = [
        request(app_port, "POST", "/v1/sign-in", {"handle": handle}).json["access_token"]
        for handle in people
    ]
    made = {"kind": "group", "title": "Us", "handles": people[1:]}
    if members == 2:
        made = {"kind": "direct", "handle": people[1]}
    conversation = request(app_port, "POST", "/v1/conversations", made, signed_in[0]).json["id"]
    caller = Caller(database.port)

    def send(number):
        body = {"text": f"{number} {TEXT}"}
        if tokens:
            body["client_token"] = f"{members}-{number}"
        path = f"/v1/conversations/{conversation}/messages"
        answer = request(app_port, "POST", path, body, signed_in[number % members])
        assert answer.status == 201, answer
        query = {
            "TableName": TABLE,
            "IndexName": INDEX,
            "KeyConditionExpression": "message_group_uuid = :g",
            "ExpressionAttributeValues": {":g": {"S": conversation}},
        }

        def shown():  # the rows are the last thing that the trigger writes
            rows = caller.call("Query", query).body["Items"]
            texts = [row["message"]["S"] for row in rows]
            return texts == [body["text"]] * members and meter.is_quiet()

        wait_until(shown, "the trigger does not come to its end")

    send(0)
    meter.take()
    for number in range(1, MESSAGES + 1):
        send(number)
    caller.close()
    return _a_message(meter.take())


def _of_the_original(meter, members):
    """As its programs write: a message, then the function with the message's record."""
    resource = boto3.resource

    def redirected(service, **_):
        return resource(
            service,
            endpoint_url=meter.url,
            region_name=CREDENTIALS["AWS_DEFAULT_REGION"],
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        )

    specification = importlib.util.spec_from_file_location("lambda_function", FUNCTION)
    function = importlib.util.module_from_spec(specification)
    with unittest.mock.patch("boto3.resource", redirected):
        specification.loader.exec_module(function)
    table = function.dynamodb.Table(TABLE)
    group = f"original-{members}"
    person = {"user_uuid": "u", "user_display_name": "Bob Brown", "user_handle": "bob"}
    moment = "2023-04-01T10:00:{:02}.000000+00:00".format
    for number in range(members):
        row = {"pk": f"GRP#{group}-{number}", "sk": moment(0), "message_group_uuid": group}
        table.put_item(Item={**row, "message": TEXT, **person})
    meter.take()
    for number in range(1, MESSAGES + 1):
        key = {"pk": f"MSG#{group}", "sk": moment(number)}
        table.put_item(Item={**key, "message": TEXT, "message_uuid": str(number), **person})
        change = {
            "Keys": {name: {"S": value} for name, value in key.items()},
            "NewImage": {"message": {"S": TEXT}},
        }
        with contextlib.redirect_stdout(io.StringIO()):
            function.lambda_handler(
                {"Records": [{"eventName": "INSERT", "dynamodb": change}]}, None
            )
    return _a_message(meter.take())


def measure():
    """Rows of (members, what, base units, index units)."""
    rows = []
    with contextlib.ExitStack() as stack:
        # The original has a database of its own, where nobody else follows the stream.
        originals = stack.enter_context(Parley(in_memory=True))
        caller = Caller(originals.port)
        assert caller.call("CreateTable", TABLE_INPUT).status == 200
        caller.close()
        original_meter = Meter(originals.port)
        stack.callback(original_meter.shutdown)
        database = stack.enter_context(Parley(in_memory=True))
        meter = Meter(database.port)
        stack.callback(meter.shutdown)
        options = ("--no-rate-limits", "--create-table")
        app = stack.enter_context(ParleyApp(meter.url, options))
        for members in MEMBERS:
            formula = "the original by its formula (1 + 2N, 2N)"
            rows.append((members, formula, 1 + 2 * members, 2 * members))
            original = _of_the_original(original_meter, members)
            rows.append((members, "the original's function, counted", *original))
            for tokens in (False, True):
                who = "Parley, counted" + (", with a client token" if tokens else "")
                counted = _of_parley(meter, database, app.app_port, members, tokens)
                rows.append((members, who, *counted))
    return rows


def report(rows):
    out = [
        f"Write units a message, the trigger's work included, as the database charges them (mean of "
        f"{MESSAGES} messages):",
        "",
        "| members | who | base table | index |",
        "|--:|---|--:|--:|",
    ]
    for members, who, base, index in rows:
        out.append(f"| {members} | {who} | {base:.1f} | {index:.1f} |")
    return out


if __name__ == "__main__":
    raise SystemExit("this is a part of messages.py")
