#!/usr/bin/python3
"""How fast the messaging service is: sending, conversation lists, histories, and the way of a message
to another person's screen.

    bench/messages.py [--only WORD ...] [--seconds N] [--write-docs]

Fills a messaging table with 100,000 messages in 5,000 conversations, of which one person has 2,000,
and one conversation of 100,000 messages more. Then `parley serve` on its own database (on disk, with
fsync) and on DynamoDB Local in memory, each with the cache in memory and without one, answer the
same requests over 16 connections. `--only` takes parts of the names of places or workloads. With
--write-docs the result goes into docs/benchmarks.md.
"""

import argparse
import json
import os
import pathlib
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(1, str(ROOT / "tests"))  # behind this folder: both have a run.py

from messaging.app import Events, request  # noqa: E402
from support.processes import DynamoDBLocal, Parley, ParleyApp, free_port  # noqa: E402
from support.wire import Caller  # noqa: E402

TABLE = "cruddur-messages"
CONVERSATIONS, OF_ONE_PERSON, MESSAGES, LARGE = 5_000, 2_000, 100_000, 100_000
CONNECTIONS = 16
LIVE_CONNECTIONS, LIVE_MESSAGES = 200, 300
BATCH, LOADERS = 25, 8
ME = "11111111-1111-4111-8111-111111111111"
OTHER = "22222222-2222-4222-8222-222222222222"
LARGE_ID = "33333333-3333-4333-8333-333333333333"
DOCUMENT = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- messaging: written by bench/messages.py -->", "<!-- end of messaging results -->"
SCRIPT = pathlib.Path(__file__).resolve().parent / "messages.lua"
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
    yield item(
        pk=f"CNV#{identity}",
        sk="META",
        kind="direct",
        created_at=moment(0),
        created_by=people[0],
        member_count={"N": "2"},
        last_message_at=last,
        preview=TEXT,
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
    key = lambda name, kind: {"AttributeName": name, "KeyType": kind}  # noqa: E731
    caller = Caller(port)
    call(
        caller,
        "CreateTable",
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"}
            for name in ("pk", "sk", "message_group_uuid")
        ],
        KeySchema=[key("pk", "HASH"), key("sk", "RANGE")],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "message-group-sk-index",
                "KeySchema": [key("message_group_uuid", "HASH"), key("sk", "RANGE")],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    failures = []

    def work(part):
        own = Caller(port)
        for start in range(0, len(part), BATCH):
            puts = [{"PutRequest": {"Item": each}} for each in part[start : start + BATCH]]
            answer = own.call("BatchWriteItem", {"RequestItems": {TABLE: puts}})
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
        TableName=TABLE,
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    caller.close()


def workloads(mine):
    history = [f"GET\t/v1/conversations/{each}/messages?limit=25\t" for each in mine]
    large = f"GET\t/v1/conversations/{LARGE_ID}/messages?limit=25\t"
    body = json.dumps({"text": TEXT})
    return {
        "conversation list": ["GET\t/v1/conversations?limit=25\t"],
        "history": history,
        "history of 100,000": [large],
        "send": [f"POST\t/v1/conversations/{each}/messages\t{body}" for each in mine],
    }


def load(port, token, lines, seconds):
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        done = subprocess.run(
            [
                *("wrk", "-t", "2", "-c", str(CONNECTIONS), "-d", f"{seconds}s", "--latency"),
                *("-s", str(SCRIPT), f"http://127.0.0.1:{port}/"),
            ],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "BENCH_REQUESTS": file.name, "BENCH_TOKEN": token},
        )
    figures = json.loads(re.search(r"FIGURES (.*)", done.stdout).group(1))
    figures["rate"] = figures["requests"] / (figures["duration_us"] / 1e6)
    return figures


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


def measure(place, server, port, mine, chosen, results):
    token = sign_in(port, "me")
    for name, lines in workloads(mine).items():
        if chosen.only and not any(word in f"{place} {name}" for word in chosen.only):
            continue
        load(port, token, lines, 1)
        figures = load(port, token, lines, chosen.seconds)
        results.append((name, place, figures))
        print(f"{place}, {name}: {figures['rate']:,.0f}/s", flush=True)
    if place.startswith("Parley, cache") and (not chosen.only or "live" in chosen.only):
        p50, p99 = live(port, token, sign_in(port, "other"))
        results.append(("live", place, (p50, p99)))
        print(f"{place}, live: p50 {p50:.1f} ms, p99 {p99:.1f} ms", flush=True)


def report(results):
    out = [
        f"Measured {time.strftime('%Y-%m-%d')} on {os.cpu_count()} cores, {CONNECTIONS} connections, "
        "the load generator on the same cores.",
        "",
        "| workload | place | requests/s | p50 ms | p99 ms | failed |",
        "|---|---|--:|--:|--:|--:|",
    ]
    order = {name: at for at, name in enumerate(workloads([]))}
    for name, place, figures in sorted(
        (each for each in results if each[0] != "live"), key=lambda each: order[each[0]]
    ):
        out.append(
            f"| {name} | {place} | {figures['rate']:,.0f} | {figures['p50_us'] / 1e3:.2f} | "
            f"{figures['p99_us'] / 1e3:.2f} | {figures['failed']} |"
        )
    for _, place, (p50, p99) in (each for each in results if each[0] == "live"):
        out += [
            "",
            f"From sending to the other person's screen, {LIVE_CONNECTIONS} live connections besides, "
            f"{LIVE_MESSAGES} messages one after the other ({place}): p50 {p50:.1f} ms, p99 {p99:.1f} ms.",
        ]
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
                measure(f"Parley, {label}", server, server.app_port, mine, chosen, results)
    with DynamoDBLocal() as database:
        fill(database.port, everything)
        for label, cache in (("cache on", "memory"), ("cache off", "off")):
            app = ParleyApp(database.url, ("--no-rate-limits", "--cache", cache))
            with app:
                measure(f"on DynamoDB Local, {label}", app, app.app_port, mine, chosen, results)
    text = report(results)
    print(text)
    if chosen.write_docs:
        before, _, rest = DOCUMENT.read_text().partition(BEGIN)
        DOCUMENT.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{rest.partition(END)[2]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
