"""The known differences that only queries and scans have; see differences.py."""

from differential import evidence
from differential.difference import Difference

ROWS = (
    Difference(
        "missed-key-words",
        "400 ValidationException: Query condition missed key schema element: .*",
        "400 ValidationException: Query condition missed key schema element",
        "Parley",
        "DynamoDB's own message, which names the attribute.",
        ("Query",),
    ),
    Difference(
        "too-many-key-conditions",
        r"400 ValidationException: The number of query conditions \(\d+\) exceeds the number of "
        "key attributes defined in the schema .*",
        "400 ValidationException: Key attributes must be scalars; .*",
        "Parley",
        "Too many key conditions are found before what a filter does with an index's key (dynalite "
        "goes by the same order).",
        ("Query",),
        "FilterExpression",
    ),
    Difference(
        "start-key-words",
        "400 ValidationException: The provided starting key is invalid.*",
        "400 ValidationException: Exclusive Start Key must have same size as table's key schema",
        "Parley",
        "DynamoDB's own message.",
        ("Query", "Scan"),
    ),
    Difference(
        "consistent-index-read",
        "400 ValidationException: Consistent reads are not supported on global secondary indexes",
        "400 ValidationException: (?:Consistent read cannot be true when (?:querying|scanning) a "
        "GSI|Key attributes must be scalars.*)",
        "Parley",
        "DynamoDB's own message, found as soon as the index is.",
        ("Query", "Scan"),
        evidence=evidence.table_or_index_is_unfit,
    ),
    Difference(
        "query-key-size",
        "400 ValidationException: One or more parameter values were invalid: Size of hashkey has "
        "exceeded the maximum size limit of2048 bytes",
        "200",
        "Parley",
        "AWS refuses a query for a key that no item can have; programs report this message of it.",
        ("Query",),
        evidence=evidence.asks_for_overlong_hash_key,
    ),
    Difference(
        "start-key-boundaries",
        "400 ValidationException: The provided starting key is outside query boundaries based on "
        "provided conditions",
        "400 ValidationException: The provided starting key does not match the range key predicate",
        "Parley",
        "A start key of another hash key than the query's has this message where the query has no "
        "other condition (dynalite agrees, but knows no indexes that were added later).",
        ("Query",),
        evidence=evidence.has_one_key_condition,
    ),
    Difference(
        "select-and-projection",
        "400 ValidationException: (Cannot specify the (ProjectionExpression|AttributesToGet) when "
        "choosing to get .*|Must specify the AttributesToGet or ProjectionExpression .*"
        "|ALL_PROJECTED_ATTRIBUTES can be used only when Scanning .*)",
        "400 (?:ValidationException|ResourceNotFoundException): .*",
        "both",
        "What is wrong with Select is found before the table is looked up, and the message names "
        "the operation.",
        ("Query", "Scan"),
        evidence=evidence.select_is_wrong,
    ),
    Difference(
        "order-of-expressions",
        "400 ValidationException: Invalid KeyConditionExpression: .*",
        "400 ValidationException: Invalid (?:Filter|Projection)Expression: .*",
        "both",
        "Of a wrong key condition and a wrong filter or projection one is named; dynalite goes by "
        "Parley's order for what cannot be read. Without the others, the reference refuses the key "
        "condition.",
        ("Query",),
        evidence=evidence.key_condition_is_wrong,
    ),
    Difference(
        "legacy-range-first",
        "400 ValidationException: The BETWEEN condition was provided a range where the lower bound "
        "is greater than the upper bound",
        "400 ValidationException: One or more parameter values were invalid: .*",
        "both",
        "A filter whose bounds are reversed is found before the key conditions are held against "
        "the table.",
        ("Query", "Scan"),
        evidence=evidence.filters_a_range,
    ),
    Difference(
        "segment-alone",
        "400 ValidationException: The TotalSegments parameter is required but was not present in "
        "the request when Segment parameter is present",
        "400 ValidationException: If segment is specified, total segment must also be specified",
        "Parley",
        "DynamoDB's own message.",
        ("Scan",),
    ),
    Difference(
        "key-value-faults",
        "400 ValidationException: One or more parameter values were invalid: Condition parameter "
        "type does not match schema type",
        "400 ValidationException: One or more parameter values were invalid: Aggregated size of .*",
        "both",
        "Of a key value that is of the wrong type and too long, one fault is named.",
        ("Query",),
    ),
)
