"""DynamoDB's wire protocol by hand: one JSON request, one answer, nothing in between.

What a client library hides (status, headers, the error's exact `__type`, malformed bodies) is what
these tests look at.
"""

import dataclasses
import http.client
import json
import socket

TARGET_PREFIX = "DynamoDB_20120810."
STREAMS_PREFIX = "DynamoDBStreams_20120810."
AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host, Signature=0"
)
TIMEOUT_S = 60


@dataclasses.dataclass
class Answer:
    """What came back. `body` is the parsed JSON, or None where there was none."""

    status: int
    headers: dict
    raw: bytes
    body: object

    @property
    def error(self):
        """The error's short name, or None for a success."""
        if self.status == 200 or not isinstance(self.body, dict):
            return None
        return self.body.get("__type", "").rpartition("#")[2]

    @property
    def message(self):
        if not isinstance(self.body, dict):
            return None
        return self.body.get("message", self.body.get("Message"))


def default_headers(operation):
    """`operation` is one of DynamoDB's, or a whole target."""
    return {
        "X-Amz-Target": operation if "." in operation else TARGET_PREFIX + operation,
        "Content-Type": "application/x-amz-json-1.0",
        "Authorization": AUTHORIZATION,
        "X-Amz-Date": "20260101T000000Z",
    }


class Caller:
    """One keep-alive connection to a server. Not thread-safe; reconnects when it was closed."""

    def __init__(self, port, host="127.0.0.1"):
        self.connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)

    def call(self, operation, body, headers=None):
        """Sends `body` (anything JSON can hold, or bytes as they are) to `operation`."""
        return self.send("POST", "/", body, {**default_headers(operation), **(headers or {})})

    def send(self, method, path, body, headers):
        payload = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        for attempt in (1, 2):
            fresh = self.connection.sock is None
            try:
                self.connection.request(method, path, payload, headers)
                reply = self.connection.getresponse()
                break
            except (http.client.BadStatusLine, ConnectionError):
                self.connection.close()
                if (
                    fresh or attempt == 2
                ):  # an idle connection may be closed under us, a new one not
                    raise
        raw = reply.read()
        try:
            parsed = json.loads(raw) if raw else None
        except ValueError:
            parsed = None
        return Answer(reply.status, {k.lower(): v for k, v in reply.getheaders()}, raw, parsed)

    def close(self):
        self.connection.close()


def exchange(port, payload, timeout_s=TIMEOUT_S, finish=True):
    """Sends raw bytes on a new connection and returns all that comes back until it closes.

    `finish` ends our side after sending (the server sees the end of the stream).
    """
    with socket.create_connection(("127.0.0.1", port), timeout=timeout_s) as connection:
        connection.sendall(payload)
        if finish:
            connection.shutdown(socket.SHUT_WR)
        received = b""
        while True:
            piece = connection.recv(65536)
            if not piece:
                return received
            received += piece
