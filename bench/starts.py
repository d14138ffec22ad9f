"""Servers that have only just started: the first answer, idle memory, load in the first seconds.

A developer's test run meets a server cold. A Java program that interprets its code still answers a
fraction of what it answers minutes later; bench/run.py's other cells show only that.
"""

import statistics
import threading
import time

import load
import workloads
from support.wire import Caller

STARTS = 5
IDLE_S = 1.0
COLD_SECONDS = 3
COLD_CONNECTIONS = 64


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
                memory.append(load.rss_mib(server.pid))
    return {"start_ms": statistics.median(times), "rss_mib": statistics.median(memory)}


def cold(make, workload, starts, cores):
    """The load of the first seconds after a start, the median of so many starts. The server has
    answered what the load needs, a CreateTable and eight batches of 25 items, and nothing else."""
    turns = []
    for _ in range(starts):
        with make() as server:
            load.create_table(server)
            load.fill(server.port, workloads.cold_preparation())
            turns.append(load.turn(server, workload, COLD_CONNECTIONS, COLD_SECONDS, cores))
    return load.median_of(turns)
