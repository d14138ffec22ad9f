"""The same for the rows of query_differences.py; see samples.py."""

from differential.samples import KEY, MISSING, OTHER, QUERY, Sample, done, refused, words

SELECT_FAULT = (
    "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
    "SPECIFIC_ATTRIBUTES"
)
HASH_KEY_FAULT = (
    "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size "
    "limit of2048 bytes"
)

SAMPLES = [
    words(
        "missed-key-words",
        "Query",
        {**QUERY, "KeyConditionExpression": "pk = :p AND a = :v"},
        refused("Query condition missed key schema element: sk"),
        refused("Query condition missed key schema element"),
        ("reference", refused("Query condition missed key schema element: pk")),
        ("operation", "Scan"),
    ),
    words(
        "too-many-key-conditions",
        "Query",
        {**QUERY, "FilterExpression": "attribute_exists(g2[0])"},
        refused(
            "The number of query conditions (3) exceeds the number of key attributes defined in "
            "the schema (2)"
        ),
        refused("Key attributes must be scalars; list random access is not allowed: IndexKey: g2"),
        ("body", QUERY),
    ),
    words(
        "start-key-words",
        "Scan",
        {"TableName": "t.range"},
        refused("The provided starting key is invalid"),
        refused("Exclusive Start Key must have same size as table's key schema"),
    ),
    words(
        "consistent-index-read",
        "Query",
        {**QUERY, "IndexName": "global_all", "ConsistentRead": True},
        refused("Consistent reads are not supported on global secondary indexes"),
        refused("Consistent read cannot be true when querying a GSI"),
        ("body.IndexName", "local_all"),
    ),
    Sample(
        "query-key-size",
        "Query",
        {**QUERY, "ExpressionAttributeValues": {":p": {"S": "k" * 2049}}},
        refused(HASH_KEY_FAULT),
        done(Items=[], Count=0, ScannedCount=0),
        [
            ("body.ExpressionAttributeValues", {":p": {"S": "k" * 2048}}),
            ("body.KeyConditionExpression", "pk = :p2"),
            ("parley", OTHER),
            ("reference", OTHER),
            ("operation", "Scan"),
        ],
    ),
    words(
        "start-key-boundaries",
        "Query",
        {**QUERY, "IndexName": "global_all", "ExclusiveStartKey": KEY},
        refused(
            "The provided starting key is outside query boundaries based on provided conditions"
        ),
        refused("The provided starting key does not match the range key predicate"),
        ("body.KeyConditionExpression", "pk = :p AND sk > :s"),
        ("body.KeyConditions", {"pk": {}, "sk": {}}),
    ),
    words(
        "select-and-projection",
        "Scan",
        {"TableName": "none", "Select": "SPECIFIC_ATTRIBUTES"},
        refused(SELECT_FAULT),
        MISSING,
        ("body.ProjectionExpression", "a"),
    ),
    words(
        "order-of-expressions",
        "Query",
        QUERY,
        refused("Invalid KeyConditionExpression: a"),
        refused("Invalid FilterExpression: b"),
        ("replies", {}),
        replies={("reference", "Query"): [refused("Invalid KeyConditionExpression: a")]},
    ),
    words(
        "legacy-range-first",
        "Query",
        {"TableName": "t.range", "QueryFilter": {"a": {"ComparisonOperator": "BETWEEN"}}},
        refused(
            "The BETWEEN condition was provided a range where the lower bound is greater than the "
            "upper bound"
        ),
        refused("One or more parameter values were invalid: Condition parameter type is wrong"),
        ("body.QueryFilter.a.ComparisonOperator", "EQ"),
    ),
    words(
        "segment-alone",
        "Scan",
        {"TableName": "t.range", "Segment": 0},
        refused(
            "The TotalSegments parameter is required but was not present in the request when "
            "Segment parameter is present"
        ),
        refused("If segment is specified, total segment must also be specified"),
    ),
    words(
        "key-value-faults",
        "Query",
        QUERY,
        refused(
            "One or more parameter values were invalid: Condition parameter type does not match "
            "schema type"
        ),
        refused("One or more parameter values were invalid: Aggregated size of all range keys"),
    ),
]
