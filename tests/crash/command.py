"""kill -9 under load, again and again; after each restart everything acknowledged must be there.

Writers keep one connection each and write as fast as they are answered: puts, updates, deletes,
batches and transactions on a table with local and global indexes. At a random moment the server is
killed. After the restart: every acknowledged write is there; an unanswered one is there wholly or
not at all; each index equals its table; the counts DescribeTable gives are right; the item that all
writers count up in transactions equals the sum of what they count in their own; and the table's
stream, replayed from where the last round had come to, is the table. Some rounds kill the recovering server again, some add and remove an index or a table under load.
"""

import argparse
import http.client
import json
import random
import shutil
import signal
import tempfile
import threading
import time

from crash import model
from crash.replay import Replay
from support.processes import Parley
from support.wire import Answer, Caller, default_headers

ROUNDS = 200
WRITERS = 8
LOAD_S = (0.03, 0.3)  # how long a round writes before the kill
AGAIN_PROBABILITY = 0.15  # a second kill during or right after the recovery
ADMIN_EVERY = 5
INDEX_READY_S = 10


class Round:
    """One start-load-kill-restart-check cycle over a data directory that lives on."""

    def __init__(self, data, options, writers, replay, stream):
        self.data = data
        self.options = options
        self.writers = writers
        self.replay = replay
        self.stream = stream
        self.faults = []
        self.lock = threading.Lock()

    def fault(self, text):
        with self.lock:
            self.faults.append(text)

    def run(self, number):
        with Parley(data=self.data, options=self.options) as server:
            self._load(server, administrate=number % ADMIN_EVERY == ADMIN_EVERY - 1)
        if self.stream.random() < AGAIN_PROBABILITY:
            with Parley(data=self.data, options=self.options) as server:
                server.kill()
        with Parley(data=self.data, options=self.options) as server:
            caller = Caller(server.port)
            self._check(caller)
            caller.close()
        return self.faults

    # --- load ----------------------------------------------------------------------------------

    def _load(self, server, administrate):
        threads = [
            threading.Thread(target=self._write, args=(server.port, writer))
            for writer in self.writers
        ]
        if administrate:
            threads.append(threading.Thread(target=self._administrate, args=(server.port,)))
        for thread in threads:
            thread.start()
        threading.Event().wait(self.stream.uniform(*LOAD_S))
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        for thread in threads:
            thread.join()

    def _write(self, port, writer):
        caller = Caller(port)
        try:
            while True:
                writer.pending = request = writer.next()
                answer = self._once(caller, request.operation, request.body)
                if answer.status == 200:
                    if answer.body.get("UnprocessedItems"):
                        self.fault(f"unprocessed items: {answer.raw}")
                    writer.apply(request)
                elif not (request.shared and b"TransactionConflict" in answer.raw):
                    self.fault(f"{request.operation} was refused: {answer.status} {answer.raw}")
                    return
                writer.pending = None
        except (OSError, http.client.HTTPException):
            pass  # killed: writer.pending tells what was never answered
        finally:
            caller.close()

    @staticmethod
    def _once(caller, operation, body):
        """Like Caller.call, but never sent twice: a repeat would blur what was applied."""
        caller.connection.request(
            "POST", "/", json.dumps(body).encode(), default_headers(operation)
        )
        reply = caller.connection.getresponse()
        raw = reply.read()
        return Answer(reply.status, {}, raw, json.loads(raw))

    def _administrate(self, port):
        """Creates and deletes an index and a table for as long as the server lives."""
        caller = Caller(port)
        other = {**model.create_table(), "TableName": "Other"}
        steps = (
            (
                "UpdateTable",
                {
                    "TableName": model.TABLE,
                    "AttributeDefinitions": model.DEFINITIONS,
                    "GlobalSecondaryIndexUpdates": [{"Create": model.LATE.definition()}],
                },
            ),
            ("CreateTable", other),
            (
                "PutItem",
                {
                    "TableName": "Other",
                    "Item": {**model.SHARED, "g": {"S": "red"}, "n": {"N": "1"}},
                },
            ),
            (
                "UpdateTable",
                {
                    "TableName": model.TABLE,
                    "GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": model.LATE.name}}],
                },
            ),
            ("DeleteTable", {"TableName": "Other"}),
        )
        try:
            while True:
                for operation, body in steps:
                    answer = self._once(caller, operation, body)
                    if answer.status >= 500:
                        self.fault(f"{operation}: {answer.raw}")
        except (OSError, http.client.HTTPException):
            pass
        finally:
            caller.close()

    # --- check ---------------------------------------------------------------------------------

    def _check(self, caller):
        items = self._scan(caller, None)
        found = {}
        for item in items:
            found.setdefault(item["pk"]["S"], {})[item["sk"]["N"]] = item
        for writer in self.writers:
            for fault in writer.settle(found.pop(writer.name, {})):
                self.fault(fault)
        counted = int(found.pop("shared", {}).get("0", {"count": {"N": "0"}})["count"]["N"])
        tallies = sum(
            int(writer.items.get(model.TALLY, {"count": {"N": "0"}})["count"]["N"])
            for writer in self.writers
        )
        if counted != tallies:
            self.fault(f"the shared item counts {counted}, the writers' own items {tallies}")
        if found:
            self.fault(f"items that nobody wrote: {found}")
        table = self._described(caller)
        self._expect(table["ItemCount"], len(items), "ItemCount of the table")
        described = {
            index["IndexName"]: index
            for index in table["LocalSecondaryIndexes"] + table["GlobalSecondaryIndexes"]
        }
        indexes = model.INDEXES + ((model.LATE,) if model.LATE.name in described else ())
        self._expect(set(described), {index.name for index in indexes}, "indexes")
        for index in indexes:
            entries = [entry for entry in map(index.entry, items) if entry is not None]
            actual = self._scan(caller, index.name)
            if _sorted(actual) != _sorted(entries):
                self.fault(
                    f"index {index.name} differs from its table: "
                    f"surplus {[e for e in actual if e not in entries][:3]}, "
                    f"missing {[e for e in entries if e not in actual][:3]}"
                )
            self._expect(
                described[index.name]["ItemCount"], len(entries), f"ItemCount of {index.name}"
            )
        for fault in self.replay.advance(caller, table["LatestStreamArn"], items):
            self.fault(fault)
        self._check_other(caller)

    def _check_other(self, caller):
        """The other table is gone, or whole; it is removed for the next round."""
        answer = caller.call("Scan", {"TableName": "Other"})
        if answer.status == 200:
            indexed = caller.call("Scan", {"TableName": "Other", "IndexName": "global_all"})
            self._expect(indexed.body["Items"], answer.body["Items"], "index of the other table")
            self._expect(
                caller.call("DeleteTable", {"TableName": "Other"}).status, 200, "DeleteTable"
            )
        else:
            self._expect(answer.error, "ResourceNotFoundException", "a table that was deleted")

    def _described(self, caller):
        """The table's description, once no index is being built or removed any more."""
        deadline = time.monotonic() + INDEX_READY_S
        while True:
            table = caller.call("DescribeTable", {"TableName": model.TABLE}).body["Table"]
            if all(index["IndexStatus"] == "ACTIVE" for index in table["GlobalSecondaryIndexes"]):
                return table
            if time.monotonic() > deadline:
                self.fault(
                    f"an index is not active after {INDEX_READY_S} s: "
                    f"{table['GlobalSecondaryIndexes']}"
                )
                return table

    def _expect(self, actual, expected, what):
        if actual != expected:
            self.fault(f"{what}: {actual}, expected {expected}")

    def _scan(self, caller, index):
        items, body = [], {
            "TableName": model.TABLE,
            **({"IndexName": index} if index else {"ConsistentRead": True}),
        }
        while True:
            answer = caller.call("Scan", body)
            if answer.status != 200:
                self.fault(f"Scan {index}: {answer.raw}")
                return items
            items += answer.body["Items"]
            if "LastEvaluatedKey" not in answer.body:
                return items
            body["ExclusiveStartKey"] = answer.body["LastEvaluatedKey"]


def _sorted(items):
    return sorted(items, key=lambda item: json.dumps(item, sort_keys=True))


def main(arguments):
    parser = argparse.ArgumentParser(prog="tests/run.py crash", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seed", default="parley")
    parser.add_argument("--durability", default="fsync")
    chosen = parser.parse_args(arguments)
    stream = random.Random(chosen.seed)
    data = tempfile.mkdtemp(prefix="parley-crash-")
    options = ("--durability", chosen.durability)
    writers = [model.Writer(f"w{n}", random.Random(f"{chosen.seed}:{n}")) for n in range(WRITERS)]
    with Parley(data=data, options=options) as server:
        created = Caller(server.port).call("CreateTable", model.create_table())
        if created.status != 200:
            print(f"CreateTable: {created.raw}")
            return 0, 1
    replay = Replay()
    passed, failed = 0, 0
    for number in range(chosen.rounds):
        faults = Round(data, options, writers, replay, stream).run(number)
        if faults:
            failed += 1
            print(f"round {number} (seed {chosen.seed}, data kept in {data}):")
            print("\n".join(f"  {fault[:1500]}" for fault in faults[:10]))
            if failed == 3:
                break
        else:
            passed += 1
    print(
        f"{passed + failed} kills; "
        f"{sum(writer.acknowledged for writer in writers)} acknowledged writes"
    )
    if not failed:
        shutil.rmtree(data, ignore_errors=True)
    return passed, failed
