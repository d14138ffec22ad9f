"""One turn of load on one server: wrk, and what the turn cost in CPU on either side."""

import atexit
import functools
import json
import os
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import tempfile
import threading

import workloads
from support.wire import AUTHORIZATION, Caller

LOADERS = 8
TICK_S = 1 / os.sysconf("SC_CLK_TCK")
SETTLE_WINDOW_S = 0.05
SETTLE_WINDOWS_MAX = 20
SCRIPT = pathlib.Path(__file__).resolve().parent / "load.lua"


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


def settle(servers):
    """Waits (a second at most) until what the servers do after a turn, collecting garbage or
    compacting, is done: the next turn is not to pay for it."""
    for _ in range(SETTLE_WINDOWS_MAX):
        before = sum(cpu_seconds(server.pid) for server in servers)
        threading.Event().wait(SETTLE_WINDOW_S)
        if sum(cpu_seconds(server.pid) for server in servers) - before <= TICK_S * 1.5:
            return


def create_table(server):
    caller = Caller(server.port)
    answer = caller.call("CreateTable", workloads.CREATE_TABLE)
    caller.close()
    if answer.status != 200:
        raise SystemExit(f"{server.command}: CreateTable: {answer.raw}")


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


@functools.cache
def _folder():
    folder = tempfile.mkdtemp(prefix="bench-bodies-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return pathlib.Path(folder)


@functools.cache
def body_file(workload):
    """The file of a workload's request bodies, one a line."""
    path = _folder() / f"{workload.replace(' ', '-')}.jsonl"
    path.write_text("\n".join(workloads.bodies(workload)) + "\n")
    return path


def check(server, workload):
    """One request of the workload, which must succeed."""
    with body_file(workload).open("rb") as file:
        body = file.readline().rstrip()
    caller = Caller(server.port)
    answer = caller.call(workloads.operation(workload), body)
    caller.close()
    if answer.status != 200:
        raise SystemExit(f"{workload}: {answer.status} {answer.raw}")


def turn(server, workload, connections, seconds, cores=()):
    """One turn of `seconds`, a whole number; the generator runs on `cores`, or on any."""
    server_before = cpu_seconds(server.pid)
    own_before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [
            *(["taskset", "-c", ",".join(map(str, cores))] if cores else []),
            "wrk",
            *("-t", str(min(2, connections, len(cores) or 2))),
            *("-c", str(connections)),
            *("-d", f"{seconds}s"),
            *("-s", SCRIPT),
            f"http://127.0.0.1:{server.port}/",
        ],
        capture_output=True,
        text=True,
        check=True,
        env={
            **os.environ,
            "BENCH_TARGET": workloads.operation(workload),
            "BENCH_BODIES": str(body_file(workload)),
            "BENCH_AUTHORIZATION": AUTHORIZATION,
        },
    )
    spent = cpu_seconds(server.pid) - server_before
    own = resource.getrusage(resource.RUSAGE_CHILDREN)
    generator = own.ru_utime + own.ru_stime - own_before.ru_utime - own_before.ru_stime
    figures = json.loads(re.search(r"FIGURES (.*)", done.stdout).group(1))
    answered = max(figures["requests"], 1)
    return {
        "rate": answered / (figures["duration_us"] / 1e6),
        "p50_us": figures["p50_us"],
        "p99_us": figures["p99_us"],
        "failed": figures["failed"],
        "cpu_us": spent / answered * 1e6,
        "generator_us": generator / answered * 1e6,
    }


def median_of(turns):
    """The figure of a cell: the median of its turns in everything, with the rate of each turn."""
    figure = {
        name: statistics.median(each[name] for each in turns)
        for name in turns[0]
        if name != "failed"
    }
    return {
        **figure,
        "failed": sum(each["failed"] for each in turns),
        "rates": [each["rate"] for each in turns],
    }
