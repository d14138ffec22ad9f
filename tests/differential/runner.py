"""Episodes: fresh tables, a few dozen generated requests to both servers, every answer compared.

An episode has a random stream of its own, `seed:number`, so that it can be run again alone. It ends
early once the two servers no longer hold the same data (one took a write that the other refused).
"""

import dataclasses
import http.client
import json
import random

from differential import differences, normalise, repairs
from differential.requests import RequestGenerator, Step
from differential.schemas import SCHEMAS
from support.wire import Caller

REQUESTS_PER_EPISODE = 60
PAGES_MAX = 300
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
        lines = [f"request {self.number} of episode {self.episode}: {self.step.operation} {self.step.text()}"]
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

    def revive(self):
        """Starts the server again if it died (what killed it has been counted)."""
        if self.server and self.server.process.poll() is not None:
            self.caller.close()
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
            return normalise.answer(
                step.operation, self.caller.call(step.operation, step.body, step.headers)
            )
        return self._pages(step)

    def _pages(self, step):
        """Every page of a query or scan as one answer; only a table's query has a defined order."""
        ordered = step.operation == "Query" and not step.body.get("IndexName")
        reply = self.caller.call(step.operation, step.body)
        if reply.status != 200 or "LastEvaluatedKey" not in reply.body:
            return normalise.answer(step.operation, reply, ordered)
        if (
            "ExclusiveStartKey" in step.body
        ):  # a made-up place: what follows it in a scan is undefined
            return normalise.answer(step.operation, reply, ordered) if ordered else {"status": 200}
        items, counts, keys, pages = [], [0, 0], [], 0
        while True:
            pages += 1
            items += reply.body.get("Items", [])
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
        self.accepted = {}
        self.refused = {}

    def episode(self, number):
        for side in filter(None, (self.left, self.right, self.witness)):
            side.revive()
        stream = random.Random(f"{self.seed}:{number}")
        prefix = f"differential.{self.seed}.{number}."
        tables = {prefix + schema.label: schema for schema in stream.sample(SCHEMAS, 2)}
        generator = RequestGenerator(stream, tables)
        steps = [Step("CreateTable", schema.create_table(name)) for name, schema in tables.items()]
        for name, schema in tables.items():
            steps += [
                Step("PutItem", {"TableName": name, "Item": generator.item(schema)})
                for _ in range(10)
            ]
        steps += [generator.next() for _ in range(REQUESTS_PER_EPISODE)]
        for name, schema in tables.items():
            steps.append(Step("Scan", {"TableName": name}, paged=True))
            steps += [
                Step("Scan", {"TableName": name, "IndexName": index.name}, paged=True)
                for index in schema.indexes
            ]
            steps.append(Step("DescribeTable", {"TableName": name}))
        for at, step in enumerate(steps):
            if not self.compare(number, at, step):
                break
        for name in tables:
            for side in filter(None, (self.left, self.right, self.witness)):
                side.answer(Step("DeleteTable", {"TableName": name}))

    def compare(self, episode, number, step):
        """Sends `step` to all; False when the two no longer hold the same data."""
        self.requests += 1
        left, right = self.left.answer(step), self.right.answer(step)
        witness = self.witness.answer(step) if self.witness else None
        tally = self.accepted if right["status"] == 200 else self.refused
        tally[step.operation] = tally.get(step.operation, 0) + 1
        if normalise.canonical(left) == normalise.canonical(right):
            return True
        cured, used = repairs.repaired(step.operation, step.body, left, right)
        if normalise.canonical(left) == normalise.canonical(cured):
            self._explain(*used)
            return True
        entry = differences.explanation(step.operation, step.text(), left, cured, witness)
        if entry is None:
            self.mismatches.append(Mismatch(self.seed, episode, number, step, left, cured, witness))
        else:
            self._explain(entry.name)
        return not (step.operation in WRITES and (left["status"] == 200) != (right["status"] == 200))

    def _explain(self, *names):
        for name in names:
            self.explained[name] = self.explained.get(name, 0) + 1
