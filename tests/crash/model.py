"""What the database must hold: the table's schema, each writer's items, and what one request
changes.

A writer owns a partition, so that its own model of it is exact: at a kill there is at most one
request of it whose answer never came.
"""

import dataclasses

TABLE = "Crash"
SHARED = {"pk": {"S": "shared"}, "sk": {"N": "0"}}
TALLY = "0"  # the sort key of a writer's item that counts its transactions on the shared item
SLOTS = 12  # items of a writer
COLORS = ("red", "green", "blue")


@dataclasses.dataclass(frozen=True)
class Index:
    name: str
    key: tuple  # ((name, type), ...)
    projected: object  # None: everything; else the non-key attributes it holds
    local: bool

    def definition(self):
        projection = (
            {"ProjectionType": "ALL"}
            if self.projected is None
            else (
                {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(self.projected)}
                if self.projected
                else {"ProjectionType": "KEYS_ONLY"}
            )
        )
        return {
            "IndexName": self.name,
            "Projection": projection,
            "KeySchema": [
                {"AttributeName": name, "KeyType": role}
                for (name, _), role in zip(self.key, ("HASH", "RANGE"))
            ],
        }

    def entry(self, item):
        """What the index holds of `item`, or None if it is not in it."""
        if any(name not in item for name, _ in self.key):
            return None
        if self.projected is None:
            return item
        kept = {"pk", "sk", *(name for name, _ in self.key), *self.projected}
        return {name: value for name, value in item.items() if name in kept}


INDEXES = (
    Index("local_all", (("pk", "S"), ("l", "S")), None, True),
    Index("local_keys", (("pk", "S"), ("n", "N")), (), True),
    Index("global_all", (("g", "S"), ("n", "N")), None, False),
    Index("global_keys", (("g", "S"), ("sk", "N")), (), False),
    Index("global_include", (("l", "S"),), ("v",), False),
)
LATE = Index("late", (("g", "S"), ("l", "S")), None, False)  # created and deleted under load
TYPES = (("pk", "S"), ("sk", "N"), ("g", "S"), ("n", "N"), ("l", "S"))
DEFINITIONS = [{"AttributeName": name, "AttributeType": kind} for name, kind in TYPES]


def create_table():
    return {
        "TableName": TABLE,
        "BillingMode": "PAY_PER_REQUEST",
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        "AttributeDefinitions": DEFINITIONS,
        "KeySchema": [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        "LocalSecondaryIndexes": [index.definition() for index in INDEXES if index.local],
        "GlobalSecondaryIndexes": [index.definition() for index in INDEXES if not index.local],
    }


@dataclasses.dataclass
class Request:
    """A write and its effects: {sort key: item after it, or None if it deletes}. `atomic`: the
    effects happen together or not at all; otherwise each on its own. `shared`: adds one to the
    shared item.
    """

    operation: str
    body: dict
    effects: dict
    atomic: bool = True
    shared: bool = False


class Writer:
    """Draws requests for one partition and knows what it must hold."""

    def __init__(self, name, random):
        self.name = name
        self.random = random
        self.items = {}
        self.pending = None
        self.acknowledged = 0
        self.version = 0

    def key(self, slot):
        return {"pk": {"S": self.name}, "sk": {"N": slot}}

    def _item(self, slot):
        self.version += 1
        r = self.random
        item = {
            **self.key(slot),
            "v": {"N": str(self.version)},
            "data": {"S": "x" * r.choice([10, 100, 1500])},
        }
        if r.random() < 0.7:
            item["g"] = {"S": r.choice(COLORS)}
        if r.random() < 0.7:
            item["n"] = {"N": str(r.randrange(-50, 50))}
        if r.random() < 0.7:
            item["l"] = {"S": f"l{r.randrange(5)}"}
        return item

    def _slots(self, count):
        return [str(slot) for slot in self.random.sample(range(1, SLOTS + 1), count)]

    def _put(self, slot):
        item = self._item(slot)
        return {"TableName": TABLE, "Item": item}, item

    def _delete(self, slot):
        return {"TableName": TABLE, "Key": self.key(slot)}, None

    def _update(self, slot):
        """Moves the item in its indexes: sets some of their keys, removes others, counts up."""
        fresh = self._item(slot)
        before = self.items.get(slot, self.key(slot))
        after = {**before, "v": fresh["v"]}
        names, values, sets, removes = (
            {"#v": "v"},
            {":v": fresh["v"], ":one": {"N": "1"}},
            ["#v = :v"],
            [],
        )
        for name in ("g", "n", "l"):
            if name in fresh:
                values[f":{name}"] = after[name] = fresh[name]
                sets.append(f"{name} = :{name}")
            else:
                after.pop(name, None)
                removes.append(name)
        count = int(before.get("updates", {"N": "0"})["N"]) + 1
        after["updates"] = {"N": str(count)}
        expression = f"SET {', '.join(sets)} ADD updates :one" + (
            f" REMOVE {', '.join(removes)}" if removes else ""
        )
        return {
            "TableName": TABLE,
            "Key": self.key(slot),
            "UpdateExpression": expression,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }, after

    def next(self):
        r = self.random
        roll = r.random()
        if roll < 0.3:
            (slot,) = self._slots(1)
            body, after = self._put(slot)
            return Request("PutItem", body, {slot: after})
        if roll < 0.6:
            (slot,) = self._slots(1)
            body, after = self._update(slot)
            return Request("UpdateItem", body, {slot: after})
        if roll < 0.7:
            (slot,) = self._slots(1)
            body, after = self._delete(slot)
            return Request("DeleteItem", body, {slot: after})
        if roll < 0.8:
            writes, effects = [], {}
            for slot in self._slots(r.randint(2, 8)):
                if r.random() < 0.7:
                    body, effects[slot] = self._put(slot)
                    writes.append({"PutRequest": {"Item": body["Item"]}})
                else:
                    body, effects[slot] = self._delete(slot)
                    writes.append({"DeleteRequest": {"Key": body["Key"]}})
            return Request(
                "BatchWriteItem", {"RequestItems": {TABLE: writes}}, effects, atomic=False
            )
        return self._transaction()

    def _transaction(self):
        members, effects = [], {}
        for slot in self._slots(self.random.randint(2, 5)):
            kind, make = self.random.choice(
                [("Put", self._put), ("Update", self._update), ("Delete", self._delete)]
            )
            body, effects[slot] = make(slot)
            members.append({kind: body})
        shared = self.random.random() < 0.4
        if shared:
            tally = int(self.items.get(TALLY, {"count": {"N": "0"}})["count"]["N"]) + 1
            effects[TALLY] = {**self.key(TALLY), "count": {"N": str(tally)}}
            members += [self._count(self.key(TALLY)), self._count(SHARED)]
        return Request("TransactWriteItems", {"TransactItems": members}, effects, shared=shared)

    @staticmethod
    def _count(key):
        return {
            "Update": {
                "TableName": TABLE,
                "Key": key,
                "UpdateExpression": "ADD #c :one",
                "ExpressionAttributeNames": {"#c": "count"},
                "ExpressionAttributeValues": {":one": {"N": "1"}},
            }
        }

    def apply(self, request):
        """The request was acknowledged."""
        for slot, item in request.effects.items():
            self._set(slot, item)
        self.acknowledged += 1

    def _set(self, slot, item):
        if item is None:
            self.items.pop(slot, None)
        else:
            self.items[slot] = item

    def settle(self, found):
        """Compares with what the table holds ({sort key: item}) after a crash; returns the faults.
        What the table holds of a request that was never answered becomes the model."""
        faults = []
        effects = self.pending.effects if self.pending else {}
        applied = set()
        for slot in self.items.keys() | found.keys() | effects.keys():
            here, before = found.get(slot), self.items.get(slot)
            if slot in effects and here == effects[slot] and here != before:
                applied.add(slot)
            elif here != before:
                faults.append(
                    f"{self.name}/{slot}: found {here}, acknowledged {before}"
                    + (f", unanswered {effects[slot]}" if slot in effects else "")
                )
        changing = {slot for slot, item in effects.items() if item != self.items.get(slot)}
        if self.pending and self.pending.atomic and applied and applied != changing:
            faults.append(
                f"{self.name}: only {sorted(applied)} of {sorted(changing)} of a transaction "
                "were applied"
            )
        for slot in applied:
            self._set(slot, effects[slot])
        self.pending = None
        return faults
