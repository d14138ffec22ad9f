"""The wire itself: HTTP/1.1 as clients and proxies speak it, and everything that is not quite
that."""

import gzip
import http.client
import json
import os
import socket
import subprocess
import tempfile
import threading
import unittest
import zlib

from support.processes import Parley
from support.target import ServerCase
from support.wire import Caller, default_headers, exchange

TABLE = "Wire"
TIMEOUT_S = 30


def request_bytes(operation, body, target="/", version="HTTP/1.1", extra=()):
    """One whole HTTP request as bytes."""
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {
        "Host": "localhost",
        **default_headers(operation),
        "Content-Length": str(len(payload)),
    }
    headers.update(extra)
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value is not None)
    return f"POST {target} {version}\r\n{head}\r\n".encode() + payload


def read_answers(connection, count):
    """Reads `count` pipelined replies: [(status, headers, body)]."""
    answers = []
    file = connection.makefile("rb")
    for _ in range(count):
        status = int(file.readline().split()[1])
        headers = http.client.parse_headers(file)
        answers.append((status, headers, file.read(int(headers["Content-Length"]))))
    return answers


class Wire(ServerCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wire.call(
            "CreateTable",
            {
                "TableName": TABLE,
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            },
        )

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.server.port), timeout=TIMEOUT_S)
        self.addCleanup(connection.close)
        return connection

    def put(self, pk, **attributes):
        self.ok("PutItem", TableName=TABLE, Item={"pk": {"S": pk}, **attributes})

    def assert_serving(self):
        """Whatever was sent before, the next client is served."""
        caller = Caller(self.server.port)
        self.assertEqual(caller.call("ListTables", {}).status, 200)
        caller.close()

    # --- replies -------------------------------------------------------------------------------

    def test_headers_of_a_success(self):
        answer = self.wire.call("ListTables", {})
        self.assertEqual(answer.headers["content-type"], "application/x-amz-json-1.0")
        self.assertRegex(answer.headers["x-amzn-requestid"], r"^[A-Za-z0-9-]{36,52}$")
        self.assertEqual(int(answer.headers["x-amz-crc32"]), zlib.crc32(answer.raw))
        self.assertEqual(int(answer.headers["content-length"]), len(answer.raw))

    def test_headers_of_an_error(self):
        answer = self.wire.call("DescribeTable", {"TableName": "Nowhere"})
        self.assertEqual(answer.status, 400)
        self.assertEqual(answer.headers["content-type"], "application/x-amz-json-1.0")
        self.assertEqual(int(answer.headers["x-amz-crc32"]), zlib.crc32(answer.raw))
        self.assertEqual(
            answer.body["__type"], "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"
        )
        self.assertEqual(answer.message, "Requested resource not found: Table: Nowhere not found")

    def test_request_ids_differ(self):
        ids = {self.wire.call("ListTables", {}).headers["x-amzn-requestid"] for _ in range(20)}
        self.assertEqual(len(ids), 20)

    def test_get_answers_a_health_line(self):
        answer = self.wire.send("GET", "/", None, {})
        self.assertEqual(answer.status, 200)
        self.assertTrue(answer.raw.startswith(b"healthy: dynamodb."), answer.raw)
        answer = self.wire.send("HEAD", "/", None, {})
        self.assertEqual((answer.status, answer.raw), (200, b""))

    # --- compression ---------------------------------------------------------------------------

    def test_compressed_request_bodies_are_read(self):
        body = json.dumps(
            {"TableName": TABLE, "Item": {"pk": {"S": "gzip"}, "x": {"S": "y" * 5000}}}
        ).encode()
        for coding, packed in (("gzip", gzip.compress(body)), ("deflate", zlib.compress(body))):
            with self.subTest(coding):
                answer = self.wire.call("PutItem", packed, {"Content-Encoding": coding})
                self.assertEqual(answer.status, 200, answer.raw)

    def test_a_body_that_is_not_what_its_encoding_says_is_refused(self):
        # AWS answers 500 here, as strange as it is.
        good = gzip.compress(b'{"TableName":"Wire","Key":{"pk":{"S":"a"}}}')
        for name, bad in (("plain", b"{}"), ("cut", good[:-9]), ("empty", b"")):
            with self.subTest(name):
                answer = self.wire.call("GetItem", bad, {"Content-Encoding": "gzip"})
                self.assertEqual((answer.status, answer.error), (500, "InternalServerError"))
        self.assert_serving()

    def test_a_bomb_is_refused(self):
        bomb = gzip.compress(b'{"TableName":"' + b"a" * 40_000_000 + b'"}')
        answer = self.wire.call("GetItem", bomb, {"Content-Encoding": "gzip"})
        self.assertIn(answer.status, (400, 413))
        self.assert_serving()

    def test_long_replies_are_compressed_when_asked(self):
        self.put("long", data={"S": "compress me " * 1000})
        plain = self.wire.call("GetItem", {"TableName": TABLE, "Key": {"pk": {"S": "long"}}})
        self.assertNotIn("content-encoding", plain.headers)
        for coding, unpack in (("gzip", gzip.decompress), ("deflate", zlib.decompress)):
            with self.subTest(coding):
                packed = self.wire.call(
                    "GetItem",
                    {"TableName": TABLE, "Key": {"pk": {"S": "long"}}},
                    {"Accept-Encoding": coding},
                )
                self.assertEqual(packed.headers["content-encoding"], coding)
                self.assertLess(len(packed.raw), len(plain.raw))
                self.assertEqual(json.loads(unpack(packed.raw)), plain.body)
                self.assertEqual(int(packed.headers["x-amz-crc32"]), zlib.crc32(packed.raw))
        short = self.wire.call("ListTables", {}, {"Accept-Encoding": "gzip"})
        self.assertNotIn("content-encoding", short.headers)

    # --- connections ---------------------------------------------------------------------------

    def test_pipelined_requests_are_answered_in_order(self):
        for number in range(50):
            self.put(f"pipe-{number}", n={"N": str(number)})
        requests = b"".join(
            request_bytes("GetItem", {"TableName": TABLE, "Key": {"pk": {"S": f"pipe-{n}"}}})
            for n in range(50)
        )
        connection = self.connect()
        connection.sendall(requests)
        answers = read_answers(connection, 50)
        self.assertEqual(
            [json.loads(body)["Item"]["n"]["N"] for _, _, body in answers],
            [str(n) for n in range(50)],
        )

    def test_pipelined_writes_and_reads_see_each_other(self):
        connection = self.connect()
        key = {"pk": {"S": "pipe-counter"}}
        update = request_bytes(
            "UpdateItem",
            {
                "TableName": TABLE,
                "Key": key,
                "UpdateExpression": "ADD n :one",
                "ReturnValues": "UPDATED_NEW",
                "ExpressionAttributeValues": {":one": {"N": "1"}},
            },
        )
        connection.sendall(update * 20)
        values = [
            json.loads(body)["Attributes"]["n"]["N"] for _, _, body in read_answers(connection, 20)
        ]
        self.assertEqual(values, [str(n) for n in range(1, 21)])

    def test_a_request_byte_by_byte(self):
        connection = self.connect()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in request_bytes("ListTables", {}):
            connection.sendall(bytes([at]))
        self.assertEqual(read_answers(connection, 1)[0][0], 200)

    def test_connection_close_and_http_1_0_close(self):
        for payload in (
            request_bytes("ListTables", {}, extra={"Connection": "close"}),
            request_bytes("ListTables", {}, version="HTTP/1.0"),
        ):
            answer = exchange(self.server.port, payload, finish=False)
            self.assertRegex(answer.split(b"\r\n")[0], rb"^HTTP/1\.[01] 200")

    def test_absolute_form_targets(self):
        for target in (
            "http://dynamodb.ca-central-1.amazonaws.com/",
            "http://dynamodb.us-east-1.amazonaws.com",
            "http://localhost:8000/",
        ):
            with self.subTest(target):
                connection = self.connect()
                connection.sendall(request_bytes("ListTables", {}, target=target))
                status, _, body = read_answers(connection, 1)[0]
                self.assertEqual(status, 200, body)

    def test_chunked_bodies_and_expect_continue(self):
        connection = self.connect()
        head = request_bytes(
            "ListTables", b"", extra={"Content-Length": None, "Transfer-Encoding": "chunked"}
        )
        connection.sendall(head + b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n")
        self.assertEqual(read_answers(connection, 1)[0][0], 200)
        connection = self.connect()
        head = request_bytes("ListTables", b"{}", extra={"Expect": "100-continue"})[:-2]
        connection.sendall(head)
        self.assertEqual(connection.recv(100).split(b"\r\n")[0], b"HTTP/1.1 100 Continue")
        connection.sendall(b"{}")
        self.assertEqual(read_answers(connection, 1)[0][0], 200)

    def test_many_connections_at_once(self):
        failures = []

        def work(name):
            caller = Caller(self.server.port)
            for number in range(10):
                item = {"pk": {"S": f"{name}-{number}"}, "n": {"N": str(number)}}
                caller.call("PutItem", {"TableName": TABLE, "Item": item})
                got = caller.call(
                    "GetItem",
                    {"TableName": TABLE, "Key": {"pk": item["pk"]}, "ConsistentRead": True},
                )
                if got.body != {"Item": item}:
                    failures.append(got.raw)
            caller.close()

        threads = [threading.Thread(target=work, args=(f"thread-{n}",)) for n in range(32)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])

    # --- bad requests --------------------------------------------------------------------------

    def test_malformed_json_is_a_serialization_exception(self):
        for body in (
            b"{",
            b"{'a':1}",
            b'{"TableName":}',
            b'{"TableName":"Wire"',
            b"[]",
            b'"text"',
            b"5",
            b"nul",
            b'{"TableName":"Wire","TableName"}',
            b"{}{}",
            b'{"TableName":"\xff\xfe"}',
            b"\0",
        ):
            with self.subTest(body):
                answer = self.wire.call("GetItem", body)
                self.assertEqual(
                    (answer.status, answer.error), (400, "SerializationException"), answer.raw
                )
        self.assert_serving()

    def test_deeply_nested_json_is_refused(self):
        for open_, close in ((b"[", b"]"), (b'{"a":', b"}")):
            body = b'{"TableName":' + open_ * 100_000 + b"1" + close * 100_000 + b"}"
            answer = self.wire.call("GetItem", body)
            self.assertEqual(answer.status, 400, answer.raw[:200])
        item = (
            b'{"TableName":"Wire","Item":{"pk":{"S":"a"},"x":'
            + b'{"L":[' * 20_000
            + b"]}" * 20_000
            + b"}}"
        )
        self.assertEqual(self.wire.call("PutItem", item).status, 400)
        self.assert_serving()

    def test_unknown_operations(self):
        for target in (
            "DynamoDB_20120810.NoSuchOperation",
            "DynamoDB_20120810.",
            "DynamoDB_19990101.PutItem",
            "x",
            "",
        ):
            with self.subTest(target):
                answer = self.wire.call("x", {}, {"X-Amz-Target": target})
                self.assertEqual(
                    (answer.status, answer.error), (400, "UnknownOperationException"), answer.raw
                )

    def test_a_request_without_credentials_is_told_so(self):
        headers = default_headers("ListTables")
        del headers["Authorization"]
        answer = self.wire.send("POST", "/", {}, headers)
        self.assertEqual(
            (answer.status, answer.error), (400, "MissingAuthenticationTokenException"), answer.raw
        )

    def test_an_oversized_body_is_413_and_the_server_goes_on(self):
        body = b'{"TableName":"' + b"a" * (17 * 1024 * 1024) + b'"}'
        try:
            answer = Caller(self.server.port).call("GetItem", body)
            self.assertEqual(
                (answer.status, answer.error), (413, "RequestEntityTooLargeException")
            )
        except ConnectionError:
            pass  # closed while we were still sending: that is a refusal too
        declared = exchange(
            self.server.port, request_bytes("GetItem", b"", extra={"Content-Length": "99999999999"})
        )
        self.assertIn(declared.split(b" ")[1], (b"413", b"400"))
        self.assert_serving()

    def test_oversized_headers_are_431(self):
        payload = request_bytes("ListTables", {}, extra={"X-Padding": "x" * 20_000})
        try:
            answer = exchange(self.server.port, payload, finish=False)
            self.assertEqual(answer.split(b" ")[1], b"431", answer[:200])
            self.assertIn("__type", json.loads(answer.partition(b"\r\n\r\n")[2]))
        except ConnectionError:
            pass
        self.assert_serving()

    def test_malformed_http_is_refused_and_the_server_goes_on(self):
        good = request_bytes("ListTables", {})
        for payload in (
            b"\r\n\r\n\r\n",
            b"HELLO\r\n\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00",
            b"POST / HTTP/9.9\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"POST / HTTP/1.1\r\nBroken Header\r\n\r\n",
            b"GET",
            b"\0" * 1000,
            b"POST / HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            good[:-1],
            good[:60],
        ):
            with self.subTest(payload[:60]):
                try:
                    answer = exchange(self.server.port, payload)
                    self.assertNotIn(b" 200 ", answer.split(b"\r\n")[0])
                except ConnectionError:
                    pass
        self.assert_serving()

    def test_slow_clients_cost_only_themselves(self):
        slow = []
        for _ in range(100):  # each stops in the middle of its request
            connection = self.connect()
            connection.sendall(request_bytes("PutItem", {"TableName": TABLE})[:-3])
            slow.append(connection)
        self.assert_serving()
        reading = self.connect()  # one that asks a lot and reads nothing
        self.put("fat", data={"S": "x" * 300_000})
        reading.setblocking(False)
        ask = request_bytes("GetItem", {"TableName": TABLE, "Key": {"pk": {"S": "fat"}}})
        try:
            for _ in range(500):
                reading.send(ask)
        except BlockingIOError:
            pass
        self.assert_serving()

    def test_clients_that_vanish_leave_nothing_broken(self):
        for _ in range(50):
            connection = socket.create_connection(("127.0.0.1", self.server.port))
            connection.sendall(
                request_bytes("PutItem", {"TableName": TABLE, "Item": {"pk": {"S": "gone"}}})
            )
            connection.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0"
            )  # ends with a reset
            connection.close()
        self.assert_serving()


class Process(unittest.TestCase):
    """The server as a process: its port, its data directory, its signals."""

    def test_a_taken_port_is_a_clear_error(self):
        with Parley(in_memory=True) as first:
            second = Parley(port=first.port, in_memory=True)
            done = subprocess.run(second.command, capture_output=True, text=True, timeout=TIMEOUT_S)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(str(first.port), done.stderr)

    def test_a_second_process_on_one_data_directory_is_refused(self):
        with Parley() as first:
            second = Parley(data=first.data)
            done = subprocess.run(second.command, capture_output=True, text=True, timeout=TIMEOUT_S)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(str(first.data), done.stderr)

    def test_a_terminated_server_ends_with_0_and_keeps_its_data(self):
        with tempfile.TemporaryDirectory() as data:
            table = {
                "TableName": TABLE,
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            }
            with Parley(data=data) as server:
                caller = Caller(server.port)
                self.assertEqual(caller.call("CreateTable", table).status, 200)
                caller.call("PutItem", {"TableName": TABLE, "Item": {"pk": {"S": "kept"}}})
                described = caller.call("DescribeTable", {"TableName": TABLE}).body["Table"]
                caller.close()
                self.assertEqual(server.stop(), 0)
            with Parley(data=data) as server:
                caller = Caller(server.port)
                got = caller.call("GetItem", {"TableName": TABLE, "Key": {"pk": {"S": "kept"}}})
                self.assertEqual(got.body, {"Item": {"pk": {"S": "kept"}}})
                again = caller.call("DescribeTable", {"TableName": TABLE}).body["Table"]
                self.assertEqual(again["TableId"], described["TableId"])
                self.assertEqual(again["CreationDateTime"], described["CreationDateTime"])
                caller.close()

    def test_in_memory_leaves_no_files(self):
        with tempfile.TemporaryDirectory() as folder:
            server = Parley(in_memory=True)
            server.cwd = folder
            with server:
                Caller(server.port).call("ListTables", {})
            self.assertEqual(os.listdir(folder), [])
