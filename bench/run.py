#!/usr/bin/python3
"""The same HTTP load on Parley, on what it is compared with, and on the bare HTTP stack; one run.

    bench/run.py [--quick] [--only WORD ...] [--turns N] [--seconds N] [--pin] [--write-docs]

All servers run at once on loopback, one of them under load at a time. A cell is the median of
several turns of a second, and the turns go round all servers again and again: what slows the
machine down for a minute slows all of them. The load generator (bench/generator, 2 threads; 1
at one connection) shares the machine's cores with the server: read the ratios, not the absolute figures,
and beside them what the bare echo reaches, which is the most that the generator leaves to any
server. `--only` takes parts of names of servers or workloads. The result goes to
build/bench/results.md and, with --write-docs, into docs/benchmarks.md. The exit code is 1 when a
mark is missed.
"""

import argparse
import contextlib
import os
import pathlib
import platform
import shutil
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import load  # noqa: E402
import report  # noqa: E402
import selfcheck  # noqa: E402
import starts  # noqa: E402
import workloads  # noqa: E402
from document import Section  # noqa: E402
from support import npm  # noqa: E402
from support.processes import Dynalite, DynamoDBLocal, Parley, Server, free_port  # noqa: E402

CONNECTIONS = (1, 16, 64)
SECONDS = 1
TURNS = 5
TURNS_OF_FEWER = 3  # where there are fewer connections than the marks are about
COLD_STARTS = 3
RESULTS = ROOT / "build" / "bench" / "results.md"
SECTION = Section("<!-- results: written by bench/run.py --write-docs -->", "<!-- end of results -->")


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
    # To the echo the two queries are one.
    report.ECHO: (echo_server, ALL[:4]),
    report.LOCAL: (DynamoDBLocal, ALL),
    # Each of its writes takes milliseconds: 64,000 overwrites would take longer than all the rest.
    report.LOCAL_DISK: (LocalOnDisk, ALL[:4]),
    report.DYNALITE: (Dynalite, ALL),
}
COLD_SERVERS = (report.PARLEY, report.LOCAL)


class Cores:
    """Where servers and generator run: anywhere, or each on its own half of the cores."""

    def __init__(self, pinned):
        cores = sorted(os.sched_getaffinity(0))
        half = len(cores) // 2
        self.generator = cores[:half] if pinned else []
        if pinned and half:
            os.sched_setaffinity(0, cores[half:])  # what is started from here inherits it


def measure_starts(name, chosen, results, cores):
    """The first answer, idle memory, and the load of the first seconds."""
    make = SERVERS[name][0]
    if name == report.ECHO:
        return
    if chosen.start:
        results.starts[name] = starts.first_answer(make)
        print(
            f"{name}: first answer {results.starts[name]['start_ms']:.1f} ms, "
            f"idle {results.starts[name]['rss_mib']:.1f} MiB",
            flush=True,
        )
    if not chosen.cold or name not in COLD_SERVERS:
        return
    for workload in workloads.COLD_WORKLOADS:
        figure = starts.cold(make, workload, chosen.cold_starts, cores.generator)
        results.add(name, workload, starts.COLD_CONNECTIONS, figure)
        print(f"{name}, {workload}: {figure['rate']:,.0f}/s", flush=True)


def prepare(name, make, todo, stack):
    """The server, started and filled, and warmed up for each of its workloads."""
    server = stack.enter_context(make())
    if name != report.ECHO:
        load.create_table(server)
        load.fill(server.port, workloads.preparation())
        if "Query overwritten" in todo:
            load.fill(server.port, workloads.overwrites())
    for workload in todo:
        load.check(server, workload)
    return server


def measure_all(names, wanted, chosen, results, cores):
    """The turns of all cells, in rounds: a round has one turn of each."""
    with contextlib.ExitStack() as stack:
        running = {}
        for name in names:
            make, possible = SERVERS[name]
            todo = [workload for workload in possible if workload in wanted]
            if todo:
                running[name] = (prepare(name, make, todo, stack), todo)
        cells = [
            (name, workload, connections)
            for workload in wanted
            for connections in chosen.connections
            for name, (_, todo) in running.items()
            if workload in todo
        ]
        servers = [server for server, _ in running.values()]
        turns = {cell: [] for cell in cells}

        def turn(name, workload, connections):
            load.settle(servers)
            server = running[name][0]
            return load.turn(server, workload, connections, chosen.seconds, cores.generator)

        top = max(chosen.connections)
        for cell in cells:
            if cell[2] == top:
                turn(*cell)  # a warm-up, not counted
        for number in range(chosen.turns):
            print(f"turn {number + 1} of {chosen.turns}", flush=True)
            for cell in cells:
                if cell[2] == top or number < TURNS_OF_FEWER:
                    turns[cell].append(turn(*cell))
        for cell in cells:
            results.add(*cell, load.median_of(turns[cell]))
            print(line(*cell, results.figures[cell[0]][cell[1]][cell[2]]), flush=True)


def line(name, workload, connections, figure):
    """A cell as the terminal shows it."""
    return (
        f"{name:28} {workload:18} {connections:3} connections: {figure['rate']:9,.0f}/s "
        f"({min(figure['rates']):,.0f} to {max(figure['rates']):,.0f})  "
        f"p50 {figure['p50_us'] / 1000:.2f} ms  p99 {figure['p99_us'] / 1000:.2f} ms  "
        f"CPU {figure['cpu_us']:.1f} µs, generator {figure['generator_us']:.1f} µs"
        + (f"  {figure['failed']} FAILED" if figure["failed"] else "")
    )


def options():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="one turn, 64 connections alone")
    parser.add_argument(
        "--only",
        nargs="+",
        default=[],
        metavar="WORD",
        help="servers or workloads whose names contain a WORD",
    )
    parser.add_argument("--seconds", type=int, default=SECONDS, help="of a turn")
    parser.add_argument("--turns", type=int, default=TURNS, help="of a cell")
    parser.add_argument("--connections", type=int, nargs="+", default=list(CONNECTIONS))
    parser.add_argument(
        "--no-start", dest="start", action="store_false", help="leave out the starts"
    )
    parser.add_argument(
        "--no-cold", dest="cold", action="store_false", help="leave out the load after a start"
    )
    parser.add_argument(
        "--pin",
        action="store_true",
        help="the servers on one half of the cores, the generator on the other",
    )
    parser.add_argument(
        "--write-docs", action="store_true", help="put the results into docs/benchmarks.md"
    )
    chosen = parser.parse_args()
    chosen.cold_starts = COLD_STARTS
    if chosen.quick:
        chosen.turns, chosen.connections, chosen.cold_starts = 1, [max(CONNECTIONS)], 1
    return chosen


def chosen_of(names, words):
    found = [name for name in names if any(word.lower() in name.lower() for word in words)]
    return found or list(names)


def main():
    chosen = options()
    wrong = selfcheck.problems()
    if wrong:
        raise SystemExit("\n".join(wrong))
    npm.install()
    cores = Cores(chosen.pin)
    results = report.Results()
    names = chosen_of(SERVERS, chosen.only)
    for name in names:
        measure_starts(name, chosen, results, cores)
    measure_all(names, chosen_of(workloads.WORKLOADS, chosen.only), chosen, results, cores)
    place = (
        "the servers on one half of the cores, the load generator on the other"
        if chosen.pin
        else "the load generator on the same cores"
    )
    kernel = ".".join(platform.release().split(".")[:2])
    where = (
        f"{time.strftime('%Y-%m-%d', time.gmtime())} on {os.cpu_count()} cores "
        f"({platform.machine()}, Linux {kernel}), {place}; a cell is the median of "
        f"{chosen.turns} turns of {chosen.seconds} s"
    )
    if len(chosen.connections) > 1 and chosen.turns > TURNS_OF_FEWER:
        where += f" (of {TURNS_OF_FEWER} at fewer than {max(chosen.connections)} connections)"
    text = report.markdown(results, chosen.connections, where)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(text)
    print(f"\n{text}\n(written to {RESULTS.relative_to(ROOT)})")
    if chosen.write_docs:
        SECTION.write(text)
    return 0 if all(mark.passed for mark in report.marks(results, max(chosen.connections))) else 1


if __name__ == "__main__":
    sys.exit(main())
