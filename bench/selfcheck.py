"""Whether the report judges as it says (made-up figures with a verdict each) and the load generator
counts as it says (a server that answers in pieces, with errors, or not at all). Runs before any
server is measured."""

import contextlib
import pathlib
import re
import socket
import tempfile
import threading

import load
import report
import workloads

# (what, Parley's rate, DynamoDB Local's, the echo's or None, Parley's CPU, DynamoDB Local's,
#  the generator's, GetItem's verdict: 8 times are wanted)
CASES = (
    ("eight times the requests", 80, 10, 200, 10, 10, 1, "pass"),
    ("fewer, though the echo could", 79, 10, 200, 10, 800, 9, "**fail**"),
    ("the echo is the ceiling, CPU is met", 60, 10, 79, 10, 80, 1, "pass, by CPU"),
    ("the echo is the ceiling, CPU is missed", 60, 10, 79, 10, 79, 1, "**fail**"),
    ("the generator needs more than the server", 60, 10, 200, 10, 80, 11, "pass, by CPU"),
    ("no echo was measured", 60, 10, None, 10, 80, 1, "**fail**"),
)


def figure(rate, cpu, generator=1.0):
    turn = {"p50_us": 1, "p99_us": 2, "failed": 0, "cpu_us": cpu, "generator_us": generator}
    return load.median_of([{**turn, "rate": each * rate} for each in (0.5, 1.0, 2.0)])


class PieceServer:
    """Answers the n-th request of a connection with the n-th of `statuses` and so on round, each
    reply in two pieces; where there is None it ends the connection. Remembers the requests."""

    def __init__(self, statuses):
        self.statuses = statuses
        self.requests = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection = self.listener.accept()[0]
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection, contextlib.suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for number in range(1_000_000):
                request = connection.recv(65536)
                status = self.statuses[number % len(self.statuses)]
                if not request or status is None:
                    return
                self.requests.append(request)
                connection.sendall(b"HTTP/1.1 %d X\r\ncontent-LENGTH:  4\r\nX: " % status)
                connection.sendall(b"y\r\n\r\nab")
                connection.sendall(b"cd")


def generator_problems():
    found = []
    serials = re.compile(rb"n=(\d{10})$")
    with tempfile.TemporaryDirectory(prefix="bench-check-") as folder:
        path = pathlib.Path(folder) / "requests"
        requests = [
            load.http_request("POST", "/", {}, f"{kind} n={workloads.SERIAL}") for kind in "ab"
        ]
        load.write_requests(path, requests)
        for statuses, share in (((200,), 0), ((200, 500), 0.5), ((404,), 1), ((200, None), 0.5)):
            server = PieceServer(statuses)
            figures = load.generate(server.port, path, 2, 0.3)
            server.listener.close()
            if figures["requests"] < 4 or abs(figures["failed"] / figures["requests"] - share) > 0.2:
                found.append(f"the generator counts {figures} of a server that answers {statuses}")
            sent = [serials.search(request).group(1) for request in server.requests]
            if len(set(sent)) != len(sent) or {len(r) for r in server.requests} != {len(requests[0])}:
                found.append("the generator sends a request twice, or another than it was given")
        server = PieceServer((200,))
        figures = load.generate(server.port, path, 2, 0.5, rate=100)
        server.listener.close()
        if not 10 <= figures["requests"] <= 51 or figures["failed"]:
            found.append(f"100 a second for half a second are {figures}")
    return found


def problems():
    """What is wrong, one text each."""
    return report_problems() + generator_problems()


def report_problems():
    found = []
    for what, ours, theirs, echo, cpu, their_cpu, generator, wanted in CASES:
        results = report.Results()
        results.add(report.PARLEY, "GetItem", 64, figure(ours, cpu, generator))
        results.add(report.LOCAL, "GetItem", 64, figure(theirs, their_cpu))
        if echo is not None:
            results.add(report.ECHO, "GetItem", 64, figure(echo, 1))
        mark = report.marks(results, 64)[0]
        if mark.verdict != wanted:
            found.append(f"{what}: judged {mark.verdict}, not {wanted}")
        if wanted not in report.markdown(results, [64], "here"):
            found.append(f"{what}: the report does not say {wanted}")
    if figure(10, 1)["rate"] != 10 or figure(10, 1)["rates"] != [5, 10, 20]:
        found.append("a cell is not the median of its turns")
    return found
