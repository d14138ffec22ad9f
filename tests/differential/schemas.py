"""The shapes of the tables the generated requests run against."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Index:
    name: str
    key: tuple  # ((attribute name, type), ...): HASH first
    projection: str
    include: tuple = ()
    local: bool = False


@dataclasses.dataclass(frozen=True)
class Schema:
    label: str
    key: tuple
    indexes: tuple = ()

    def key_types(self):
        """Every key attribute of the table and its indexes, with its type."""
        types = dict(self.key)
        for index in self.indexes:
            types.update(index.key)
        return types

    def create_table(self, table_name):
        """The body of the CreateTable request."""
        body = {
            "TableName": table_name,
            "AttributeDefinitions": [
                {"AttributeName": name, "AttributeType": kind}
                for name, kind in self.key_types().items()
            ],
            "KeySchema": key_schema(self.key),
            "BillingMode": "PAY_PER_REQUEST",
        }
        for member, local in (("LocalSecondaryIndexes", True), ("GlobalSecondaryIndexes", False)):
            indexes = [
                {
                    "IndexName": index.name,
                    "KeySchema": key_schema(index.key),
                    "Projection": projection(index),
                }
                for index in self.indexes
                if index.local == local
            ]
            if indexes:
                body[member] = indexes
        return body


def key_schema(key):
    return [
        {"AttributeName": name, "KeyType": role} for (name, _), role in zip(key, ("HASH", "RANGE"))
    ]


def projection(index):
    body = {"ProjectionType": index.projection}
    if index.include:
        body["NonKeyAttributes"] = list(index.include)
    return body


SCHEMAS = (
    Schema("hash", (("pk", "S"),)),
    Schema(
        "range",
        (("pk", "S"), ("sk", "N")),
        (
            Index("local_all", (("pk", "S"), ("l1", "S")), "ALL", local=True),
            Index("local_keys", (("pk", "S"), ("g2", "N")), "KEYS_ONLY", local=True),
            Index("global_all", (("g1", "S"), ("g2", "N")), "ALL"),
        ),
    ),
    Schema(
        "binary", (("pk", "B"), ("sk", "S")), (Index("global_keys", (("g2", "N"),), "KEYS_ONLY"),)
    ),
    Schema(
        "number",
        (("pk", "N"), ("sk", "B")),
        (
            Index("local_include", (("pk", "N"), ("l1", "S")), "INCLUDE", ("a", "m"), local=True),
            Index("global_include", (("g1", "S"),), "INCLUDE", ("a", "n")),
        ),
    ),
    Schema(
        "strings",
        (("pk", "S"), ("sk", "S")),
        (
            Index("global_all", (("g1", "S"), ("sk", "S")), "ALL"),
            Index("inverted", (("sk", "S"), ("pk", "S")), "KEYS_ONLY"),
        ),
    ),
)
KEY_POOLS = {
    "pk": {"S": ["p1", "p2", "é"], "N": ["1", "2", "-3.5"], "B": ["AQ==", "/w==", "AQA="]},
    "sk": {
        "S": ["a", "ab", "b", "c", "é", "zz"],
        "N": ["-10", "-1", "0", "1", "2.5", "10", "100"],
        "B": ["AA==", "AQ==", "AQA=", "gA==", "/w=="],
    },
    "g1": {"S": ["red", "green", "blue"]},
    "g2": {"N": ["1", "2", "3", "-4", "1e2"]},
    "l1": {"S": ["x", "y", "z", "xy"]},
    "h1": {"S": ["north", "south"]},
    "h2": {"N": ["7", "8", "-0.5"]},
}
ADDED_KEYS = {"h1": ("S",), "h2": ("N",)}  # the attributes indexes are made of in mid-episode
