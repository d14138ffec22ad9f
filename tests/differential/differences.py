"""Known differences between Parley and DynamoDB Local, each with the side that is right and why.

An entry is as narrow as it can be: the operations it may appear in and a pattern for each side's
answer. `docs/compatibility.md` lists the same entries (`tests/run.py differential --write-docs`
writes them), and the suite fails when the two do not agree, or when an answer differs and no entry
says why.
"""

import re

from differential import evidence, query_differences, repairs
from differential.case import render
from differential.difference import ANY, Difference
from differential.normalise import canonical

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
LEGACY_FAULT = (
    "One or more parameter values were invalid: (?:ComparisonOperator .*"
    "|AttributeValues inside AttributeValueList .*|Invalid number of argument.*"
    "|Value must be provided .*|Value cannot be used .*|Value or AttributeValueList .*)"
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
        r"500 InternalFailure: .*|400 ValidationException: Invalid \w+Expression: Internal server "
        "error",
        "Parley",
        "DynamoDB Local fails inside (500) on JSON of a wrong type or bad base64, where DynamoDB "
        "refuses the request, and on an update without actions that wants updated attributes, "
        "which DynamoDB makes.",
        evidence=evidence.makes_it_fail,
    ),
    Difference(
        "json-types",
        "400 SerializationException: .*",
        ANY,
        "Parley",
        "A member whose JSON type is not the API's is a SerializationException before anything "
        "else is looked at; DynamoDB Local turns numbers into strings, or finds another fault.",
        evidence=evidence.wrong_json_type,
    ),
    Difference(
        "constraints",
        r"400 ValidationException: \d+ validation errors? detected: .*",
        ANY,
        "Parley",
        "What the API model requires (members, lengths, ranges, enumerations) is checked before "
        "all else and reported together; DynamoDB Local checks little of it, and later.",
        evidence=evidence.model_says_so,
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
        r"400 TransactionCanceledException: .*ValidationError.*",
        "200|400 (?:ValidationException|TransactionCanceledException|InternalFailure): .*",
        "Parley",
        "What is wrong with one item of a transaction is a cancellation reason (ValidationError) "
        "at its place, alone if it is wrong whatever the item holds, before any condition "
        "then; DynamoDB Local fails the whole request, evaluates conditions first, "
        "or leaves out the items before the one that is wrong.",
        ("TransactWriteItems", "TransactGetItems"),
        evidence=evidence.reasons_hold,
    ),
    Difference(
        "transaction-twins",
        "400 ValidationException: Transaction request cannot include multiple operations on one "
        "item",
        "400 (ValidationException|TransactionCanceledException|ResourceNotFoundException): .*",
        "Parley",
        "Two members of a transaction on one item are found before any is looked up; DynamoDB "
        "Local goes through its checks item by item.",
        ("TransactWriteItems", "TransactGetItems"),
        evidence=evidence.has_twins,
    ),
    Difference(
        "empty-key-of-other-type",
        "400 ValidationException: One or more parameter values are not valid. The AttributeValue "
        "for a key attribute cannot contain an empty .*",
        "400 (?:TransactionCanceledException|ValidationException): .*",
        "both",
        "Of a key value that is empty and of the wrong type, one fault is named.",
        ("TransactWriteItems", "TransactGetItems"),
        evidence=evidence.has_empty_key_of_other_type,
    ),
    Difference(
        "order-of-parts",
        "400 (?!TransactionCanceled).*",
        "400 .*",
        "Parley",
        "All parts of a transaction or batch are checked, in order, before any is looked up; "
        "DynamoDB Local goes through its checks item by item, or in another order. What Parley "
        "says of the whole, both say of a part.",
        ("TransactWriteItems", "TransactGetItems", "BatchGetItem"),
        evidence=evidence.part_explains(lambda part: judge(part, parts=False) is not None),
    ),
    Difference(
        "overlap-paths",
        r"400 ValidationException: Invalid \w+: Two document paths (overlap|conflict) .*",
        r"400 ValidationException: Invalid \w+: Two document paths (overlap|conflict) .*",
        "Parley",
        "The message names the two paths that overlap; DynamoDB Local names a wrong second one.",
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
        "update-faults",
        f"400 ValidationException: ({UPDATE_FAULTS})",
        f"400 ValidationException: ({UPDATE_FAULTS})",
        "both",
        "An update with several faults: DynamoDB promises no order in which they are found.",
        ("UpdateItem",),
        evidence=evidence.has_several_operands,
    ),
    Difference(
        "no-such-table",
        "400 ResourceNotFoundException: Requested resource not found.*",
        "400 ResourceNotFoundException: Cannot do operations on a non-existent table",
        "Parley",
        "DynamoDB's own message.",
        evidence=evidence.some_table_is_missing,
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
        "400 ValidationException: (?:ExpressionAttributeValues contains invalid value: )?"
        "(?:Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
        "|One or more parameter values were invalid: .* null .*)(?: for key .*)?",
        "400 ValidationException: (?:(?:ExpressionAttributeValues contains invalid value: )?"
        "The supplied Item contains a null AttributeValue.*|Return values set to invalid value)",
        "Parley",
        "A null in the place of a value is an empty value, found before ReturnValues is looked at.",
        evidence=evidence.has_null_value,
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
        "return-values-before-table",
        "400 ValidationException: ReturnValues can only be ALL_OLD or NONE",
        "400 ResourceNotFoundException: Cannot do operations on a non-existent table",
        "Parley",
        "A ReturnValues that the operation does not have is found before the table is looked up, "
        "as dynalite's authors recorded for PutItem; dynalite does not look at DeleteItem's.",
        ("DeleteItem",),
        evidence=evidence.table_is_missing,
    ),
    Difference(
        "key-size",
        "400 ValidationException: One or more parameter values were invalid: Size of (hash|range)"
        "key has exceeded the maximum size limit of.*|400 ValidationException: One or more "
        "parameter values were invalid: Aggregated size of all range keys has exceeded the "
        "size limit .*",
        "400 ValidationException: (One or more parameter values were invalid: Size limit exceeded"
        "|Hash primary key values must be under .*)",
        "Parley",
        "DynamoDB's own message.",
    ),
    Difference(
        "binary-bounds",
        "400 ValidationException: Invalid .*BETWEEN operator requires upper bound.*",
        "400 ValidationException: Invalid .*BETWEEN operator requires upper bound.*HeapByteBuffer"
        ".*",
        "Parley",
        "The message shows binary values in base64; DynamoDB Local shows a Java object.",
    ),
    Difference(
        "expressions-before-keys",
        r"400 ValidationException: (?:Invalid \w+Expression: .*"
        "|ExpressionAttribute(?:Names|Values) contains invalid .*)",
        "400 ValidationException: (The number of conditions on the keys is invalid"
        "|Hash primary key values must be under .*|One of the required keys was not given a value"
        "|Invalid attribute value type|One or more parameter values were invalid: .*)",
        "Parley",
        "What is wrong with an expression is found before the key is held against the table.",
    ),
    Difference(
        "expressions-before-table",
        r"400 ValidationException: (?:Invalid \w+Expression: .*"
        "|ExpressionAttribute(?:Names|Values) contains invalid .*)",
        "400 (?:ResourceNotFoundException: Cannot do operations on a non-existent table"
        "|ValidationException: The table does not have the specified index: .*"
        "|ValidationException: Consistent read cannot be true when (?:querying|scanning) a GSI)",
        "Parley",
        "What is wrong with an expression is found before the table or index is looked up.",
        evidence=evidence.table_or_index_is_unfit,
    ),
    Difference(
        "duplicate-attribute-name",
        "400 ValidationException: One or more parameter values were invalid: Duplicate value in "
        "attribute name: .*",
        "400 ValidationException: Cannot have two attributes with the same name",
        "Parley",
        "DynamoDB's own message.",
        ("Query", "Scan", "GetItem", "BatchGetItem"),
    ),
    Difference(
        "nesting-first",
        "400 ValidationException: .*Nesting Levels have exceeded supported limits.*",
        r"400 ValidationException: (?:Invalid \w+Expression: .*"
        "|The number of conditions on the keys is invalid|Invalid attribute value type)",
        "both",
        "A value that is nested too deep is found while values are read, before expressions are.",
        evidence=evidence.nests_too_deep,
    ),
    Difference(
        "nesting-of-parameters",
        "400 ValidationException: (?:ExpressionAttributeValues contains invalid value: )?Nesting "
        "Levels have exceeded supported limits.*",
        "200|400 ConditionalCheckFailedException: .*|400 ValidationException: Nesting Levels have "
        "exceeded supported limits",
        "Parley",
        "32 levels count the value itself, in an expression's values as in an item (so recorded on "
        "AWS); DynamoDB Local takes one level more in a value, until it would be stored.",
        evidence=evidence.nests_one_too_deep,
    ),
    Difference(
        "index-key-words",
        "400 ValidationException: One or more parameter values were invalid: Type mismatch for "
        "Index Key .* Expected: .* Actual: .* IndexName: .*",
        "400 ValidationException: (?:Invalid attribute value type|One or more parameter values "
        "were invalid: Type mismatch for Index Key)",
        "Parley",
        "DynamoDB's own message, which names the attribute, the types and the index.",
        evidence=evidence.breaks_index_key_type,
    ),
    Difference(
        "legacy-condition-order",
        f"400 ValidationException: {LEGACY_FAULT}",
        f"400 ValidationException: {LEGACY_FAULT}",
        "both",
        "Of several faulty conditions of DynamoDB's first API one is named; which, is nowhere "
        "promised, for they are a map.",
        evidence=evidence.has_several_conditions,
    ),
    Difference(
        "duplicates-shown",
        r"400 ValidationException: .*Input collection \[.*\]of type BS contains duplicates\..*",
        "400 ValidationException: .*Input collection of type BS contains duplicates\..*",
        "Parley",
        "The message shows the members of a set of binaries, as that of other sets does.",
    ),
    Difference(
        "legacy-contains",
        "400 ValidationException: One or more parameter values were invalid: ComparisonOperator "
        "(NOT_)?CONTAINS is not valid for (BOOL|NULL) AttributeValue type",
        "200|400 ConditionalCheckFailedException: .*|400 ValidationException: ConditionalOperator "
        "can only be used when Filter or Expected has two or more elements",
        "Parley",
        "The API reference allows (NOT_)CONTAINS a string, number or binary; DynamoDB Local takes "
        "booleans and null too.",
    ),
    Difference(
        "conditional-operator-alone",
        "400 ValidationException: ConditionalOperator (?:cannot be used without Filter or Expected"
        "|can only be used when Filter or Expected has two or more elements)",
        "400 (?:ValidationException|ResourceNotFoundException): .*",
        "both",
        "A ConditionalOperator that combines nothing is found before the table is looked up, but "
        "after what is wrong with a condition beside it.",
        evidence=evidence.operator_stands_alone,
    ),
    Difference(
        "remove-below-missing-item",
        "200|400 TransactionCanceledException: .*",
        "400 ValidationException: The document path provided in the update expression is invalid "
        "for update",
        "Parley",
        "REMOVE of a nested path is silent where the whole item is missing, as on AWS; DynamoDB "
        "Local looks for the path in an item of the key alone.",
        ("UpdateItem", "TransactWriteItems"),
        r"(?i)\bREMOVE\b",
        evidence.removes_below_nothing,
    ),
    Difference(
        "operand-not-read",
        "200",
        "400 ValidationException: The provided expression refers to an attribute that does not "
        "exist in the item",
        "Parley",
        "if_not_exists reads its second operand only where the first is missing, and an update of "
        "a missing item sees its key attributes (dynalite agrees); DynamoDB Local reads both, and "
        "sees nothing.",
        ("UpdateItem",),
        evidence=evidence.reads_no_missing_attribute,
    ),
    Difference(
        "index-key-update-words",
        "400 ValidationException: The update expression attempted to update the secondary index "
        "key to unsupported type",
        "400 ValidationException: Invalid attribute value type",
        "Parley",
        "DynamoDB's own message for a value in an index's key that can be no key, a set or a "
        "document.",
        ("UpdateItem",),
        evidence=evidence.updates_index_key,
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
        "lazy-projection",
        "400 ValidationException: Invalid ProjectionExpression: .*",
        "200",
        "Parley",
        "Expressions are checked whether or not the item exists; DynamoDB Local looks at those "
        "of a transactional read only once it has an item.",
        ("TransactGetItems",),
    ),
    *query_differences.ROWS,
)


def _holds(entry, case):
    if entry.operations and case.operation not in entry.operations:
        return False
    return bool(
        re.fullmatch(entry.parley, render(case.parley), re.DOTALL)
        and re.fullmatch(entry.reference, render(case.reference), re.DOTALL)
        and re.search(entry.request, case.text, re.DOTALL)
        and (entry.evidence is None or entry.evidence(case))
    )


def explanation(case, parts=True):
    """The entry that covers the two answers of `case`, or None. Without `parts` no row that looks
    at the parts of a request counts."""
    ours = render(case.parley)
    if ours == render(case.reference):
        return None  # what differs is not in these words
    if case.parley["status"] != 200 and case.witness and render(case.witness) == ours:
        return WORDING
    whole = (e for e in DIFFERENCES if parts or e.name not in ROWS_OF_PARTS)
    return next((entry for entry in whole if _holds(entry, case)), None)


ROWS_OF_PARTS = ("order-of-parts", "transaction-reasons")


def judge(case, parts=True):
    """The names of the rows that make the two answers of `case` one, none where they are one
    already; None for a difference that no row covers. Repairs `case.reference`."""
    if canonical(case.parley) == canonical(case.reference):
        return []
    case.reference, used = repairs.repaired(case)
    if canonical(case.parley) == canonical(case.reference):
        return used
    entry = explanation(case, parts)
    return None if entry is None else [*used, entry.name]


def table():
    """The entries as the rows of a Markdown table."""
    lines = ["| difference | right | why |", "|---|---|---|"]
    for repair in repairs.REPAIRS:
        lines.append(f"| `{repair.name}` | {repair.right} | {repair.reason} |")
    for entry in (WORDING, *DIFFERENCES):
        where = f" ({', '.join(entry.operations)})" if entry.operations else ""
        lines.append(f"| `{entry.name}`{where} | {entry.right} | {entry.reason} |")
    return "\n".join(lines)
