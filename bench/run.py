#!/usr/bin/python3
"""The same HTTP load on Parley, on what it is compared with, and on the bare HTTP stack; one run.

    bench/run.py [--quick] [--only WORD ...] [--seconds N] [--write-docs]

One server at a time, on loopback, on the machine's own cores, which the load generator shares: read
the ratios, not the absolute figures. The generator is wrk (2 threads; 1 at one connection): on the
echo it does several times what the fastest database here answers, so it is not what is measured.
`--only` takes parts of names of servers or workloads. The result goes to build/bench/results.md
and, with --write-docs, into docs/benchmarks.md. The exit code is 1 when a mark is missed.
"""

import argparse
import json
import os
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import report  # noqa: E402
import workloads  # noqa: E402
from support import npm  # noqa: E402
from support.processes import Dynalite, DynamoDBLocal, Parley, Server, free_port  # noqa: E402
from support.wire import AUTHORIZATION, Caller  # noqa: E402

CONNECTIONS = (1, 16, 64)
SECONDS = 3.0
WARM_UP_S = 0.7
STARTS = 5
IDLE_S = 1.0
LOADERS = 8
RESULTS = ROOT / "build" / "bench" / "results.md"
DOCUMENT = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- results: written by bench/run.py --write-docs -->", "<!-- end of results -->"
TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def echo_server():
    binary = ROOT / "build" / "release" / "bench" / "echo" / "echo_server"
    port = free_port()
    return Server([binary, port], port)


class LocalOnDisk(DynamoDBLocal):
    """DynamoDB Local on a temporary directory."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="bench-")
        super().__init__(data=self.folder)

    def stop(self):
        super().stop()
        shutil.rmtree(self.folder, ignore_errors=True)


# name -> (how to make it, which workloads it takes)
ALL = tuple(workloads.WORKLOADS)
SERVERS = {
    report.PARLEY: (Parley, ALL),
    report.MEMORY: (lambda: Parley(in_memory=True), ALL),
    report.ECHO: (echo_server, ("GetItem",)),
    report.LOCAL: (DynamoDBLocal, ALL),
    # Each of its writes takes milliseconds: 64,000 overwrites would take longer than all the rest.
    report.LOCAL_DISK: (LocalOnDisk, ALL[:4]),
    report.DYNALITE: (Dynalite, ALL),
}


def process_tree(pid):
    """The process and all its descendants."""
    found = [pid]
    for known in found:
        try:
            text = pathlib.Path(f"/proc/{known}/task/{known}/children").read_text()
            found += map(int, text.split())
        except OSError:
            pass
    return found


def cpu_seconds(pid):
    """User and system time of the process tree so far."""
    ticks = 0
    for member in process_tree(pid):
        fields = pathlib.Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(map(int, fields[11:15]))  # utime, stime, cutime, cstime
    return ticks * TICK_S


def rss_mib(pid):
    total = 0
    for member in process_tree(pid):
        status = pathlib.Path(f"/proc/{member}/status").read_text()
        total += int(re.search(r"VmRSS:\s+(\d+)", status).group(1))
    return total / 1024


def fill(port, items):
    """Writes `items` in batches over several connections; the order of one key's writes is kept."""
    failures = []

    def work(part):
        caller = Caller(port)
        for start in range(0, len(part), workloads.BATCH):
            batch = [
                {"PutRequest": {"Item": item}} for item in part[start : start + workloads.BATCH]
            ]
            answer = caller.call("BatchWriteItem", {"RequestItems": {workloads.TABLE: batch}})
            if answer.status != 200 or answer.body.get("UnprocessedItems"):
                failures.append(answer.raw)
                break
        caller.close()

    items = list(items)
    parts = [
        items[at::LOADERS] for at in range(LOADERS)
    ]  # 1,000 = 8 * 125: a key stays in its part
    threads = [threading.Thread(target=work, args=(part,)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise SystemExit(f"filling the table failed: {failures[0]}")


def wrk(port, workload, connections, seconds, body_file):
    threads = min(2, connections)
    done = subprocess.run(
        [
            "wrk",
            "-t",
            str(threads),
            "-c",
            str(connections),
            "-d",
            f"{seconds:.0f}s" if seconds >= 1 else "1s",
            "-s",
            ROOT / "bench" / "load.lua",
            f"http://127.0.0.1:{port}/",
        ],
        capture_output=True,
        text=True,
        check=True,
        env={
            **os.environ,
            "BENCH_TARGET": workloads.WORKLOADS[workload][0],
            "BENCH_BODIES": body_file,
            "BENCH_AUTHORIZATION": AUTHORIZATION,
        },
    )
    return json.loads(re.search(r"FIGURES (.*)", done.stdout).group(1))


def measure(server, workload, connections, seconds):
    """One cell of the table."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        bodies = workloads.bodies(workload)
        file.write("\n".join(bodies) + "\n")
        file.flush()
        caller = Caller(server.port)
        answer = caller.call(workloads.WORKLOADS[workload][0], bodies[0].encode())
        caller.close()
        if answer.status != 200:
            raise SystemExit(f"{workload}: {answer.status} {answer.raw}")
        wrk(server.port, workload, connections, WARM_UP_S, file.name)
        before = cpu_seconds(server.pid)
        figures = wrk(server.port, workload, connections, seconds, file.name)
        spent = cpu_seconds(server.pid) - before
    answered = max(figures["requests"], 1)
    return {
        "rate": answered / (figures["duration_us"] / 1e6),
        "p50_us": figures["p50_us"],
        "p99_us": figures["p99_us"],
        "failed": figures["failed"],
        "cpu_us": spent / answered * 1e6,
    }


def first_answer(make):
    """Milliseconds from exec to the first answer, and idle memory, each the median of a few
    starts."""
    times, memory = [], []
    for _ in range(STARTS):
        server = make()
        began = time.monotonic()
        with server:
            caller = Caller(server.port)
            caller.call("ListTables", {})
            times.append((time.monotonic() - began) * 1000)
            caller.close()
            if len(memory) < 2:
                threading.Event().wait(IDLE_S)
                memory.append(rss_mib(server.pid))
    return {"start_ms": statistics.median(times), "rss_mib": statistics.median(memory)}


def bench_server(name, chosen, results, wanted):
    make, possible = SERVERS[name]
    todo = [workload for workload in possible if workload in wanted]
    if chosen.start and name != report.ECHO:
        results.starts[name] = first_answer(make)
        print(
            f"{name}: first answer {results.starts[name]['start_ms']:.1f} ms, "
            f"idle {results.starts[name]['rss_mib']:.1f} MiB",
            flush=True,
        )
    if not todo:
        return
    with make() as server:
        if name != report.ECHO:
            caller = Caller(server.port)
            answer = caller.call("CreateTable", workloads.CREATE_TABLE)
            caller.close()
            if answer.status != 200:
                raise SystemExit(f"{name}: CreateTable: {answer.raw}")
            fill(server.port, workloads.preparation())
            if "Query overwritten" in todo:
                fill(server.port, workloads.overwrites())
        for workload in todo:
            for connections in chosen.connections:
                figure = measure(server, workload, connections, chosen.seconds)
                results.add(name, workload, connections, figure)
                print(
                    f"{name:28} {workload:18} {connections:3} connections: "
                    f"{figure['rate']:9,.0f}/s  "
                    f"p50 {figure['p50_us'] / 1000:.2f} ms  p99 {figure['p99_us'] / 1000:.2f} ms  "
                    f"CPU {figure['cpu_us']:.1f} µs"
                    + (f"  {figure['failed']} FAILED" if figure["failed"] else ""),
                    flush=True,
                )


def write_docs(text):
    before, _, rest = DOCUMENT.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}")


def options():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="1 s a cell, 64 connections alone")
    parser.add_argument(
        "--only",
        nargs="+",
        default=[],
        metavar="WORD",
        help="servers or workloads whose names contain a WORD",
    )
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--connections", type=int, nargs="+", default=list(CONNECTIONS))
    parser.add_argument(
        "--no-start", dest="start", action="store_false", help="leave out the starts"
    )
    parser.add_argument(
        "--write-docs", action="store_true", help="put the results into docs/benchmarks.md"
    )
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.seconds, chosen.connections = 1.0, [max(CONNECTIONS)]
    return chosen


def chosen_of(names, words):
    found = [name for name in names if any(word.lower() in name.lower() for word in words)]
    return found or list(names)


def main():
    chosen = options()
    npm.install()
    results = report.Results()
    for name in chosen_of(SERVERS, chosen.only):
        bench_server(name, chosen, results, chosen_of(workloads.WORKLOADS, chosen.only))
    where = (
        f"{time.strftime('%Y-%m-%d', time.gmtime())} on {os.cpu_count()} cores "
        f"({platform.machine()}, Linux {platform.release()}), {chosen.seconds:.0f} s a cell, the "
        f"load "
        f"generator on the same cores"
    )
    text = report.markdown(results, chosen.connections, where)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(text)
    print(f"\n{text}\n(written to {RESULTS.relative_to(ROOT)})")
    if chosen.write_docs:
        write_docs(text)
    return 0 if all(passed for *_, passed in report.marks(results, max(chosen.connections))) else 1


if __name__ == "__main__":
    sys.exit(main())
