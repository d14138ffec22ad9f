"""Episodes: fresh tables, a few dozen generated requests to both servers, every answer compared.

An episode has a random stream of its own, `seed:number`, so that it can be run again alone. It ends
early once the two servers no longer hold the same data (one took a write that the other refused).
"""

import dataclasses
import http.client
import json
import random
import threading
import time

from differential import differences, normalise, repairs
from differential.case import Case, no_questions
from differential.requests import RequestGenerator, Step
from differential.schemas import SCHEMAS
from support.wire import Caller

REQUESTS_PER_EPISODE = 60
PAGES_MAX = 300
ACTIVE_WITHIN_S = 30
POLL_S = 0.01
SEGMENTS = (2, 3)  # of parallel scans that are compared as a whole
WRITES = (
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
    "TransactWriteItems",
    "CreateTable",
    "DeleteTable",
    "UpdateTable",
)


@dataclasses.dataclass
class Mismatch:
    seed: str
    episode: int
    number: int
    step: Step
    left: dict
    right: dict
    witness: dict

    def report(self):
        lines = [
            f"request {self.number} of episode {self.episode}: {self.step.operation} {self.step.text()}"
        ]
        for side, found in (("left ", self.left), ("right", self.right), ("third", self.witness)):
            if found is None:
                continue
            lines.append(
                f"  {side}: {json.dumps(found, ensure_ascii=False, sort_keys=True)[:3000]}"
            )
        lines.append(
            f"  again: /usr/bin/python3 tests/run.py differential --seed {self.seed} "
            f"--episode {self.episode}"
        )
        return "\n".join(lines)


class Side:
    """One of the servers."""

    def __init__(self, port, server=None):
        self.server = server
        self.caller = Caller(port)
        self.is_stuck = False  # a table that never became active

    def revive(self):
        """Starts the server again if it died (what killed it has been counted)."""
        if self.server and self.server.process.poll() is not None:
            self.caller.close()
            self.server.start()

    def bury(self):
        """After a lost connection: starts the server afresh, dead or dying as it may be."""
        self.caller.close()
        if self.server:
            self.server.stop()
            self.server.start()

    def answer(self, step):
        """The normalised answer; a connection that ends without one is an answer too."""
        try:
            return self._answer(step)
        except (http.client.HTTPException, ConnectionError) as lost:
            self.caller.close()
            return {"status": 0, "type": "NoAnswer", "message": type(lost).__name__}

    def _answer(self, step):
        if not (step.paged and isinstance(step.body, dict)):
            reply = self.caller.call(step.operation, step.body, step.headers)
            if step.operation in ("CreateTable", "UpdateTable") and reply.status == 200:
                self._await_active(step.body["TableName"])
            return normalise.answer(step.operation, reply)
        total = step.body.get("TotalSegments")
        if total in SEGMENTS and step.body.get("Segment") in range(total):
            return self._segments(step, total)
        return self._pages(step)

    def _await_active(self, table):
        """A server that says CREATING or DELETING may mean it, and refuse what follows: DynamoDB
        Local takes up to a second or two for an index."""
        deadline = time.monotonic() + ACTIVE_WITHIN_S
        while time.monotonic() < deadline:
            described = self.caller.call("DescribeTable", {"TableName": table})
            if described.status == 200:
                found = described.body["Table"]
                indexes = found.get("GlobalSecondaryIndexes", [])
                if found["TableStatus"] == "ACTIVE" and all(
                    index["IndexStatus"] == "ACTIVE" for index in indexes
                ):
                    return
            threading.Event().wait(POLL_S)
        self.is_stuck = True

    def _segments(self, step, total):
        """All segments of a parallel scan as one answer: which item is in which is undefined."""
        whole = {"Items": [], "Count": 0, "ScannedCount": 0}
        for segment in range(total):
            part = self._pages(Step("Scan", {**step.body, "Segment": segment}))
            if part["status"] != 200 or "body" not in part:
                return part
            whole["Items"] += part["body"].get("Items", [])
            whole["Count"] += part["body"]["Count"]
            whole["ScannedCount"] += part["body"]["ScannedCount"]
        whole["Items"].sort(key=normalise.canonical)
        return {"status": 200, "body": whole}

    def _pages(self, step):
        """Every page of a query or scan as one answer; only a table's query has a defined order."""
        ordered = step.operation == "Query" and not step.body.get("IndexName")
        reply = self.caller.call(step.operation, step.body)
        if reply.status != 200 or "LastEvaluatedKey" not in reply.body:
            return normalise.answer(step.operation, reply, ordered)
        items, counts, keys, pages, shown = [], [0, 0], [], 0, False
        while True:
            pages += 1
            items += reply.body.get("Items", [])
            shown = shown or "Items" in reply.body
            counts[0] += reply.body["Count"]
            counts[1] += reply.body["ScannedCount"]
            key = reply.body.get("LastEvaluatedKey")
            if key is None or pages == PAGES_MAX:
                break
            keys.append(key if ordered else sorted(key))
            reply = self.caller.call(step.operation, {**step.body, "ExclusiveStartKey": key})
            if reply.status != 200:
                return {**normalise.answer(step.operation, reply), "page": pages}
        whole = {
            "Items": items,
            "Count": counts[0],
            "ScannedCount": counts[1],
            "Pages": pages,
            "Keys": keys,
        }
        if not shown:
            del whole["Items"]
        reply.body = whole
        return normalise.answer(step.operation, reply, ordered)


class Comparison:
    """Runs episodes and gathers what differed."""

    def __init__(self, left, right, seed, witness=None):
        self.left, self.right, self.witness = left, right, witness
        self.seed = seed
        self.requests = 0
        self.mismatches = []
        self.explained = {}
        self.cut_short = []  # what ended an episode early, one text each
        self.stuck = []  # tables that never became active: those episodes say nothing
        self.accepted = {}
        self.refused = {}

    def episode(self, number):
        for side in filter(None, (self.left, self.right, self.witness)):
            side.revive()
        stream = random.Random(f"{self.seed}:{number}")
        prefix = f"differential.{self.seed}.{number}."
        tables = {prefix + schema.label: schema for schema in stream.sample(SCHEMAS, 2)}
        generator = RequestGenerator(stream, dict(tables))
        steps = [Step("CreateTable", schema.create_table(name)) for name, schema in tables.items()]
        for name, schema in tables.items():
            steps += [
                Step("PutItem", {"TableName": name, "Item": generator.item(schema)})
                for _ in range(10)
            ]
        steps += [generator.next() for _ in range(REQUESTS_PER_EPISODE)]
        for name, schema in generator.tables.items():
            steps.append(Step("Scan", {"TableName": name}, paged=True))
            steps += [
                Step("Scan", {"TableName": name, "IndexName": index.name}, paged=True)
                for index in schema.indexes
            ]
            steps.append(Step("DescribeTable", {"TableName": name}))
        self.tables, self.sent, self.deadly, self.diverged = tables, [], [], False
        for at, step in enumerate(steps):
            self.compare(number, at, step)
            self.sent.append(step)
            if self._is_over(number, at, step):
                break
        for name in tables:
            for side in filter(None, (self.left, self.right, self.witness)):
                side.answer(Step("DeleteTable", {"TableName": name}))

    def _is_over(self, episode, number, step):
        """Whether the episode ends here, and why, for the summary."""
        for side in filter(None, (self.left, self.right, self.witness)):
            if side.is_stuck:
                side.is_stuck = False
                self.stuck.append(
                    f"episode {episode}: after {step.operation} {step.text()} a table was not "
                    f"ACTIVE for {ACTIVE_WITHIN_S} s"
                )
                return True
        if self.diverged:
            self.cut_short.append(f"{episode} (after {number + 1} requests)")
        return self.diverged

    def compare(self, episode, number, step):
        """Sends `step` to all and tallies; afterwards the two hold the same data again."""
        self.tables = step.tables or self.tables
        self.requests += 1
        left, right = self.left.answer(step), self.right.answer(step)
        witness = self._ask_witness(step)
        tally = self.accepted if right["status"] == 200 else self.refused
        tally[step.operation] = tally.get(step.operation, 0) + 1
        if normalise.canonical(left) != normalise.canonical(right):
            self._judge(Mismatch(self.seed, episode, number, step, left, right, witness))
        if step.operation in WRITES and isinstance(step.body, dict):
            # DynamoDB Local now and then writes what it then refuses.
            same = normalise.canonical(left) == normalise.canonical(right)
            if not same or (witness and witness["status"] != left["status"]):
                self._level(step, right)
            elif left["status"] == 200 and has_removing_update(step):
                self._level(step, right)

    def _judge(self, found):
        step = found.step
        case = Case(
            step.operation,
            step.body,
            found.left,
            found.right,
            found.witness,
            self._ask,
            self.tables,
        )
        used = differences.judge(case)
        if used is None:
            found.right = case.reference
            self.mismatches.append(found)
            return
        for name in used:
            self.explained.setdefault(name, []).append(found)

    def _ask(self, side, operation, body):
        """A question of a row's own; pages are followed to the end."""
        asked = {"parley": self.left, "reference": self.right, "witness": self.witness}[side]
        if asked is None:
            return no_questions(side, operation, body)
        return asked.answer(Step(operation, body, paged=operation in ("Query", "Scan")))

    def _ask_witness(self, step):
        """The witness's answer. It may die of a request, now or once it has answered it: then it is
        told the episode anew."""
        if self.witness is None:
            return None
        answer = self.witness.answer(step)
        if self.sent and is_dead_already(answer):
            self.deadly.append(self.sent[-1])
            self._retell_witness()
            answer = self.witness.answer(step)
        if answer["status"] == 0:
            self.deadly.append(step)
            self._retell_witness()
        return answer

    def _retell_witness(self):
        """Starts the witness again, with what it held; what kills it is left out."""
        complete = False
        while not complete:
            self.witness.bury()
            complete, last = True, None
            for earlier in self.sent:
                if any(earlier is step for step in self.deadly):
                    continue
                answer = self.witness.answer(earlier)
                if answer["status"] == 0:
                    self.deadly.append(last if last and is_dead_already(answer) else earlier)
                    complete = False
                    break
                last = earlier

    def _level(self, step, right):
        """Makes the reference (and the witness) hold what Parley holds of the items of `step`."""
        for table, key in touched(step, self.tables):
            read = Step("GetItem", {"TableName": table, "Key": key, "ConsistentRead": True})
            held = self.left.caller.call(read.operation, read.body)
            for side in filter(None, (self.right, self.witness)):
                if held.status == 200 and "Item" in held.body:
                    body = {"TableName": table, "Item": held.body["Item"]}
                    side.answer(Step("PutItem", body))
                else:
                    side.answer(Step("DeleteItem", {"TableName": table, "Key": key}))
            # What the reference makes of a key that is none is not known, only that it is there.
            self.diverged = self.diverged or (held.status != 200 and right["status"] == 200)


def is_dead_already(answer):
    """Whether nobody listens any more."""
    return answer["status"] == 0 and answer["message"] == ConnectionRefusedError.__name__


def touched(step, tables):
    """[(table, key)] of the items that a write is about, as far as it is well-formed."""
    try:
        bodies = [body for _, body in repairs.members(step.operation, step.body)]
    except (AttributeError, KeyError, TypeError):
        return []
    found = []
    for body in bodies:
        if not isinstance(body, dict) or not isinstance(body.get("TableName"), str):
            continue
        schema = tables.get(body["TableName"])
        source = body.get("Key") or body.get("Item")
        if schema and isinstance(source, dict) and all(name in source for name, _ in schema.key):
            found.append((body["TableName"], {name: source[name] for name, _ in schema.key}))
    return found


def has_removing_update(step):
    """Whether a write has an update that only removes: DynamoDB Local creates an item for it."""
    return any(
        kind == "Update" and repairs.only_removes(body)
        for kind, body in repairs.members(step.operation, step.body)
    )
