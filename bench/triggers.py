#!/usr/bin/python3
"""How fast a table's changes reach functions, and what a stream costs a write.

    bench/triggers.py [--only WORD ...] [--seconds N] [--write-docs]

Measures `parley serve` on disk with fsync: from a write to the warm function's invocation; records
a second through an event source mapping; PutItem with and without a stream; how long a function's
process takes to start. `--only` takes parts of the names latency, throughput, cost, start. With
--write-docs the result goes into docs/benchmarks.md. See bench/run.py for the rest.
"""

import argparse
import base64
import os
import pathlib
import re
import statistics
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(1, str(ROOT / "tests"))  # behind this folder: both have a run.py

import load  # noqa: E402
import run  # noqa: E402
import workloads  # noqa: E402
from document import Section  # noqa: E402
from support.processes import Parley  # noqa: E402
from support.wire import Caller  # noqa: E402
from triggers import conversations  # noqa: E402

WRITES = 400
PAUSE_S = 0.01  # between the writes of which each's way is timed
RECORDS = 20_000
CONVERSATIONS = 1_000
STARTS = 5
DEADLINE_S = 300
SECTION = Section("<!-- results: written by bench/triggers.py -->", "<!-- end of trigger results -->")

# Each notes the time of its invocation, first of all, with the sort keys it was given.
PYTHON = """
import os, time
target = os.open(os.environ["TARGET"], os.O_WRONLY | os.O_APPEND)
def handler(event, context):
    now = time.time_ns()
    lines = [f"{r['dynamodb']['Keys']['sk']['S']} {now}\\n" for r in event["Records"]]
    os.write(target, "".join(lines).encode())
"""
NODE = """
const fs = require("fs");
const target = fs.openSync(process.env.TARGET, "a");
exports.handler = async (event) => {
  const now = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e6));
  const lines = event.Records.map((r) => `${r.dynamodb.Keys.sk.S} ${now}\\n`);
  fs.writeSync(target, lines.join(""));
};
"""
IDLE_PYTHON = "def handler(event, context):\n    pass\n"
IDLE_NODE = "exports.handler = async () => {};\n"
IDLE_SHELL = """#!/bin/sh
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while true; do
  headers=$(mktemp)
  curl -sS -o /dev/null -D "$headers" "$api/next"
  id=$(grep -i '^lambda-runtime-aws-request-id' "$headers" | tr -d '\\r' | cut -d' ' -f2)
  rm -f "$headers"
  curl -sS -o /dev/null -X POST -d '{}' "$api/$id/response"
done
"""
FUNCTIONS = {
    "python3": ("python3.11", "function.handler", {"function.py": PYTHON}),
    "nodejs": ("nodejs20.x", "function.handler", {"function.js": NODE}),
}
IDLE = {
    "python3": ("python3.11", "function.handler", {"function.py": IDLE_PYTHON}),
    "nodejs": ("nodejs20.x", "function.handler", {"function.js": IDLE_NODE}),
    "provided (a shell script)": ("provided.al2023", "bootstrap", {"bootstrap": IDLE_SHELL}),
}


def wait_until(condition):
    pause = threading.Event()
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit("it does not come to an end")
        pause.wait(0.001)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def deploy(functions, name, recipe, **environment):
    runtime, handler, files = recipe
    functions.create_function(
        FunctionName=name,
        Runtime=runtime,
        Role=conversations.ROLE,
        Handler=handler,
        Code={"ZipFile": conversations.zip_of(files)},
        Timeout=60,
        MemorySize=256,
        Environment={"Variables": environment},
    )


class Bench:
    """A server, its clients, the messaging table."""

    def __init__(self, server):
        self.server = server
        self.dynamodb = conversations.client("dynamodb", server.url)
        self.functions = conversations.client("lambda", server.url)
        self.stream = conversations.create_table(self.dynamodb, shards=4)

    def map(self, function, start, **more):
        answer = self.functions.create_event_source_mapping(
            EventSourceArn=self.stream, FunctionName=function, StartingPosition=start, **more
        )
        return answer["UUID"]

    def status(self, uuid):
        caller = Caller(self.server.port)
        answer = caller.send("GET", f"/_parley/triggers/{uuid}", None, {})
        caller.close()
        return answer.body

    def is_done(self, uuid):
        shards = self.status(uuid)["Shards"]
        return all(shard["RecordsBehind"] + shard["RecordsInFlight"] == 0 for shard in shards)


def latency_of_function(bench, name):
    """Nanoseconds from a write's request, and from its reply, to the handler's first line."""
    with tempfile.NamedTemporaryFile() as target:
        deploy(bench.functions, name, FUNCTIONS[name], TARGET=target.name)
        uuid = bench.map(name, "LATEST")
        sent, answered = {}, {}
        pause = threading.Event()
        for number in range(WRITES + 1):  # the first one starts the process
            key = f"{name}-{number:06}"
            item = conversations.message(f"l{number}", key, "ann", "hello")
            sent[key] = time.time_ns()
            bench.dynamodb.put_item(TableName=conversations.TABLE, Item=item)
            answered[key] = time.time_ns()
            if number == 0:
                wait_until(lambda: os.path.getsize(target.name) > 0)
            pause.wait(PAUSE_S)
        wait_until(lambda: bench.is_done(uuid))
        bench.functions.delete_event_source_mapping(UUID=uuid)
        lines = pathlib.Path(target.name).read_text().split("\n")[1:-1]
    arrived = {key: int(at) for key, at in (line.split() for line in lines)}
    return (
        [arrived[key] - sent[key] for key in arrived],
        [max(0, arrived[key] - answered[key]) for key in arrived],
    )


def latency_of_native(bench):
    """The same for the native trigger, up to the row's being where it belongs."""
    bench.map(conversations.NATIVE, "LATEST")
    start = conversations.moment(0)
    from_sent, from_answered = [], []
    for number in range(WRITES):
        group, user = f"n{number}", f"reader{number}"
        row = conversations.row(user, group, start, "ann")
        bench.dynamodb.put_item(TableName=conversations.TABLE, Item=row)
        sk = conversations.moment(60)
        sent = time.time_ns()
        item = conversations.message(group, sk, "ann", "hello")
        bench.dynamodb.put_item(TableName=conversations.TABLE, Item=item)
        answered = time.time_ns()
        key = {"pk": row["pk"], "sk": {"S": sk}}
        while "Item" not in bench.dynamodb.get_item(TableName=conversations.TABLE, Key=key):
            pass
        seen = time.time_ns()
        from_sent.append(seen - sent)
        from_answered.append(max(0, seen - answered))
    return from_sent, from_answered


def latency():
    lines = [
        "### From a write to the function",
        "",
        "| function | what is timed | p50 ms | p99 ms |",
        "|---|---|--:|--:|",
    ]

    def add(name, until, measured):
        for since, values in zip(("request", "reply"), measured):
            lines.append(
                f"| {name} | from the write's {since} to {until} | "
                f"{percentile(values, 0.5) / 1e6:.2f} | {percentile(values, 0.99) / 1e6:.2f} |"
            )
            print(lines[-1], flush=True)

    with Parley() as server:
        bench = Bench(server)
        for name in FUNCTIONS:
            add(name, "the handler's first line", latency_of_function(bench, name))
        add("native", "the moved row's being read", latency_of_native(bench))
    return lines


def throughput():
    lines = [
        "### Records a second through a mapping",
        "",
        f"{RECORDS:,} messages of {CONVERSATIONS:,} conversations in four shards.",
        "",
        "| function | batch | records/s | server CPU µs/record |",
        "|---|--:|--:|--:|",
    ]
    rows = [
        conversations.row(f"u{number}", f"g{number}", conversations.moment(0), "ann")
        for number in range(CONVERSATIONS)
    ]
    messages = [
        conversations.message(
            f"g{number % CONVERSATIONS}", conversations.moment(60, number), "ann", "hello"
        )
        for number in range(RECORDS)
    ]
    for name, function, batch in (
        ("python3, does nothing", "idle", 100),
        ("python3, does nothing", "idle", 1000),
        ("native, moves rows", conversations.NATIVE, 100),
        ("native, moves rows", conversations.NATIVE, 1000),
    ):
        with Parley() as server:  # each anew: a row is moved to a message once
            bench = Bench(server)
            write_all(server.port, [*rows, *messages])
            deploy(bench.functions, "idle", IDLE["python3"])
            before, began = load.cpu_seconds(server.pid), time.monotonic()
            uuid = bench.map(function, "TRIM_HORIZON", BatchSize=batch)
            wait_until(lambda: bench.is_done(uuid))
            elapsed = time.monotonic() - began
            spent = load.cpu_seconds(server.pid) - before
            done = bench.status(uuid)["RecordsDone"]
        lines.append(
            f"| {name} | {batch} | {done / elapsed:,.0f} | {spent / max(done, 1) * 1e6:.1f} |"
        )
        print(lines[-1], flush=True)
    return lines


def write_all(port, items):
    """Into the messaging table, as load.fill does into its own."""
    caller = Caller(port)
    for start in range(0, len(items), workloads.BATCH):
        batch = [{"PutRequest": {"Item": item}} for item in items[start : start + workloads.BATCH]]
        answer = caller.call("BatchWriteItem", {"RequestItems": {conversations.TABLE: batch}})
        if answer.status != 200 or answer.body.get("UnprocessedItems"):
            raise SystemExit(f"filling the table failed: {answer.raw}")
    caller.close()


def cost(seconds, rounds=3):
    lines = [
        "### What a stream costs PutItem",
        "",
        f"64 connections, the median of {rounds} rounds in turn.",
        "",
        "| stream | requests/s | server CPU µs/request | throughput against none |",
        "|---|--:|--:|--:|",
    ]
    figures = {view: [] for view in (None, "NEW_IMAGE", "NEW_AND_OLD_IMAGES")}
    for _ in range(rounds):
        for view, measured in figures.items():
            with Parley() as server:
                caller = Caller(server.port)
                stream = {
                    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": view}
                }
                answer = caller.call(
                    "CreateTable", {**workloads.CREATE_TABLE, **(stream if view else {})}
                )
                caller.close()
                if answer.status != 200:
                    raise SystemExit(f"CreateTable: {answer.raw}")
                load.fill(server.port, workloads.preparation())
                load.turn(server, "PutItem", 64, 1)  # a warm-up
                measured.append(load.turn(server, "PutItem", 64, seconds))
    base = statistics.median(figure["rate"] for figure in figures[None])
    for view, measured in figures.items():
        rate = statistics.median(figure["rate"] for figure in measured)
        cpu = statistics.median(figure["cpu_us"] for figure in measured)
        lines.append(f"| {view or 'none'} | {rate:,.0f} | {cpu:.1f} | {rate / base:.2f} |")
        print(lines[-1], flush=True)
    return lines


def start():
    lines = [
        "### A function's process",
        "",
        f"The median of {STARTS} deployments.",
        "",
        "| runtime | start ms (Init Duration) | first invocation ms, start included |",
        "|---|--:|--:|",
    ]
    with Parley() as server:
        functions = conversations.client("lambda", server.url)
        for number, (name, recipe) in enumerate(IDLE.items()):
            inits, calls = [], []
            for turn in range(STARTS):
                function = f"start-{number}-{turn}"
                deploy(functions, function, recipe)
                began = time.monotonic()
                answer = functions.invoke(FunctionName=function, LogType="Tail", Payload=b"{}")
                calls.append((time.monotonic() - began) * 1000)
                log = base64.b64decode(answer["LogResult"]).decode()
                inits.append(float(re.search(r"Init Duration: ([0-9.]+) ms", log).group(1)))
            lines.append(
                f"| {name} | {statistics.median(inits):.0f} | {statistics.median(calls):.0f} |"
            )
            print(lines[-1], flush=True)
    return lines


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD")
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--write-docs", action="store_true")
    chosen = parser.parse_args()
    parts = {
        "latency": latency,
        "throughput": throughput,
        "cost": lambda: cost(chosen.seconds),
        "start": start,
    }
    lines = [
        f"Measured {time.strftime('%Y-%m-%d', time.gmtime())} on {os.cpu_count()} cores, on disk "
        "with fsync.",
        "",
    ]
    for name in run.chosen_of(parts, chosen.only):
        lines += [*parts[name](), ""]
    text = "\n".join(lines)
    print(f"\n{text}")
    if chosen.write_docs:
        SECTION.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
