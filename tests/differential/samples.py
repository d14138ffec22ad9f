"""For every row of differences.py a pair of answers it covers, and pairs it must not cover.

`wrong` changes one thing of the sample at a time: (path, value) puts `value` at the path
("parley", "reference", "body" and so on); the row may then no longer make the two answers one.
"""

import copy
import dataclasses

from differential.case import Case
from differential.schemas import SCHEMAS

TABLES = {f"t.{schema.label}": schema for schema in SCHEMAS}
KEY = {"pk": {"S": "p1"}, "sk": {"N": "1"}}
READ = {"TableName": "t.range", "Key": KEY}
V = "ValidationException"


def refused(message, kind=V, **more):
    return {"status": 400, "type": kind, "message": message, **more}


def done(**body):
    return {"status": 200, "body": body}


DEEP = {"S": "a"}
for _ in range(31):
    DEEP = {"L": [DEEP]}
DEEPEST, DEEP = DEEP, {"L": [DEEP]}  # as deep as a value may be, and a level more
DEEPER = {"L": [DEEP]}
FAILED = {"status": 500, "type": "InternalFailure", "message": "Failed."}
MISSING = refused("Cannot do operations on a non-existent table", "ResourceNotFoundException")
OTHER = refused("Something else altogether")


@dataclasses.dataclass
class Sample:
    row: str
    operation: str
    body: object
    parley: dict
    reference: dict
    wrong: list = dataclasses.field(default_factory=list)
    replies: dict = dataclasses.field(default_factory=dict)  # (side, operation) -> answers in turn
    witness: dict = None

    def case(self, change=None):
        """The sample, or the sample with one change (path, value)."""
        state = copy.deepcopy(vars(self))
        if change:
            place, value = change
            at = state
            *before, last = place.split(".")
            for name in before:
                at = at[int(name) if isinstance(at, list) else name]
            at[last] = value
        queues = {key: list(answers) for key, answers in state["replies"].items()}

        def ask(side, operation, _body):
            queue = queues.get((side, operation), [])
            answer = queue.pop(0) if len(queue) > 1 else queue[0] if queue else OTHER
            return copy.deepcopy(answer)

        parts = ("operation", "body", "parley", "reference", "witness")
        return Case(*(state[part] for part in parts), ask, TABLES)


def words(row, operation, body, ours, theirs, *wrong, **more):
    """A sample of two refusals; neither side's words may be others."""
    return Sample(
        row,
        operation,
        body,
        ours,
        theirs,
        [("parley", OTHER), ("reference", done(Items=[])), *wrong],
        **more,
    )


def cancelled(*codes):
    reasons = [{"Code": code, "Message": f"{code} happened"} for code in codes]
    return refused("cancelled", "TransactionCanceledException", reasons=reasons)


PLAIN = refused("cancelled ValidationError", "TransactionCanceledException")
QUERY = {"TableName": "t.range", "KeyConditionExpression": "pk = :p"}
PUT = {"TableName": "t.range", "Item": KEY}
TWINS = {"TransactItems": [{"Put": PUT}, {"Delete": {"TableName": "t.range", "Key": KEY}}]}
PAIR = {"TransactItems": [{"Put": PUT}, {"Put": PUT | {"TableName": "t.strings"}}]}
GETS = {"RequestItems": {"t.range": {"Keys": [KEY]}, "t.hash": {"Keys": [{"pk": {"S": "a"}}]}}}
NULL_VALUE = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
KEY_FAULT = "The provided key element does not match the schema"
PATH_FAULT = "The document path provided in the update expression is invalid for update"
TWIN_FAULT = "Transaction request cannot include multiple operations on one item"
LIMIT_FAULT = (
    "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must "
    "have value greater than or equal to 1"
)
SYNTAX = 'Invalid ConditionExpression: Syntax error; token: "(", near: "("'

SAMPLES = [
    Sample(
        "wording-and-order",
        "GetItem",
        READ,
        refused("a"),
        refused("b"),
        [("witness", refused("c")), ("witness", None), ("parley", done(Item=KEY))],
        witness=refused("a"),
    ),
    words(
        "words-of-2026",
        "BatchWriteItem",
        {},
        refused("The requestItems parameter is required for BatchWriteItem"),
        refused("BatchWriteItem cannot have a null or no requests set"),
    ),
    words(
        "internal-failure",
        "PutItem",
        {"TableName": "t.range", "Item": 5},
        refused("Unexpected field type", "SerializationException"),
        FAILED,
        ("body.Item", KEY),
    ),
    Sample(
        "json-types",
        "PutItem",
        {"TableName": 5, "Item": KEY},
        refused("NUMBER_VALUE cannot be converted to String", "SerializationException"),
        refused("Invalid table/index name."),
        [("body.TableName", "t.range"), ("parley", OTHER)],
    ),
    Sample(
        "constraints",
        "Query",
        {**QUERY, "Limit": 0},
        refused(LIMIT_FAULT),
        refused("Limit is wrong"),
        [
            ("parley", OTHER),
            ("body.Limit", 1),
            ("parley.message", LIMIT_FAULT.replace("1 validation error", "2 validation errors")),
            ("parley.message", LIMIT_FAULT.replace("limit", "totalSegments")),
        ],
    ),
    words("syntax-first", "PutItem", PUT, refused(SYNTAX), refused("Invalid attribute value type")),
    words(
        "key-schema", "GetItem", READ, refused(KEY_FAULT), refused("Invalid attribute value type")
    ),
    Sample(
        "transaction-reasons",
        "TransactWriteItems",
        PAIR,
        cancelled("ValidationError", "None") | {"message": "cancelled [ValidationError, None]"},
        cancelled("ConditionalCheckFailed", "None"),
        [
            ("parley", OTHER),
            ("parley.reasons", cancelled("ValidationError", "ConditionalCheckFailed")["reasons"]),
            ("parley.reasons", cancelled("None", "None")["reasons"]),
            ("replies", {("reference", "TransactWriteItems"): [cancelled("None", "x")]}),
        ],
        replies={
            ("parley", "TransactWriteItems"): [OTHER],
            ("reference", "TransactWriteItems"): [refused("wrong"), cancelled("None", "x")],
        },
    ),
    words(
        "transaction-twins",
        "TransactWriteItems",
        TWINS,
        refused(TWIN_FAULT),
        refused(PATH_FAULT),
        ("body", PAIR),
    ),
    words(
        "empty-key-of-other-type",
        "TransactGetItems",
        {"TransactItems": [{"Get": {"TableName": "t.hash", "Key": {"pk": {"B": ""}}}}]},
        refused(
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            "cannot contain an empty binary value. Key: pk"
        ),
        cancelled("ValidationError"),
        ("body.TransactItems.0.Get.Key", {"pk": {"S": ""}}),
    ),
    words(
        "order-of-parts",
        "BatchGetItem",
        GETS,
        refused("Invalid ProjectionExpression: a"),
        refused(KEY_FAULT),
        replies={
            ("parley", "BatchGetItem"): [
                refused(KEY_FAULT),
                refused("Invalid ProjectionExpression: a"),
            ],
            ("reference", "BatchGetItem"): [
                refused(KEY_FAULT),
                refused("Invalid ProjectionExpression: a"),
            ],
        },
    ),
    words(
        "overlap-paths",
        "UpdateItem",
        READ,
        refused("Invalid UpdateExpression: Two document paths overlap with each other; a"),
        refused("Invalid UpdateExpression: Two document paths overlap with each other; b"),
    ),
    words(
        "update-faults",
        "UpdateItem",
        {**READ, "UpdateExpression": "SET a = b + :s, c.d = :s"},
        refused("An operand in the update expression has an incorrect data type"),
        refused(PATH_FAULT),
        ("body.UpdateExpression", "SET a = :s"),
    ),
    words(
        "significant-digits",
        "UpdateItem",
        READ,
        refused("Attempting to store more than 38 significant digits in a Number"),
        refused("DynamoDB only supports precision up to 38 digits"),
        ("parley", refused("Number overflow")),
    ),
    words(
        "no-such-table",
        "GetItem",
        {"TableName": "none", "Key": KEY},
        refused("Requested resource not found", "ResourceNotFoundException"),
        MISSING,
        ("body.TableName", "t.range"),
    ),
    words(
        "nothing-to-update",
        "UpdateTable",
        {"TableName": "t.range"},
        refused("At least one of ProvisionedThroughput, BillingMode, or so"),
        refused("Nothing to update"),
    ),
    words(
        "null-attribute-value",
        "PutItem",
        {"TableName": "t.range", "Item": {**KEY, "a": None}},
        refused(NULL_VALUE),
        refused("The supplied Item contains a null AttributeValue"),
        ("body.Item", KEY),
    ),
    words(
        "return-values",
        "PutItem",
        PUT,
        refused("ReturnValues can only be ALL_OLD or NONE"),
        refused("Return values set to invalid value"),
    ),
    words(
        "return-values-before-table",
        "DeleteItem",
        {"TableName": "none", "Key": KEY, "ReturnValues": "ALL_NEW"},
        refused("ReturnValues can only be ALL_OLD or NONE"),
        MISSING,
        ("body.TableName", "t.range"),
        ("operation", "UpdateItem"),
    ),
    words(
        "key-size",
        "PutItem",
        PUT,
        refused(
            "One or more parameter values were invalid: Size of hashkey has exceeded the maximum "
            "size limit of2048 bytes"
        ),
        refused("One or more parameter values were invalid: Size limit exceeded"),
    ),
    words(
        "binary-bounds",
        "PutItem",
        PUT,
        refused("Invalid ConditionExpression: The BETWEEN operator requires upper bound: {B:AA==}"),
        refused("Invalid ConditionExpression: The BETWEEN operator requires upper bound: "
                "HeapByteBuffer"),
    ),
    words(
        "expressions-before-keys",
        "GetItem",
        READ,
        refused("Invalid ProjectionExpression: unknown"),
        refused("The number of conditions on the keys is invalid"),
    ),
    words(
        "expressions-before-table",
        "Scan",
        {"TableName": "none", "FilterExpression": "a < :m"},
        refused("Invalid FilterExpression: Incorrect operand type"),
        MISSING,
        ("body.TableName", "t.range"),
    ),
    words(
        "duplicate-attribute-name",
        "GetItem",
        {**READ, "AttributesToGet": ["a", "a"]},
        refused("One or more parameter values were invalid: Duplicate value in attribute name: a"),
        refused("Cannot have two attributes with the same name"),
    ),
    words(
        "nesting-first",
        "PutItem",
        {"TableName": "t.range", "Item": {**KEY, "a": DEEP}, "ConditionExpression": "("},
        refused("Nesting Levels have exceeded supported limits: x"),
        refused(SYNTAX),
        ("body.Item.a", {"S": "a"}),
    ),
    Sample(
        "nesting-of-parameters",
        "Query",
        {**QUERY, "ExpressionAttributeValues": {":p": {"S": "p1"}, ":v": DEEP}},
        refused(
            "ExpressionAttributeValues contains invalid value: Nesting Levels have exceeded "
            "supported limits: Attributes in the item have nested levels beyond supported limit "
            "for key :v"
        ),
        done(Items=[], Count=0, ScannedCount=0),
        [
            ("body.ExpressionAttributeValues", {":v": DEEPEST}),
            ("body.ExpressionAttributeValues", {":v": DEEPER}),
            ("parley", OTHER),
            ("reference", OTHER),
        ],
    ),
    words(
        "index-key-words",
        "PutItem",
        {"TableName": "t.range", "Item": {**KEY, "l1": {"N": "1"}}},
        refused(
            "One or more parameter values were invalid: Type mismatch for Index Key l1 Expected: S "
            "Actual: N IndexName: local_all"
        ),
        refused("One or more parameter values were invalid: Type mismatch for Index Key"),
        ("body.Item.l1", {"S": "a"}),
    ),
    words(
        "legacy-condition-order",
        "PutItem",
        {**PUT, "Expected": {"a": {}, "b": {}}},
        refused("One or more parameter values were invalid: ComparisonOperator EQ is not valid"),
        refused("One or more parameter values were invalid: ComparisonOperator LE is not valid"),
        ("body.Expected", {"a": {}}),
    ),
    words(
        "duplicates-shown",
        "PutItem",
        PUT,
        refused("x: Input collection [AA==, AA==]of type BS contains duplicates."),
        refused("x: Input collection of type BS contains duplicates."),
    ),
    Sample(
        "legacy-contains",
        "PutItem",
        PUT,
        refused(
            "One or more parameter values were invalid: ComparisonOperator CONTAINS is not valid "
            "for BOOL AttributeValue type"
        ),
        done(),
        [("parley", OTHER), ("reference", OTHER)],
    ),
    words(
        "conditional-operator-alone",
        "Query",
        {**QUERY, "ConditionalOperator": "OR"},
        refused("ConditionalOperator cannot be used without Filter or Expected"),
        refused("Attempted conditional constraint is not an indexable operation"),
        ("body.QueryFilter", {name: {"ComparisonOperator": "NULL"} for name in "ab"}),
    ),
    Sample(
        "remove-below-missing-item",
        "UpdateItem",
        {**READ, "UpdateExpression": "REMOVE a.b"},
        done(),
        refused(PATH_FAULT),
        [
            ("parley", OTHER),
            ("reference", OTHER),
            ("body.UpdateExpression", "SET a.b = :v"),
            ("replies", {}),
        ],
        {("reference", "GetItem"): [done()]},
    ),
    Sample(
        "operand-not-read",
        "UpdateItem",
        {**READ, "UpdateExpression": "SET a = pk"},
        done(),
        refused("The provided expression refers to an attribute that does not exist in the item"),
        [("parley", OTHER), ("reference", OTHER), ("witness", OTHER), ("replies", {})],
        {("reference", "GetItem"): [done()]},
        done(),
    ),
    words(
        "index-key-update-words",
        "UpdateItem",
        {**READ, "UpdateExpression": "SET g2 = :v"},
        refused(
            "The update expression attempted to update the secondary index key to unsupported type"
        ),
        refused("Invalid attribute value type"),
        ("body.UpdateExpression", "SET a = g2"),
    ),
    Sample(
        "index-key-type",
        "UpdateItem",
        READ,
        refused(
            "One or more parameter values were invalid: Type mismatch for Index Key l1 Expected: S"
        ),
        done(),
        [("parley", OTHER), ("reference", OTHER)],
    ),
    words(
        "table-exists",
        "CreateTable",
        {"TableName": "t.range"},
        refused("Table already exists: t.range", "ResourceInUseException"),
        refused("Cannot create preexisting table", "ResourceInUseException"),
    ),
    Sample(
        "lazy-projection",
        "TransactGetItems",
        {"TransactItems": [{"Get": READ}]},
        refused("Invalid ProjectionExpression: a"),
        done(Responses=[{}]),
        [("parley", OTHER), ("reference", OTHER)],
    ),
]
