"""Known differences between Parley and DynamoDB Local, each with the side that is right and why.

An entry is as narrow as it can be: the operations it may appear in and a pattern for each side's
answer. `docs/compatibility.md` lists the same entries (`tests/run.py differential --write-docs`
writes them), and the suite fails when the two do not agree, or when an answer differs and no entry
says why.
"""

import dataclasses
import re

from differential.repairs import REPAIRS

ANY = ".*"


@dataclasses.dataclass(frozen=True)
class Difference:
    """`parley` and `reference` are regular expressions for the whole of a rendered answer
    (`render`); `operations` are the operations where it may occur, empty for all."""

    name: str
    parley: str
    reference: str
    right: str  # "Parley" or "DynamoDB Local", or "both" where DynamoDB promises nothing
    reason: str
    operations: tuple = ()
    request: str = ANY  # a regular expression that must be found in the request's JSON


WORDING = Difference(
    "wording-and-order",
    ANY,
    ANY,
    "Parley",
    "A request that Parley refuses and DynamoDB Local takes, or refuses in other words or for "
    "another of its several faults: dynalite decides, whose authors recorded DynamoDB's own "
    "messages and order of checks. It answers exactly as Parley does.",
)
KEY_SCHEMA = "The provided key element does not match the schema"
UPDATE_FAULTS = (
    "The document path provided in the update expression is invalid for update"
    "|The provided expression refers to an attribute that does not exist in the item"
    "|An operand in the update expression has an incorrect data type"
    "|(?:DynamoDB only supports precision up to|Attempting to store more than) 38 .*"
    "|Number (?:over|under)flow.*|.*is part of the key"
)
DIFFERENCES = (
    Difference(
        "words-of-2026",
        "400 ValidationException: (?:Invalid KeyConditionExpression: KeyConditionExpressions must "
        "only contain one condition per key"
        r"|The number of query conditions \(\d+\) exceeds the number of key attributes defined .*"
        "|RANGE key attributes .* must have equality conditions .*"
        "|The requestItems parameter is required for BatchWriteItem"
        "|Number (?:over|under)flow.*)"
        "|400 ResourceNotFoundException: Requested resource not found",
        "400 ValidationException: (?:KeyConditionExpressions must only contain one condition per "
        "key|Conditions can be of length 1 or 2 only|BatchWriteItem cannot have .*"
        "|A value provided cannot be converted into a number)",
        "Parley",
        "DynamoDB of 2026 says these otherwise than DynamoDB Local and dynalite, which know older "
        "versions of it (multi-attribute keys, longer exponents).",
    ),
    Difference(
        "internal-failure",
        "200|400 (SerializationException|ValidationException|UnknownOperationException): .*",
        "500 InternalFailure: .*",
        "Parley",
        "DynamoDB Local fails inside (500) on JSON of a wrong type or bad base64, where DynamoDB "
        "refuses the request, and on an update without actions that wants updated attributes, "
        "which DynamoDB makes.",
    ),
    Difference(
        "json-types",
        "400 SerializationException: .*",
        ANY,
        "Parley",
        "A member whose JSON type is not the API's is a SerializationException before anything "
        "else is looked at; DynamoDB Local turns numbers into strings, or finds another fault.",
    ),
    Difference(
        "constraints",
        r"400 ValidationException: \d+ validation errors? detected: .*",
        ANY,
        "Parley",
        "What the API model requires (members, lengths, ranges, enumerations) is checked before "
        "all else and reported together; DynamoDB Local checks little of it, and later.",
    ),
    Difference(
        "syntax-first",
        r"400 ValidationException: Invalid \w+Expression: Syntax error; .*",
        r"400 \w+: (?!Invalid \w+Expression: Syntax error;).*",
        "Parley",
        "An expression that cannot be read is found before other faults of the request "
        "(dynalite agrees on the order; its wording of syntax errors is an older one).",
    ),
    Difference(
        "key-schema",
        f"400 ValidationException: {KEY_SCHEMA}",
        "400 ValidationException: (The number of conditions on the keys is invalid"
        "|Invalid attribute value type|One or more parameter values were invalid: .*)",
        "Parley",
        "A key that is not of the table's schema has one message, whatever is wrong with it.",
    ),
    Difference(
        "transaction-reasons",
        r"400 TransactionCanceledException: .*\[.*\]",
        f"400 (?:ValidationException|TransactionCanceledException): (?:{UPDATE_FAULTS}|"
        "The number of conditions on the keys is invalid|Invalid attribute value type|"
        "Key attributes must be scalars.*|One or more parameter values were invalid.*)",
        "Parley",
        "What is wrong with one item of a transaction is a cancellation reason (ValidationError) "
        "at its place, as the TransactWriteItems reference lists them; DynamoDB Local fails the "
        "whole request.",
        ("TransactWriteItems", "TransactGetItems"),
    ),
    Difference(
        "transaction-order",
        "400 ValidationException: (Transaction request cannot include multiple operations on one "
        "item|ExpressionAttribute(Names|Values) can only be specified when using expressions.*"
        "|Invalid .*|Supplied AttributeValue .*|The parameter cannot be converted .*|Number .*)",
        "400 (ValidationException|TransactionCanceledException): .*",
        "Parley",
        "All of a transaction's items are checked, in order, before any is looked up; DynamoDB "
        "Local goes through its checks item by item.",
        ("TransactWriteItems", "TransactGetItems"),
    ),
    Difference(
        "transaction-faults",
        r"400 TransactionCanceledException: .*ValidationError.*",
        r"400 TransactionCanceledException: .*",
        "Parley",
        "What is wrong with an action whatever the item holds is found before any condition is "
        "evaluated, and the first such action alone has a reason; DynamoDB Local evaluates "
        "conditions too, and leaves out the items before the one that is wrong.",
        ("TransactWriteItems",),
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
        "unprojected-filter",
        "200",
        "200",
        "Parley",
        "A filter on a global index sees what the index projects; DynamoDB Local looks into the "
        "table's item.",
        ("Query", "Scan"),
        r'(?s)(?=.*"IndexName": "global_(?:include|keys)")(?=.*"(?:FilterExpression|ScanFilter|'
        r'QueryFilter)")',
    ),
    Difference(
        "equal-index-keys",
        "200",
        "200",
        "both",
        "Index entries of equal keys come in no promised order, so a page that starts between "
        "them holds others.",
        ("Query", "Scan"),
        r'(?s)(?=.*"IndexName": "global_)(?=.*"ExclusiveStartKey")',
    ),
    Difference(
        "overlap-paths",
        r"400 ValidationException: Invalid \w+: Two document paths (overlap|conflict) .*",
        r"400 ValidationException: Invalid \w+: Two document paths (overlap|conflict) .*",
        "Parley",
        "The message names the two paths that overlap; DynamoDB Local names a wrong second one.",
    ),
    Difference(
        "update-faults",
        f"400 ValidationException: ({UPDATE_FAULTS})",
        f"400 ValidationException: ({UPDATE_FAULTS})",
        "both",
        "An update with several faults: DynamoDB promises no order in which they are found.",
        ("UpdateItem",),
    ),
    Difference(
        "significant-digits",
        "400 ValidationException: Attempting to store more than 38 significant digits in a Number",
        "400 ValidationException: DynamoDB only supports precision up to 38 digits",
        "Parley",
        "DynamoDB's own message for a sum that needs more than 38 digits.",
        ("UpdateItem",),
    ),
    Difference(
        "no-such-table",
        "400 ResourceNotFoundException: Requested resource not found.*",
        "400 ResourceNotFoundException: Cannot do operations on a non-existent table",
        "Parley",
        "DynamoDB's own message.",
    ),
    Difference(
        "nothing-to-update",
        "400 ValidationException: At least one of ProvisionedThroughput, BillingMode, .*",
        "400 ValidationException: Nothing to update",
        "Parley",
        "DynamoDB's own message.",
        ("UpdateTable",),
    ),
    Difference(
        "null-attribute-value",
        "400 ValidationException: Supplied AttributeValue is empty, must contain exactly one of "
        "the supported datatypes",
        "400 ValidationException: The supplied Item contains a null AttributeValue.*",
        "Parley",
        "A null in the place of a value is an empty value.",
    ),
    Difference(
        "return-values",
        "400 ValidationException: ReturnValues can only be ALL_OLD or NONE",
        "400 ValidationException: Return values set to invalid value",
        "Parley",
        "DynamoDB's own message.",
        ("PutItem", "DeleteItem"),
    ),
    Difference(
        "consistent-index-read",
        "400 ValidationException: Consistent reads are not supported on global secondary indexes",
        "400 ValidationException: Consistent read cannot be true when (querying|scanning) a GSI",
        "Parley",
        "DynamoDB's own message.",
        ("Query", "Scan"),
    ),
    Difference(
        "key-size",
        "400 ValidationException: One or more parameter values were invalid: Size of (hash|range)"
        "key has exceeded the maximum size limit of.*|400 ValidationException: One or more parameter "
        "values were invalid: Aggregated size of all range keys has exceeded the size limit .*",
        "400 ValidationException: (One or more parameter values were invalid: Size limit exceeded"
        "|Hash primary key values must be under .*)",
        "Parley",
        "DynamoDB's own message.",
    ),
    Difference(
        "select-and-projection",
        "400 ValidationException: (Cannot specify the (ProjectionExpression|AttributesToGet) when "
        "choosing to get .*|Must specify the AttributesToGet or ProjectionExpression .*"
        "|ALL_PROJECTED_ATTRIBUTES can be used only when Scanning .*)",
        "400 ValidationException: .*",
        "both",
        "What is wrong with Select is found before the table is looked up, and the message names "
        "the operation.",
        ("Query", "Scan"),
    ),
    Difference(
        "binary-bounds",
        "400 ValidationException: Invalid .*BETWEEN operator requires upper bound.*",
        "400 ValidationException: Invalid .*BETWEEN operator requires upper bound.*HeapByteBuffer.*",
        "Parley",
        "The message shows binary values in base64; DynamoDB Local shows a Java object.",
    ),
    Difference(
        "key-condition-order",
        "400 ValidationException: (Invalid operator used in KeyConditionExpression: .*"
        "|KeyConditionExpressions cannot contain .*|Invalid condition in KeyConditionExpression.*"
        "|Invalid KeyConditionExpression: .*)",
        "400 ValidationException: (Value provided in ExpressionAttribute(Names|Values) unused .*"
        "|Invalid (Filter|Projection)Expression: .*)",
        "DynamoDB Local",
        "A key condition that is no key condition is found after the other expressions have been "
        "checked; Parley says so first. The request is refused either way.",
        ("Query",),
    ),
    Difference(
        "expressions-before-keys",
        r"400 ValidationException: Invalid \w+Expression: .*",
        "400 ValidationException: (The number of conditions on the keys is invalid"
        "|Invalid attribute value type|One or more parameter values were invalid: .*)",
        "Parley",
        "What is wrong with an expression is found before the key is held against the table.",
    ),
    Difference(
        "legacy-contains",
        "400 ValidationException: One or more parameter values were invalid: ComparisonOperator "
        "(NOT_)?CONTAINS is not valid for (BOOL|NULL) AttributeValue type",
        "200|400 ConditionalCheckFailedException: .*",
        "Parley",
        "The API reference allows (NOT_)CONTAINS a string, number or binary; DynamoDB Local takes "
        "booleans and null too.",
    ),
    Difference(
        "conditional-operator-order",
        "400 ValidationException: ConditionalOperator can only be used when Filter or Expected has "
        "two or more elements",
        "400 ValidationException: One or more parameter values were invalid: .*",
        "DynamoDB Local",
        "A lone ConditionalOperator is found after what is wrong with the condition it stands "
        "beside; Parley says so first. The request is refused either way.",
    ),
    Difference(
        "remove-below-missing-item",
        "200",
        "400 ValidationException: The document path provided in the update expression is invalid "
        "for update",
        "Parley",
        "REMOVE of a nested path is silent where the whole item is missing, as on AWS; DynamoDB "
        "Local looks for the path in an item of the key alone.",
        ("UpdateItem", "TransactWriteItems"),
        r"(?i)\bREMOVE\b",
    ),
    Difference(
        "index-key-type",
        "400 ValidationException: One or more parameter values were invalid: Type mismatch for "
        "Index Key .*",
        "200",
        "Parley",
        "A value of the wrong type for an index key refuses the write; DynamoDB Local lets ADD "
        "make one where the attribute was missing.",
        ("UpdateItem",),
    ),
    Difference(
        "table-exists",
        "400 ResourceInUseException: Table already exists: .*",
        "400 ResourceInUseException: Cannot create preexisting table",
        "Parley",
        "DynamoDB's own message.",
        ("CreateTable",),
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
    Difference(
        "lazy-projection",
        "400 ValidationException: Invalid ProjectionExpression: .*",
        "200",
        "Parley",
        "Expressions are checked whether or not the item exists; DynamoDB Local looks at those "
        "of a transactional read only once it has an item.",
        ("TransactGetItems",),
    ),
)


def render(answer):
    """One line for an answer: `200`, or `400 Type: message`."""
    if answer["status"] == 200:
        return "200"
    return f"{answer['status']} {answer['type']}: {answer['message']}"


def explanation(operation, request_text, parley, reference, witness):
    """The entry that covers this pair of answers, or None."""
    left, right = render(parley), render(reference)
    if parley["status"] != 200 and witness and render(witness) == left:
        return WORDING
    for entry in DIFFERENCES:
        if entry.operations and operation not in entry.operations:
            continue
        if (
            re.fullmatch(entry.parley, left, re.DOTALL)
            and re.fullmatch(entry.reference, right, re.DOTALL)
            and re.search(entry.request, request_text, re.DOTALL)
        ):
            return entry
    return None


def table():
    """The entries as the rows of a Markdown table."""
    lines = ["| difference | right | why |", "|---|---|---|"]
    for repair in REPAIRS:
        lines.append(f"| `{repair.name}` | Parley | {repair.reason} |")
    for entry in (WORDING, *DIFFERENCES):
        where = f" ({', '.join(entry.operations)})" if entry.operations else ""
        lines.append(f"| `{entry.name}`{where} | {entry.right} | {entry.reason} |")
    return "\n".join(lines)
