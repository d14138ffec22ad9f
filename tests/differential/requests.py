"""Random requests against a few tables: every data operation, well-formed and not.

A request is a `Step`. Its body never depends on an answer, so that a seed alone reproduces a run;
what needs answers (paging) is a mode of the step, and the runner's work.
"""

import dataclasses
import json

from differential import legacy
from differential.damage import damaged_request
from differential.expressions import Writer
from differential.schemas import ADDED_KEYS, KEY_POOLS, Index, key_schema, projection
from differential.values import NAMES, ValueGenerator

RETURN_VALUES = ["NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW"]
CAPACITY = ["NONE", "TOTAL", "INDEXES", "INDEXES"]
SELECTS = ["ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "SPECIFIC_ATTRIBUTES", "COUNT", "COUNT"]
# What an attribute of this name mostly holds, so that updates and document paths often fit.
TYPE_OF = {name: "S" for name in NAMES} | {
    "n": "N",
    "x1": "N",
    "m": "M",
    "l": "L",
    "s": "SS",
    "b": "B",
}


@dataclasses.dataclass
class Step:
    """One request; `paged`: follow LastEvaluatedKey to the end and compare the whole."""

    operation: str
    body: object
    paged: bool = False
    headers: dict = dataclasses.field(default_factory=dict)
    tables: dict = None  # the episode's tables as they are once this step is done

    def text(self):
        """The body as it is sent, readable."""
        if isinstance(self.body, bytes):
            return self.body.decode("utf-8", "backslashreplace")
        return json.dumps(self.body, ensure_ascii=False)


class RequestGenerator:
    """Draws requests for `tables`, a dict from table name to Schema."""

    def __init__(self, random, tables):
        self.random = random
        self.tables = tables
        self.values = ValueGenerator(random)
        self.weighted = [
            (self.put_item, 13),
            (self.get_item, 8),
            (self.update_item, 22),
            (self.delete_item, 6),
            (self.query, 16),
            (self.scan, 9),
            (self.batch_get, 4),
            (self.batch_write, 4),
            (self.transact_write, 6),
            (self.transact_get, 3),
            (self.legacy, 10),
            (self.damaged, 9),
            (self.table_operation, 2),
            (self.index_change, 1),
            (self.index_pages, 4),
        ]

    # --- small pieces --------------------------------------------------------------------------

    def chance(self, probability):
        return self.random.random() < probability

    def table(self):
        name = self.random.choice(list(self.tables))
        return name, self.tables[name]

    def key_value(self, name, kind):
        """A likely value of a key attribute, now and then one that is refused."""
        if self.chance(0.012):
            return self.random.choice(
                [
                    {"S": ""},
                    {"B": ""},
                    {"N": "1"},
                    {"S": "p1"},
                    {"B": "AQ=="},
                    {"NULL": True},
                    {"BOOL": True},
                    {"S": "k" * 1025},
                    {"S": "k" * 2049},
                    {"L": []},
                    {"SS": ["a"]},
                    {"N": "1e200"},
                    {"M": {}},
                ]
            )
        return {kind: self.random.choice(KEY_POOLS[name][kind])}

    def key(self, schema):
        key = {name: self.key_value(name, kind) for name, kind in schema.key}
        if self.chance(0.01):
            key["extra"] = {"S": "a"}
        if self.chance(0.01):
            del key[self.random.choice(list(key))]
        return key

    def item(self, schema):
        item = {}
        types = schema.key_types()
        for name in self.random.sample(NAMES, self.random.randint(0, 6)):
            item[name] = (
                self.values.of_type(TYPE_OF[name]) if self.chance(0.5) else self.values.value()
            )
        for name, kind in types.items():
            if name in dict(schema.key) or self.chance(0.6):
                item[name] = self.key_value(name, kind)
            elif name in item and self.chance(0.95):
                del item[name]  # a wrong type on an index key refuses the write: not too often
        for name, kinds in ADDED_KEYS.items():  # of indexes that may come, and so fill themselves
            if self.chance(0.4):
                item[name] = {kind: self.random.choice(KEY_POOLS[name][kind]) for kind in kinds}
        if self.chance(0.03):
            item[self.random.choice(NAMES)] = self.values.bad_value()
        if self.chance(0.01):
            item[self.random.choice(NAMES)] = self.values.misshapen_value()
        if self.chance(0.004):
            item["big"] = {"S": "x" * self.random.choice([5000, 409000, 409600, 420000])}
        return item

    def writer(self, schema):
        return Writer(self.random, self.values, [name for name, _ in schema.key])

    def capacity(self, body):
        if self.chance(0.5):
            body["ReturnConsumedCapacity"] = self.random.choice(CAPACITY)
        return body

    def write_options(self, body, return_values):
        self.capacity(body)
        if self.chance(0.5):
            body["ReturnValues"] = self.random.choice(return_values)
        if self.chance(0.15):
            body["ReturnItemCollectionMetrics"] = self.random.choice(["SIZE", "SIZE", "NONE"])
        if "ConditionExpression" in body and self.chance(0.3):
            body["ReturnValuesOnConditionCheckFailure"] = self.random.choice(["ALL_OLD", "NONE"])
        return body

    # --- items ---------------------------------------------------------------------------------

    def put_item(self):
        name, schema = self.table()
        body = {"TableName": name, "Item": self.item(schema)}
        writer = self.writer(schema)
        if self.chance(0.4):
            body["ConditionExpression"] = writer.maybe_damaged(writer.condition())
        return Step(
            "PutItem",
            self.write_options(
                writer.fill(body), ["NONE", "ALL_OLD"] * 4 + [self.random.choice(RETURN_VALUES)]
            ),
        )

    def delete_item(self):
        name, schema = self.table()
        body = {"TableName": name, "Key": self.key(schema)}
        writer = self.writer(schema)
        if self.chance(0.5):
            body["ConditionExpression"] = writer.maybe_damaged(writer.condition())
        return Step(
            "DeleteItem",
            self.write_options(
                writer.fill(body), ["NONE", "ALL_OLD"] * 4 + [self.random.choice(RETURN_VALUES)]
            ),
        )

    def update_item(self):
        name, schema = self.table()
        body = {"TableName": name, "Key": self.key(schema)}
        writer = self.writer(schema)
        if self.chance(0.97):
            body["UpdateExpression"] = writer.maybe_damaged(writer.update(), 0.08)
        if self.chance(0.2):
            body["ConditionExpression"] = writer.maybe_damaged(writer.condition())
        return Step("UpdateItem", self.write_options(writer.fill(body), RETURN_VALUES))

    def get_item(self):
        name, schema = self.table()
        body = self.capacity({"TableName": name, "Key": self.key(schema)})
        writer = self.writer(schema)
        if self.chance(0.6):
            body["ProjectionExpression"] = writer.maybe_damaged(writer.projection())
        if self.chance(0.3):
            body["ConsistentRead"] = self.chance(0.7)
        return Step("GetItem", writer.fill(body))

    # --- pages ---------------------------------------------------------------------------------

    def _page(self, schema, body, writer, index):
        self.capacity(body)
        if index:
            body["IndexName"] = index.name
        elif self.chance(0.01):
            body["IndexName"] = "missing_index"
        if self.chance(0.4):
            body["FilterExpression"] = writer.maybe_damaged(writer.condition())
        if self.chance(0.25):
            body["ProjectionExpression"] = writer.maybe_damaged(writer.projection())
        if self.chance(0.2):
            body["Select"] = self.random.choice(SELECTS)
        if self.chance(0.3):
            body["Limit"] = self.random.choice([1, 2, 3, 5, 10])
        if self.chance(0.2):
            body["ConsistentRead"] = self.chance(0.6)
        return writer.fill(body)

    def start_key(self, schema, index):
        """A made-up ExclusiveStartKey, mostly of the right shape."""
        types = dict(schema.key)
        if index:
            types.update(index.key)
        key = {name: self.key_value(name, kind) for name, kind in types.items()}
        if self.chance(0.25):
            del key[self.random.choice(list(key))]
        elif self.chance(0.2):
            key["extra"] = {"S": "a"}
        elif self.chance(0.2):
            key[self.random.choice(list(key))] = self.values.value()
        return key

    def query(self):
        name, schema = self.table()
        index = self.random.choice(schema.indexes) if schema.indexes and self.chance(0.5) else None
        writer = self.writer(schema)
        types = schema.key_types()
        key = index.key if index else schema.key
        body = {
            "TableName": name,
            "KeyConditionExpression": writer.maybe_damaged(
                writer.key_condition(
                    key, lambda attribute: self.key_value(attribute, types[attribute])
                )
            ),
        }
        if self.chance(0.4):
            body["ScanIndexForward"] = self.chance(0.3)
        self._page(schema, body, writer, index)
        if self.chance(0.06):
            body["ExclusiveStartKey"] = self.start_key(schema, index)
        return Step("Query", body, paged=True)

    def scan(self):
        name, schema = self.table()
        index = self.random.choice(schema.indexes) if schema.indexes and self.chance(0.4) else None
        writer = self.writer(schema)
        body = self._page(schema, {"TableName": name}, writer, index)
        if self.chance(0.15):
            body["TotalSegments"] = self.random.choice([1, 2, 3, 1000000, 0, 1000001, -1])
            if self.chance(0.95):
                body["Segment"] = self.random.choice([0, 1, 2, -1, 1000000])
        return Step("Scan", body, paged=True)

    def index_pages(self):
        """All pages of an index, a few items each, with a filter that takes some of them."""
        name, schema = self.table()
        if not schema.indexes:
            return self.scan()
        index = self.random.choice(schema.indexes)
        writer = self.writer(schema)
        projected = [n for n in (*index.include, "a", "b", "m", "n") if index.projection == "ALL"]
        attribute = self.random.choice(projected or list(index.include) or ["pk"])
        body = {"TableName": name, "IndexName": index.name, "Limit": self.random.choice([1, 2, 3])}
        body["FilterExpression"] = self.random.choice(
            [
                f"attribute_exists({writer.name(attribute)})",
                f"NOT attribute_exists({writer.name(attribute)})",
                f"attribute_type({writer.name(attribute)}, {writer.value({'S': 'S'})})",
                f"{writer.name(attribute)} < {writer.typed_value('S', 'N')}",
            ]
        )
        if self.chance(0.4):
            body["Select"] = self.random.choice(SELECTS)
        self.capacity(body)
        operation = self.random.choice(["Query", "Query", "Scan"])
        if operation == "Query":
            types = schema.key_types()
            body["KeyConditionExpression"] = writer.key_condition(
                index.key[:1], lambda n: self.key_value(n, types[n])
            )
            body["ScanIndexForward"] = self.chance(0.5)
        elif self.chance(0.5):
            body["TotalSegments"], body["Segment"] = self.random.choice([2, 3]), 0
        return Step(operation, writer.fill(body), paged=True)

    def index_change(self):
        """A new global index over the items that are there (backfill), or the end of one."""
        name, schema = self.table()
        added = [index for index in schema.indexes if index.name.startswith("added_")]
        if added and self.chance(0.7):
            gone = self.random.choice(added)
            change = {"Delete": {"IndexName": gone.name}}
            indexes = tuple(index for index in schema.indexes if index != gone)
        else:
            types = {name: kind for name, kinds in ADDED_KEYS.items() for kind in kinds}
            key = self.random.sample(list(types), self.random.choice([1, 2]))
            index = Index(
                f"added_{self.random.randrange(3)}",
                tuple((attribute, types[attribute]) for attribute in key),
                *self.random.choice([("ALL",), ("KEYS_ONLY",), ("INCLUDE", ("a", "l"))]),
            )
            if any(index.name == known.name for known in schema.indexes):
                return self.scan()
            change = {
                "Create": {
                    "IndexName": index.name,
                    "KeySchema": key_schema(index.key),
                    "Projection": projection(index),
                }
            }
            indexes = (*schema.indexes, index)
        self.tables[name] = dataclasses.replace(schema, indexes=indexes)
        types = self.tables[name].key_types()
        definitions = [{"AttributeName": n, "AttributeType": kind} for n, kind in types.items()]
        body = {
            "TableName": name,
            "AttributeDefinitions": definitions,
            "GlobalSecondaryIndexUpdates": [change],
        }
        return Step("UpdateTable", body)

    # --- batches and transactions --------------------------------------------------------------

    def batch_get(self):
        body = {"RequestItems": {}}
        for name in self.random.sample(list(self.tables), self.random.randint(1, len(self.tables))):
            schema = self.tables[name]
            count = (
                self.random.choice([1, 2, 3, 5, 8])
                if self.chance(0.98)
                else self.random.choice([0, 101])
            )
            writer = self.writer(schema)
            keys = {repr(key): key for key in (self.key(schema) for _ in range(count))}
            request = {"Keys": list(keys.values())}
            if count and self.chance(0.03):
                request["Keys"].append(request["Keys"][0])
            if self.chance(0.1):
                request["AttributesToGet"] = self.random.sample(NAMES, self.random.choice([1, 2]))
            elif self.chance(0.3):
                request["ProjectionExpression"] = writer.maybe_damaged(writer.projection())
            if self.chance(0.3):
                request["ConsistentRead"] = True
            body["RequestItems"][name] = writer.fill(request)
        return Step("BatchGetItem", self.capacity(body))

    def batch_write(self):
        body = {"RequestItems": {}}
        for name in self.random.sample(list(self.tables), self.random.randint(1, len(self.tables))):
            schema = self.tables[name]
            count = (
                self.random.choice([1, 2, 3, 5])
                if self.chance(0.98)
                else self.random.choice([0, 26])
            )
            writes = {}
            for _ in range(count):
                if self.chance(0.7):
                    item = self.item(schema)
                    key, write = {n: item.get(n) for n, _ in schema.key}, {
                        "PutRequest": {"Item": item}
                    }
                else:
                    key = self.key(schema)
                    write = {"DeleteRequest": {"Key": key}}
                writes[repr(key) if self.chance(0.98) else repr(write)] = write
            body["RequestItems"][name] = list(writes.values())
        if self.chance(0.1):
            body["ReturnItemCollectionMetrics"] = "SIZE"
        return Step("BatchWriteItem", self.capacity(body))

    def transact_write(self):
        members = []
        count = (
            self.random.choice([1, 2, 3, 4]) if self.chance(0.98) else self.random.choice([0, 101])
        )
        for _ in range(count):
            kind = self.random.choice(["Put", "Update", "Update", "Delete", "ConditionCheck"])
            make = {
                "Put": self.put_item,
                "Update": self.update_item,
                "Delete": self.delete_item,
                "ConditionCheck": self.delete_item,
            }[kind]
            member = make().body
            for option in ("ReturnConsumedCapacity", "ReturnItemCollectionMetrics", "ReturnValues"):
                member.pop(option, None)
            if kind == "ConditionCheck":
                member.setdefault("ConditionExpression", "attribute_not_exists(zz)")
            members.append({kind: member})
        body = self.capacity({"TransactItems": members})
        if self.chance(0.15):
            body["ReturnItemCollectionMetrics"] = "SIZE"
        if self.chance(0.1):
            body["ClientRequestToken"] = (
                f"token-{self.random.randrange(10**9)}" if self.chance(0.8) else "t" * 37
            )
        return Step("TransactWriteItems", body)

    def transact_get(self):
        members = []
        for _ in range(self.random.choice([1, 2, 3])):
            member = self.get_item().body
            member.pop("ReturnConsumedCapacity", None)
            member.pop("ConsistentRead", None)
            members.append({"Get": member})
        return Step("TransactGetItems", self.capacity({"TransactItems": members}))

    # --- the rest ------------------------------------------------------------------------------

    def legacy(self):
        return legacy.request(self)

    def damaged(self):
        step = self.next(without_damage=True)
        if step.operation == "UpdateTable":
            return step  # what it changes the episode has been told already
        return damaged_request(self.random, step)

    def table_operation(self):
        name, _ = self.table()
        return self.random.choice(
            [
                Step("DescribeTable", {"TableName": name}),
                Step("DescribeTable", {"TableName": "no_such_table"}),
                Step("DescribeTable", {"TableName": "a"}),
                Step("DescribeTable", {"TableName": "bad name!"}),
                Step("DescribeTable", {}),
                Step("DeleteTable", {"TableName": "no_such_table"}),
                Step("UpdateTable", {"TableName": name}),
                Step(
                    "UpdateTable", {"TableName": "no_such_table", "BillingMode": "PAY_PER_REQUEST"}
                ),
                Step("CreateTable", self.tables[name].create_table(name)),
                Step("ListTables", {"Limit": self.random.choice([0, -1, 101])}),
                Step("GetItem", {"TableName": "no_such_table", "Key": {"pk": {"S": "a"}}}),
                Step("PutItem", {"TableName": "no_such_table", "Item": {"pk": {"S": "a"}}}),
                Step(
                    "Query",
                    {
                        "TableName": "no_such_table",
                        "KeyConditionExpression": "pk = :p",
                        "ExpressionAttributeValues": {":p": {"S": "a"}},
                    },
                ),
                Step("NoSuchOperation", {}),
                Step("PutItem", b""),
                Step("PutItem", b"{"),
                Step("PutItem", b"[]"),
                Step("PutItem", b"null"),
                Step("PutItem", b"\"a\""),
                Step("PutItem", b"{\"TableName\":\"\xff\"}"),
                Step("PutItem", {}),
            ]
        )

    def next(self, without_damage=False):
        makers = [(m, w) for m, w in self.weighted if not (without_damage and m == self.damaged)]
        maker = self.random.choices([m for m, _ in makers], [w for _, w in makers])[0]
        step = maker()
        if self.chance(0.004):
            if isinstance(step.body, dict) and "TableName" in step.body:
                step.body["TableName"] = self.random.choice(
                    ["no_such_table", "ab", "x" * 256, "a b", ""]
                )
        step.tables = dict(self.tables)
        return step
