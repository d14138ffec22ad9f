"""The same for every repair (repairs.py): a pair of answers it makes one, and pairs it must not."""

from differential.samples import GETS, KEY, PAIR, PUT, QUERY, READ, Sample, done, refused

ASKED = {"ReturnConsumedCapacity": "TOTAL"}
INDEX_SCAN = {"TableName": "t.binary", "IndexName": "global_keys", "FilterExpression": "b = :b"}
START = {"pk": {"S": "a"}, "sk": {"S": "1"}, "g1": {"S": "red"}}
FROM = {"TableName": "t.strings", "IndexName": "global_all", "ExclusiveStartKey": START}
IN_INDEX = {"g1": {"S": "red"}, "g2": {"N": "1"}}
ITEMS = [{"g1": {"S": "red"}, "sk": {"S": s}, "pk": {"S": "a"}} for s in ("1", "2")]


def capacity(units, **parts):
    return {"TableName": "t.range", "CapacityUnits": units, **parts}


SAMPLES = [
    Sample(
        "unprojected-filter",
        "Scan",
        INDEX_SCAN,
        done(Items=[], Count=0, ScannedCount=2),
        done(Items=[KEY], Count=1, ScannedCount=2),
        [
            ("parley.body.ScannedCount", 1),
            ("parley.body.Count", 2),
            ("parley.body.Items", [KEY]),
            ("body.IndexName", "none"),
        ],
        {
            ("reference", "Scan"): [
                done(Items=[KEY, KEY], Count=2, ScannedCount=2),
                done(Items=[], Count=0, ScannedCount=2),
            ]
        },
    ),
    Sample(
        "equal-index-keys",
        "Query",
        {**FROM, "KeyConditionExpression": "g1 = :g"},
        done(Items=[ITEMS[1]], Count=1, ScannedCount=1),
        done(Items=ITEMS, Count=2, ScannedCount=2),
        [("parley.body.ScannedCount", 2), ("parley.body.Count", 2), ("body.IndexName", "none")],
        {
            ("parley", "Query"): [done(Items=[ITEMS[1]])],
            ("reference", "Query"): [done(Items=ITEMS)],
        },
    ),
    Sample(
        "number-format",
        "GetItem",
        READ,
        done(Item={"a": {"N": "100"}}),
        done(Item={"a": {"N": "1E+2"}}),
        [("parley.body.Item", {"a": {"N": "1E+2"}}), ("reference.body.Item", {"a": {"N": "1E+3"}})],
    ),
    Sample(
        "number-format",
        "DeleteItem",
        {**READ, "ConditionExpression": "a BETWEEN :v AND :w"},
        refused("upper bound: {N:0.1}, lower bound: {N:2.5}"),
        refused("upper bound: {N:1E-1}, lower bound: {N:2.50}"),
        [
            ("parley.message", "upper bound: {N:0.2}, lower bound: {N:2.5}"),
            ("parley.message", "upper bound: {N:1E-1}, lower bound: {N:2.5}"),
            ("reference.message", "upper bound: {N:1E-1}, lower bound: {S:2.50}"),
        ],
    ),
    Sample(
        "capacity-unasked",
        "DeleteItem",
        READ,
        done(),
        done(ConsumedCapacity=capacity(1.0)),
        [("body.ReturnConsumedCapacity", "TOTAL"), ("parley.body", {"Attributes": KEY})],
    ),
    Sample(
        "item-collection-metrics",
        "PutItem",
        {**PUT, "ReturnItemCollectionMetrics": "SIZE"},
        done(
            ItemCollectionMetrics={
                "ItemCollectionKey": {"pk": {"S": "p1"}},
                "SizeEstimateRangeGB": [0.0, 1.0],
            }
        ),
        done(),
        [
            ("body.ReturnItemCollectionMetrics", "NONE"),
            ("body.TableName", "t.hash"),
            ("parley.body.ItemCollectionMetrics.ItemCollectionKey", {"pk": {"S": "p2"}}),
            ("parley.body.ItemCollectionMetrics.SizeEstimateRangeGB", [1.0, 2.0]),
        ],
    ),
    Sample(
        "table-status",
        "CreateTable",
        {"TableName": "t.range"},
        done(TableDescription={"TableStatus": "CREATING"}),
        done(TableDescription={"TableStatus": "ACTIVE"}),
        [("parley.body.TableDescription.TableStatus", "ACTIVE"), ("operation", "DescribeTable")],
    ),
    Sample(
        "only-removes",
        "UpdateItem",
        {**READ, "UpdateExpression": "REMOVE a", "ReturnValues": "ALL_NEW"},
        done(),
        done(Attributes=KEY),
        [
            ("body.UpdateExpression", "SET a = :a"),
            ("reference.body.Attributes", {**KEY, "a": {"S": "a"}}),
            ("parley.body.Attributes", {**KEY, "a": {"S": "a"}}),
        ],
    ),
    Sample(
        "updated-parts",
        "UpdateItem",
        {
            **READ,
            "UpdateExpression": "SET m.#n = if_not_exists(m.b, :v) ADD l[1].c :v, n :v REMOVE b.z",
            "ExpressionAttributeNames": {"#n": "x y"},
            "ReturnValues": "UPDATED_NEW",
        },
        done(
            Attributes={
                "m": {"M": {"x y": {"N": "1"}}},
                "l": {"L": [{"M": {"c": {"N": "2"}}}]},
                "n": {"N": "3"},
            }
        ),
        done(
            Attributes={
                "m": {"M": {"x y": {"N": "1"}, "b": {"N": "9"}}},
                "l": {"L": [{"S": "a"}, {"M": {"c": {"N": "2"}, "d": {"S": "d"}}}]},
                "n": {"N": "3"},
                "b": {"M": {"y": {"S": "a"}}},
            }
        ),
        [
            ("body.ReturnValues", "ALL_NEW"),
            ("body.UpdateExpression", "SET m = :v, l = :v, b = :v, n = :v"),
            ("parley.body.Attributes.m", {"M": {"x y": {"N": "1"}, "b": {"N": "9"}}}),
            ("parley.body.Attributes.m", {"M": {"x y": {"N": "2"}}}),
            ("parley.body.Attributes.l", {"L": [{"S": "a"}]}),
            ("parley.body.Attributes.n", {"N": "4"}),
        ],
    ),
    Sample(
        "transact-get-units",
        "TransactGetItems",
        ASKED,
        done(
            ConsumedCapacity=[
                capacity(2.0, Table={"CapacityUnits": 2.0, "ReadCapacityUnits": 2.0})
            ]
        ),
        done(ConsumedCapacity=[capacity(2.0, Table={"CapacityUnits": 2.0})]),
        [("parley.body.ConsumedCapacity.0.Table.ReadCapacityUnits", 1.0)],
    ),
    Sample(
        "limit-reached",
        "Query",
        {**QUERY, "Limit": 2},
        done(Items=[1, 2], Count=2, ScannedCount=2, Pages=2, Keys=[KEY]),
        done(Items=[1, 2], Count=2, ScannedCount=2),
        [("parley.body.Items", [1, 3]), ("parley.body.Pages", 3), ("body.Limit", 3)],
    ),
    Sample(
        "reason-messages",
        "TransactWriteItems",
        PAIR,
        refused("x", reasons=[{"Code": "ValidationError", "Message": "a"}]),
        refused("x", reasons=[{"Code": "ValidationError", "Message": "b"}]),
        [("parley.reasons.0.Code", "None"), ("reference.reasons.0.Code", "ConditionalCheckFailed")],
    ),
    Sample(
        "empty-page-units",
        "Query",
        {**QUERY, **ASKED},
        done(Items=[], Count=0, ScannedCount=0, ConsumedCapacity=capacity(0.5)),
        done(Items=[], Count=0, ScannedCount=0, ConsumedCapacity=capacity(0.0)),
        [("parley.body.ConsumedCapacity", capacity(1.0)), ("body.ConsistentRead", True)],
    ),
    Sample(
        "unprojected-fetch-units",
        "Query",
        {**QUERY, **ASKED, "IndexName": "local_keys", "ProjectionExpression": "a"},
        done(ScannedCount=2, ConsumedCapacity=capacity(1.5)),
        done(ScannedCount=2, ConsumedCapacity=capacity(0.5)),
        [("parley.body.ConsumedCapacity.CapacityUnits", 0.0), ("body.IndexName", "global_all")],
    ),
    Sample(
        "index-entry-units",
        "Scan",
        {**ASKED, "TableName": "t.binary", "IndexName": "global_keys"},
        done(ScannedCount=2, ConsumedCapacity=capacity(0.5)),
        done(ScannedCount=2, ConsumedCapacity=capacity(1.0)),
        [
            ("parley.body.ConsumedCapacity.CapacityUnits", 1.5),
            ("parley.body.ConsumedCapacity.CapacityUnits", 0.0),
            ("body.IndexName", "none"),
        ],
    ),
    Sample(
        "sparse-index-units",
        "PutItem",
        {**PUT, **ASKED},
        done(ConsumedCapacity=capacity(1.0)),
        done(ConsumedCapacity=capacity(2.0)),
        [
            ("parley.body.ConsumedCapacity.CapacityUnits", 3.0),
            ("reference.body.ConsumedCapacity.CapacityUnits", 3.0),
            ("body.TableName", "t.hash"),
        ],
        {("parley", "GetItem"): [done(Item=KEY)]},
    ),
    Sample(
        "sparse-index-units",
        "PutItem",
        {**PUT, "ReturnConsumedCapacity": "INDEXES", "ReturnValues": "ALL_OLD"},
        done(
            Attributes={**KEY, "g2": {"N": "1"}},
            ConsumedCapacity=capacity(4.0, Table={"CapacityUnits": 4.0}),
        ),
        done(
            Attributes={**KEY, "g2": {"N": "1"}},
            ConsumedCapacity=capacity(
                8.0,
                Table={"CapacityUnits": 4.0},
                GlobalSecondaryIndexes={"global_all": {"CapacityUnits": 4.0}},
            ),
        ),
        [
            ("replies", {("parley", "GetItem"): [done(Item={**KEY, **IN_INDEX})]}),
            ("parley.body.Attributes", {**KEY, **IN_INDEX}),
            ("parley.body.ConsumedCapacity.Table", {"CapacityUnits": 3.0}),
            ("reference.body.ConsumedCapacity.CapacityUnits", 9.0),
        ],
        {("parley", "GetItem"): [done(Item={**KEY, "g1": {"S": "red"}})]},
    ),
    Sample(
        "index-entry-overhead",
        "PutItem",
        {**ASKED, "TableName": "t.range", "Item": {**KEY, "b": {"S": "b" * 950}}},
        done(ConsumedCapacity=capacity(2.0, Table={"CapacityUnits": 1.0})),
        done(ConsumedCapacity=capacity(3.0, Table={"CapacityUnits": 1.0})),
        [
            ("body.Item", KEY),
            ("parley.body.ConsumedCapacity.CapacityUnits", 4.0),
            ("parley.body.ConsumedCapacity.Table", {"CapacityUnits": 2.0}),
        ],
    ),
    Sample(
        "many-items-units",
        "BatchGetItem",
        {**GETS, **ASKED},
        done(ConsumedCapacity=[capacity(0.5)]),
        done(ConsumedCapacity=[capacity(1.0)]),
        [
            ("parley.body.ConsumedCapacity.0.CapacityUnits", 0.0),
            ("parley.body.ConsumedCapacity.0.CapacityUnits", 0.7),
            ("parley.body.ConsumedCapacity.0.TableName", "t.hash"),
        ],
    ),
]
