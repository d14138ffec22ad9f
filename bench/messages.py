#!/usr/bin/python3
"""How fast the messaging service is: sending, conversation lists, histories, and the way of a message
to another person's screen.

    bench/messages.py [--only WORD ...] [--seconds N] [--write-docs]

Fills a messaging table with 100,000 messages in 5,000 conversations, of which one person has 2,000,
and one conversation of 100,000 messages more. Then `parley serve` on its own database (on disk, with
fsync) and on DynamoDB Local in memory, each with the cache in memory and without one, answer the
same requests over 16 connections, in a closed loop and then at half of that rate. At last the write
units of a message are counted. `--only` takes parts of the names of places or workloads, "live" and
"units". With --write-docs the result goes into docs/benchmarks.md.
"""

import argparse
import json
import os
import pathlib
import random
import statistics
import sys
import tempfile
import threading
import time
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(1, str(ROOT / "tests"))  # behind this folder: both have a run.py

import load  # noqa: E402
import write_units  # noqa: E402
from document import Section  # noqa: E402
from messaging.app import Events, request  # noqa: E402
from support.processes import DynamoDBLocal, Parley, ParleyApp, free_port  # noqa: E402
from support.wire import Caller  # noqa: E402

CONVERSATIONS, OF_ONE_PERSON, MESSAGES, LARGE = 5_000, 2_000, 100_000, 100_000
CONNECTIONS = 16
LIVE_CONNECTIONS, LIVE_MESSAGES = 200, 300
BATCH, LOADERS = 25, 8
ME = "11111111-1111-4111-8111-111111111111"
OTHER = "22222222-2222-4222-8222-222222222222"
LARGE_ID = "33333333-3333-4333-8333-333333333333"
SECTION = Section(
    "<!-- messaging: written by bench/messages.py -->", "<!-- end of messaging results -->"
)
SERIAL = "0123456789"  # the generator puts another number there each time
TURN = "TURN-"  # before it: another text in each turn
SHARE = 0.5  # of the closed loop's rate, in the open one
SETTLE_WINDOW_S, SETTLE_WINDOWS_MAX, SETTLE_CPU_S = 0.1, 200, 0.02
# Workloads, cache, and the p99 in milliseconds that they are to stay under.
LISTS = ("conversation list", "history", "history of 100,000")
SENDS = ("send", "send with a client token")
GOALS = ((LISTS, "on", 1), (LISTS, "off", 5), (SENDS, "on", 10), (SENDS, "off", 10))
TEXT = "The quick brown fox would rather walk along the river than jump over anybody today."


def moment(at):
    """The `at`-th microsecond of a day long ago, as a sort key."""
    seconds, micros = divmod(at, 1_000_000)
    return f"2026-01-{1 + seconds // 86400:02}T{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{micros:06}+00:00"


def item(**attributes):
    return {
        name: value if isinstance(value, dict) else {"S": value}
        for name, value in attributes.items()
    }


def person(identity, handle):
    yield item(
        pk=f"USR#{identity}",
        sk="PROFILE",
        handle=handle,
        display_name=handle.capitalize(),
        created_at=moment(0),
    )
    yield item(pk=f"HND#{handle}", sk="HND", user_uuid=identity)


def conversation(identity, people, times):
    """Messages at `times`, and what belongs to them, of a conversation of two."""
    last = moment(times[-1])
    speaker = people[times[-1] % 2]
    sender = {
        "sender_uuid": speaker,
        "sender_display_name": speaker[:8],
        "sender_handle": speaker[:8],
    }
    yield item(
        pk=f"CNV#{identity}",
        sk="META",
        kind="direct",
        created_at=moment(0),
        created_by=people[0],
        member_count={"N": "2"},
        last_message_at=last,
        preview=TEXT,
        **sender,
    )
    for me, other in (people, people[::-1]):
        yield item(
            pk=f"CNV#{identity}",
            sk=f"MBR#{me}",
            role="member",
            handle=me[:8],
            display_name=me[:8],
            joined_at=moment(0),
            row_sk=last,
            message_sk=last,
            last_read_sk=last,
            unread={"N": "0"},
        )
        yield item(
            pk=f"GRP#{me}",
            sk=last,
            message_group_uuid=identity,
            message=TEXT,
            user_uuid=other,
            user_display_name=other[:8],
            user_handle=other[:8],
            **sender,
        )
    for at in times:
        yield item(
            pk=f"MSG#{identity}",
            sk=moment(at),
            message=TEXT,
            message_uuid=str(uuid.UUID(int=at, version=4)),
            user_uuid=people[at % 2],
            user_display_name=people[at % 2][:8],
            user_handle=people[at % 2][:8],
        )


def items():
    """Everything, and the ids of the person's conversations."""
    source = random.Random(7)
    mine = [str(uuid.UUID(int=source.getrandbits(128), version=4)) for _ in range(OF_ONE_PERSON)]
    out = [*person(ME, "me"), *person(OTHER, "other")]
    each = MESSAGES // CONVERSATIONS
    for number in range(CONVERSATIONS):
        is_mine = number < OF_ONE_PERSON
        identity = mine[number] if is_mine else str(uuid.UUID(int=source.getrandbits(128), version=4))
        first = ME if is_mine else str(uuid.UUID(int=source.getrandbits(128), version=4))
        second = str(uuid.UUID(int=source.getrandbits(128), version=4))
        times = [1_000_000 * number + 10_000 * at for at in range(each)]
        out += conversation(identity, (first, second), times)
    start = 1_000_000 * CONVERSATIONS
    out += conversation(LARGE_ID, (ME, OTHER), range(start, start + 1_000 * LARGE, 1_000))
    return out, mine


def call(caller, operation, **body):
    answer = caller.call(operation, body)
    if answer.status != 200:
        raise SystemExit(f"{operation}: {answer.raw}")
    return answer


def fill(port, everything):
    """The table without its stream while it is filled: nobody is to be told of old messages."""
    caller = Caller(port)
    call(caller, "CreateTable", **write_units.TABLE_INPUT)
    failures = []

    def work(part):
        own = Caller(port)
        for start in range(0, len(part), BATCH):
            puts = [{"PutRequest": {"Item": each}} for each in part[start : start + BATCH]]
            answer = own.call("BatchWriteItem", {"RequestItems": {write_units.TABLE: puts}})
            if answer.status != 200 or answer.body.get("UnprocessedItems"):
                failures.append(answer.raw)
                break
        own.close()

    threads = [
        threading.Thread(target=work, args=(everything[at::LOADERS],)) for at in range(LOADERS)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    if failures:
        raise SystemExit(f"filling the table failed: {failures[0]}")
    call(
        caller,
        "UpdateTable",
        TableName=write_units.TABLE,
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    caller.close()


def workloads(mine):
    """Of each the requests: method, path, body."""
    history = "/v1/conversations/{}/messages?limit=25".format
    send = "/v1/conversations/{}/messages".format
    body = json.dumps({"text": TEXT})
    with_token = json.dumps({"text": TEXT, "client_token": TURN + SERIAL})
    return {
        "conversation list": [("GET", "/v1/conversations?limit=25", "")],
        "history": [("GET", history(each), "") for each in mine],
        "history of 100,000": [("GET", history(LARGE_ID), "")],
        "send": [("POST", send(each), body) for each in mine],
        "send with a client token": [("POST", send(each), with_token) for each in mine],
    }


def request_file(folder, name, token, lines):
    """The requests of a workload, as the generator takes them."""
    path = pathlib.Path(folder) / name.replace(" ", "-").replace(",", "")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    # The generator's numbers begin anew in each turn, client tokens must not.
    turn_of = f"{uuid.uuid4()}-"
    requests = [
        load.http_request(method, target, headers, body.replace(TURN, turn_of))
        for method, target, body in lines
    ]
    load.write_requests(path, requests)
    return path


def settle(server):
    """Waits until the server has nothing to do: the first start finds times to live to note."""
    for _ in range(SETTLE_WINDOWS_MAX):
        before = load.cpu_seconds(server.pid)
        time.sleep(SETTLE_WINDOW_S)
        if load.cpu_seconds(server.pid) - before <= SETTLE_CPU_S:
            return


def sign_in(port, handle):
    return request(port, "POST", "/v1/sign-in", {"handle": handle}).json["access_token"]


def live(port, mine_token, other_token):
    """Milliseconds from sending to the other person's screen, while many are connected."""
    listeners = [Events(port, sign_in(port, f"listener-{at // 10}")) for at in range(LIVE_CONNECTIONS)]
    screen = Events(port, other_token)
    screen.wait_for("ready")
    for each in listeners:
        each.wait_for("ready")
    times = []
    for number in range(LIVE_MESSAGES):
        text = f"number {number}"
        began = time.perf_counter()
        request(
            port, "POST", f"/v1/conversations/{LARGE_ID}/messages", {"text": text}, mine_token
        )
        screen.wait_for("message", lambda data, text=text: data["text"] == text)
        times.append((time.perf_counter() - began) * 1e3)
    for each in [*listeners, screen]:
        each.close()
    cuts = statistics.quantiles(times, n=100)
    return statistics.median(times), cuts[98]


def turn(server, requests, seconds, rate=None):
    """One turn over CONNECTIONS connections: a closed loop, or an open one at `rate`."""
    settle(server)
    path = request_file(*requests)
    before = load.cpu_seconds(server.pid)
    figures = load.generate(server.app_port, path, CONNECTIONS, seconds, rate=rate)
    spent = load.cpu_seconds(server.pid) - before
    figures["rate"] = figures["requests"] / (figures["duration_us"] / 1e6)
    figures["cpu_us"] = spent / max(figures["requests"], 1) * 1e6
    return figures


def measure(place, server, mine, chosen, results):
    token = sign_in(server.app_port, "me")
    with tempfile.TemporaryDirectory(prefix="bench-requests-") as folder:
        for name, lines in workloads(mine).items():
            if chosen.only and not any(word in f"{place} {name}" for word in chosen.only):
                continue
            requests = (folder, name, token, lines)
            turn(server, requests, 1)
            closed = turn(server, requests, chosen.seconds)
            opened = turn(server, requests, chosen.seconds, rate=closed["rate"] * SHARE)
            results.append((name, place, closed, opened))
            print(
                f"{place}, {name}: {closed['rate']:,.0f}/s, p99 {closed['p99_us'] / 1e3:.2f} ms; "
                f"at {opened['rate']:,.0f}/s {opened['p99_us'] / 1e3:.2f} ms",
                flush=True,
            )
    if place.startswith("Parley, cache") and (not chosen.only or "live" in chosen.only):
        settle(server)
        p50, p99 = live(server.app_port, token, sign_in(server.app_port, "other"))
        results.append(("live", place, (p50, p99), None))
        print(f"{place}, live: p50 {p50:.1f} ms, p99 {p99:.1f} ms", flush=True)


def verdicts(results):
    """The goals, in milliseconds of p99, and what became of them."""
    out = [
        "| goal (p99, embedded, 16 connections) | closed loop | | at half of that rate | |",
        "|---|--:|---|--:|---|",
    ]
    figures = {(name, place): (closed, opened) for name, place, closed, opened in results}
    for names, cache, most in GOALS:
        for name in names:
            found = figures.get((name, f"Parley, cache {cache}"))
            if not found:
                continue
            times = [each["p99_us"] / 1e3 for each in found]
            words = ["met" if each < most else "missed" for each in times]
            out.append(
                f"| {name}, cache {cache}: under {most} ms | {times[0]:.2f} ms | {words[0]} | "
                f"{times[1]:.2f} ms | {words[1]} |"
            )
    return out


def report(results, units):
    out = [
        f"Measured {time.strftime('%Y-%m-%d')} on {os.cpu_count()} cores, {CONNECTIONS} connections, "
        "the load generator on the same cores. In the closed loop each connection sends its next "
        "request when it has the reply to the last one: the cores are never idle, and p99 is above "
        "all what a request waits for its turn on a core. In the open loop requests fall due at half "
        "of that rate, whatever became of those before, and are timed from when they fell due.",
        "",
        "| workload | place | closed loop, requests/s | p50 ms | p99 ms | CPU µs/request | open loop, "
        "requests/s | p50 ms | p99 ms | failed |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    order = {name: at for at, name in enumerate(workloads([]))}
    for name, place, closed, opened in sorted(
        (each for each in results if each[0] != "live"), key=lambda each: order[each[0]]
    ):
        out.append(
            f"| {name} | {place} | {closed['rate']:,.0f} | {closed['p50_us'] / 1e3:.2f} | "
            f"{closed['p99_us'] / 1e3:.2f} | {closed['cpu_us']:.0f} | {opened['rate']:,.0f} | "
            f"{opened['p50_us'] / 1e3:.2f} | {opened['p99_us'] / 1e3:.2f} | "
            f"{closed['failed'] + opened['failed']} |"
        )
    out += ["", *verdicts(results)]
    for _, place, (p50, p99), _ in (each for each in results if each[0] == "live"):
        out += [
            "",
            f"From sending to the other person's screen, {LIVE_CONNECTIONS} live connections besides, "
            f"{LIVE_MESSAGES} messages one after the other ({place}): p50 {p50:.1f} ms, p99 "
            f"{p99:.1f} ms; the goal is 50 ms.",
        ]
    if units:
        out += ["", *write_units.report(units)]
    return "\n".join(out) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--only", nargs="+", metavar="WORD")
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--write-docs", action="store_true")
    chosen = parser.parse_args()
    os.environ.setdefault("AWS_ACCESS_KEY_ID", "bench")
    os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "bench")
    everything, mine = items()
    print(f"{len(everything):,} items", flush=True)
    results = []
    with tempfile.TemporaryDirectory(prefix="bench-messaging-") as folder:
        first = Parley(data=folder)
        with first:
            fill(first.port, everything)
        for label, cache in (("cache on", "memory"), ("cache off", "off")):
            server = Parley(
                data=folder, app_port=free_port(), options=("--no-rate-limits", "--cache", cache)
            )
            with server:
                measure(f"Parley, {label}", server, mine, chosen, results)
    with DynamoDBLocal() as database:
        fill(database.port, everything)
        for label, cache in (("cache on", "memory"), ("cache off", "off")):
            app = ParleyApp(database.url, ("--no-rate-limits", "--cache", cache))
            with app:
                measure(f"on DynamoDB Local, {label}", app, mine, chosen, results)
    wants_units = not chosen.only or "units" in chosen.only
    text = report(results, write_units.measure() if wants_units else [])
    print(text)
    if chosen.write_docs:
        SECTION.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
