"""The messaging app as its tests use it: people who sign in, call the API and listen."""

import http.client
import json
import threading
import time
import unittest

from messaging import openapi
from support.processes import DynamoDBLocal, Parley, ParleyApp, free_port

DEADLINE_S = 60
POLL_S = 0.005


def wait_until(condition, what):
    """Asks until `condition()` gives something true, which is returned."""
    pause = threading.Event()
    deadline = time.monotonic() + DEADLINE_S
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(what)
        pause.wait(POLL_S)


class Answer:
    def __init__(self, reply):
        self.status = reply.status
        self.headers = reply.headers
        self.raw = reply.read()
        is_json = "json" in (reply.headers.get("Content-Type") or "")
        self.json = json.loads(self.raw) if is_json and self.raw else None

    def __repr__(self):
        return f"{self.status} {self.raw[:500]!r}"


def request(port, method, path, body=None, token=None, headers=None):
    """Asks, and holds the answer against openapi.json."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE_S)
    sent = {"Host": f"localhost:{port}", **(headers or {})}
    if token:
        sent["Authorization"] = f"Bearer {token}"
    is_text = body is None or isinstance(body, (str, bytes))
    text = body if is_text else json.dumps(body)
    try:
        connection.request(method, path, text, sent)
        answer = Answer(connection.getresponse())
    finally:
        connection.close()
    found = openapi.check(method, path, body, answer)
    assert not found, found
    return answer


class Events:
    """A person's live events, gathered on a thread until `close()`."""

    def __init__(self, port, token, last_id=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE_S)
        headers = {"Authorization": f"Bearer {token}"}
        if last_id:
            headers["Last-Event-ID"] = last_id
        self.connection.request("GET", "/v1/events", headers=headers)
        self.reply = self.connection.getresponse()
        self.status = self.reply.status
        self.gathered = []
        self.faults = []  # what differs from openapi.json
        self.last_id = last_id
        self.changed = threading.Condition()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        name, data = "message", []
        try:
            for line in self.reply:
                line = line.decode().rstrip("\n")
                field, _, value = line.partition(": ")
                if field == "event":
                    name = value
                elif field == "data":
                    data.append(value)
                elif field == "id":
                    self.last_id = value
                elif not line and data:
                    event = (name, json.loads("\n".join(data)))
                    with self.changed:
                        self.faults += openapi.check_event(*event)
                        self.gathered.append(event)
                        self.changed.notify_all()
                    name, data = "message", []
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass  # closed

    def wait_for(self, name, matches=lambda data: True):
        """The data of the first such event; waits for it."""
        deadline = time.monotonic() + DEADLINE_S
        with self.changed:
            while True:
                assert not self.faults, self.faults
                for each, data in self.gathered:
                    if each == name and matches(data):
                        return data
                left = deadline - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"no event {name} came; these did: {self.gathered}")
                self.changed.wait(left)

    def of(self, name):
        with self.changed:
            return [data for each, data in self.gathered if each == name]

    def close(self):
        try:
            self.connection.sock.shutdown(2)
        except (OSError, AttributeError):
            pass
        self.connection.close()
        self.thread.join(DEADLINE_S)


class Person:
    """Somebody who has signed in."""

    def __init__(self, port, handle, display_name=None):
        self.port = port
        self.handle = handle
        answer = request(
            port, "POST", "/v1/sign-in", {"handle": handle, "display_name": display_name or handle}
        )
        assert answer.status == 200, answer
        self.token = answer.json["access_token"]
        self.id = self.get("/v1/me").json["id"]

    def call(self, method, path, body=None):
        return request(self.port, method, path, body, self.token)

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body):
        return self.call("POST", path, body)

    def events(self, last_id=None):
        return Events(self.port, self.token, last_id)

    def open_with(self, other):
        """The id of the conversation with another person."""
        answer = self.post("/v1/conversations", {"kind": "direct", "handle": other.handle})
        assert answer.status in (200, 201), answer
        return answer.json["id"]

    def send(self, conversation, text, **more):
        answer = self.post(f"/v1/conversations/{conversation}/messages", {"text": text, **more})
        assert answer.status in (200, 201), answer
        return answer.json

    def conversations(self):
        answer = self.get("/v1/conversations")
        assert answer.status == 200, answer
        return answer.json["items"]

    def listed(self, conversation):
        """The conversation as the person's list has it; none if it has not."""
        return next((each for each in self.conversations() if each["id"] == conversation), None)

    def history(self, conversation, query=""):
        answer = self.get(f"/v1/conversations/{conversation}/messages{query}")
        assert answer.status == 200, answer
        return answer.json


class AppCase(unittest.TestCase):
    """An app for the whole class, in process or on DynamoDB Local: `place`."""

    place = "embedded"
    options = ("--no-rate-limits",)

    @classmethod
    def setUpClass(cls):
        if cls.place == "embedded":
            cls.server = Parley(in_memory=True, app_port=free_port(), options=cls.options)
        else:
            database = DynamoDBLocal()
            cls.addClassCleanup(database.stop)
            database.start()
            cls.server = ParleyApp(database.url, ("--create-table", *cls.options))
        cls.addClassCleanup(cls.server.stop)
        cls.server.start()
        cls.port = cls.server.app_port

    def person(self, name):
        """A person of this test alone."""
        test = self.id().rsplit(".", 1)[1]
        return Person(self.port, f"{name}.{abs(hash(test)) % 10**9}", name.capitalize())

    def people(self, *names):
        return [self.person(name) for name in names]

    def assert_problem(self, answer, status, kind):
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        self.assertEqual(answer.json["type"], f"/problems/{kind}")
        self.assertEqual(answer.json["status"], status)
