"""Calls of the messaging API on a connection that is kept, and a live stream that comes back."""

import http.client
import json
import threading
import time
import urllib.parse

TIMEOUT_S = 60


class NotAnswered(Exception):
    """The call may have done its work or not."""


class Answer:
    def __init__(self, status, raw):
        self.status = status
        self.raw = raw
        self.json = json.loads(raw) if raw[:1] in b"{[" and raw else None

    def __repr__(self):
        return f"{self.status} {self.raw[:300]!r}"

    @property
    def problem(self):
        return (self.json or {}).get("type", "").rpartition("/")[2]


class Caller:
    """Of one person; not thread-safe. `port` may be changed between calls."""

    def __init__(self, token):
        self.token = token
        self.port = None
        self.connection = None
        self.connected_to = None

    def call(self, method, path, body=None):
        """Sent once, never again by itself. Raises NotAnswered, also for a server's fault."""
        if self.connected_to != self.port:
            self.close()
            self.connection = http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=TIMEOUT_S
            )
            self.connected_to = self.port
        headers = {"Host": f"localhost:{self.port}"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            self.connection.request(
                method, path, None if body is None else json.dumps(body), headers
            )
            reply = self.connection.getresponse()
            answer = Answer(reply.status, reply.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            raise NotAnswered(repr(error)) from error
        if answer.status >= 500:
            raise NotAnswered(repr(answer))
        return answer

    def pages(self, path, limit):
        """The items of all pages of a list."""
        items, cursor = [], ""
        while True:
            answer = self.call("GET", f"{path}?limit={limit}{cursor}")
            if answer.status != 200:
                raise NotAnswered(repr(answer))
            items += answer.json["items"]
            following = answer.json.get("next") or answer.json.get("older")
            if not following:
                return items
            name = "cursor" if "next" in answer.json else "older"
            cursor = f"&{name}={urllib.parse.quote(following)}"

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = self.connected_to = None


class Listener:
    """A person's live events through every broken connection: what a client knows from them.

    As docs/messaging-api.md asks of clients, everything is read again where a stream begins anew, or
    could not be resumed, and a conversation that is new is read when it is first heard of;
    `read_again(port, conversation)` does that, on the listener's thread."""

    def __init__(self, token, ports, read_again):
        self.token = token
        self.ports = ports  # a callable: those that may be connected to, in this order
        self.read_again = read_again
        self.lock = threading.Lock()
        self.messages = {}  # id: the newest state
        self.conversations = {}  # id: (unread, last_read_at, muted)
        self.to_read = set()  # new ones, while they could not be read
        self.resumed = 0
        self.restarted = 0  # ready with resumed false
        self.faults = []
        self.history = []
        self.last_id = None
        self.closed = threading.Event()
        self.ready = threading.Event()
        self.connection = None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def close(self):
        self.closed.set()
        try:
            self.connection.sock.shutdown(2)
        except (OSError, AttributeError):
            pass
        self.thread.join(TIMEOUT_S)

    def _run(self):
        turn = 0
        while not self.closed.is_set():
            ports = self.ports()
            try:
                self._listen(ports[turn % len(ports)])
            except NotAnswered:
                pass
            except (OSError, ValueError, AttributeError, http.client.HTTPException):
                pass  # killed, or closed
            turn += 1
            self.closed.wait(0.01)

    def _listen(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
        headers = {"Host": f"localhost:{port}", "Authorization": f"Bearer {self.token}"}
        if self.last_id:
            headers["Last-Event-ID"] = self.last_id
        self.connection.request("GET", "/v1/events", headers=headers)
        reply = self.connection.getresponse()
        if reply.status != 200:
            if reply.status < 500:
                self.faults.append(f"/v1/events: {reply.status} {reply.read()[:200]}")
            return
        name, data, event_id = "message", [], self.last_id
        for line in reply:
            field, _, value = line.decode().rstrip("\n").partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                data.append(value)
            elif field == "id":
                event_id = value
            elif not field:
                if data:
                    self._take(name, json.loads("\n".join(data)), port)
                self.last_id = event_id  # only now: a torn event is to come again
                name, data = "message", []

    def _take(self, name, data, port):
        if name == "ready":
            self.history.append((time.time(), port, data["resumed"], self.last_id))
            if data["resumed"]:
                self.resumed += 1
            else:
                if self.last_id:
                    self.restarted += 1
                messages, conversations = self.read_again(port, None)
                with self.lock:
                    self.messages, self.conversations = messages, conversations
                self.to_read.clear()
            for conversation in list(self.to_read):
                self._read_new(port, conversation)
            self.ready.set()
            return
        with self.lock:
            if name == "message":
                self.messages[data["id"]] = data
            elif name == "conversation":
                if data["conversation_id"] not in self.conversations:
                    self.to_read.add(data["conversation_id"])
                self.conversations[data["conversation_id"]] = (
                    data["unread"],
                    data.get("last_read_at"),
                    data["muted"],
                )
        if name == "conversation" and data["conversation_id"] in self.to_read:
            self._read_new(port, data["conversation_id"])

    def _read_new(self, port, conversation):
        messages, _ = self.read_again(port, conversation)
        with self.lock:
            self.messages.update(messages)
        self.to_read.discard(conversation)
