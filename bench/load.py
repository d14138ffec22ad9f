"""One turn of load on one server: bench/generator, and what the turn cost in CPU on either side."""

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
from support.wire import Caller, default_headers

LOADERS = 8
TICK_S = 1 / os.sysconf("SC_CLK_TCK")
SETTLE_WINDOW_S = 0.05
SETTLE_WINDOWS_MAX = 20
ROOT = pathlib.Path(__file__).resolve().parent.parent
GENERATOR = ROOT / "build" / "release" / "bench" / "generator" / "load_generator"


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
    folder = tempfile.mkdtemp(prefix="bench-requests-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return pathlib.Path(folder)


def http_request(method, path, headers, body=""):
    """A whole HTTP/1.1 request."""
    content = body.encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if content:
        lines.append(f"Content-Length: {len(content)}")
    return "\r\n".join([*lines, "", ""]).encode() + content


def write_requests(path, requests):
    """Writes whole requests as the generator reads them (bench/generator/requests.h)."""
    path.write_bytes(b"".join(b"%d\n%b" % (len(request), request) for request in requests))


@functools.cache
def request_file(workload):
    """The file of a workload's requests."""
    path = _folder() / workload.replace(" ", "-")
    headers = default_headers(workloads.operation(workload))
    write_requests(
        path,
        [http_request("POST", "/", headers, body) for body in workloads.bodies(workload)],
    )
    return path


def check(server, workload):
    """One request of the workload, which must succeed."""
    caller = Caller(server.port)
    answer = caller.call(workloads.operation(workload), workloads.bodies(workload)[0].encode())
    caller.close()
    if answer.status != 200:
        raise SystemExit(f"{workload}: {answer.status} {answer.raw}")


def generate(port, requests, connections, seconds, cores=(), rate=None):
    """Runs the generator on `cores`, or on any; its figures. With `rate` so many requests fall due
    a second (an open loop), without it each connection sends the next after the last reply."""
    done = subprocess.run(
        [
            *(["taskset", "-c", ",".join(map(str, cores))] if cores else []),
            GENERATOR,
            *("--port", str(port)),
            *("--requests", requests),
            *("--threads", str(min(2, connections, len(cores) or 2))),
            *("--connections", str(connections)),
            *("--seconds", str(seconds)),
            *(("--rate", str(rate)) if rate else ()),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def turn(server, workload, connections, seconds, cores=()):
    """One turn of `seconds`; the generator runs on `cores`, or on any."""
    requests = request_file(workload)
    server_before = cpu_seconds(server.pid)
    own_before = resource.getrusage(resource.RUSAGE_CHILDREN)
    figures = generate(server.port, requests, connections, seconds, cores)
    spent = cpu_seconds(server.pid) - server_before
    own = resource.getrusage(resource.RUSAGE_CHILDREN)
    generator = own.ru_utime + own.ru_stime - own_before.ru_utime - own_before.ru_stime
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
