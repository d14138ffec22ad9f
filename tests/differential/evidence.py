"""What a row of the known differences says about a request, found out from the request itself.

A function takes a Case and tells whether the row's explanation holds for it. Where a request has
several parts (a transaction, a batch), each part is put to both servers alone, so that whatever
one of them says of the whole is found again in a part.
"""

import base64
import dataclasses
import itertools
import re

from differential import api_model, updated_parts
from differential.case import Case, without
from differential.normalise import canonical, plain_number
from differential.repairs import members



NESTING_MAX = 32
HASH_KEY_BYTES_MAX = 2048
WRONG = ("ValidationException", "ValidationError", "TransactionCanceledException")
RETURNS = ("ReturnValues", "ReturnValuesOnConditionCheckFailure")


def wrong_json_type(case):
    if isinstance(case.body, bytes):
        return True
    return api_model.has_type_fault(case.operation, case.body)


def makes_it_fail(case):
    """Whether the request is of those that DynamoDB Local fails on."""
    if case.parley["status"] == 200:
        actions = ("UpdateExpression", "AttributeUpdates")
        return case.operation == "UpdateItem" and not any(map(case.request.get, actions))
    if case.parley["type"] == "UnknownOperationException":
        return api_model.input_shape(case.operation) is None
    if case.parley["message"] == "Attempted conditional constraint is not an indexable operation":
        return "KeyConditions" in case.request
    if case.parley["message"] and "Expression: " in case.parley["message"]:
        return case.reference["status"] == 400  # it fails on the expression, in its own words
    return case.parley["type"] == "SerializationException" and wrong_json_type(case)


def has_several_operands(case):
    """Whether an update has more than one action, or one that reads more than one thing."""
    updates = case.request.get("AttributeUpdates")
    if updates:
        return len(updates) > 1
    return bool(re.search(r",|[+-]|\b(?:SET|ADD|REMOVE|DELETE)\b.*\b(?:SET|ADD|REMOVE|DELETE)\b",
                          case.request.get("UpdateExpression", ""), re.IGNORECASE | re.DOTALL))


def reads_no_missing_attribute(case):
    """Whether an update that the witness takes too has an operand it need not read (the second of
    if_not_exists), or is about an item the reference has not."""
    if not case.witness or case.witness["status"] != 200:
        return False
    if "if_not_exists" in case.request.get("UpdateExpression", ""):
        return True
    read = {name: case.request[name] for name in ("TableName", "Key")}
    found = case.ask("reference", "GetItem", read)
    return found["status"] == 200 and "Item" not in found["body"]


def removes_below_nothing(case):
    """Whether an update with REMOVE is about an item that was not there (nor is, where the
    reference refused the update)."""
    for kind, member in members(case.operation, case.request):
        if kind == "Update" and "REMOVE" in member.get("UpdateExpression", "").upper():
            read = {name: member[name] for name in ("TableName", "Key")} | {"ConsistentRead": True}
            found = case.ask("reference", "GetItem", read)
            if found["status"] == 200 and "Item" not in found["body"]:
                return True
    return False


def model_says_so(case):
    return api_model.violations_hold(case.operation, case.body, case.parley["message"])


def table_is_missing(case):
    return case.request.get("TableName") not in case.tables


def some_table_is_missing(case):
    """Whether any table the request names is none of the episode's."""
    request = case.request
    named = {request.get("TableName")} if "TableName" in request else set()
    named |= set(request.get("RequestItems") or {})
    named |= {
        member.get("TableName")
        for entry in request.get("TransactItems") or []
        for member in entry.values()
    }
    return any(name not in case.tables for name in named)


def index_is_missing(case):
    return not table_is_missing(case) and "IndexName" in case.request and case.index() is None


def updates_index_key(case):
    """Whether an update expression writes an attribute that is a key of an index."""
    schema = case.tables.get(case.request.get("TableName"))
    keys = {name for index in schema.indexes for name, _ in index.key} if schema else set()
    return any(path[0] in keys for path in updated_parts.paths(case.request))


def has_null_value(case):
    """Whether the request has null in the place of an attribute value."""

    def has_null(value, inside):
        if value is None:
            return inside
        if isinstance(value, dict):
            return any(
                has_null(inner, inside or name in ("Item", "Key", "ExpressionAttributeValues"))
                for name, inner in value.items()
            )
        return isinstance(value, list) and any(has_null(inner, inside) for inner in value)

    return has_null(case.request, False)


def select_is_wrong(case):
    """Whether Select does not go with the rest of a query or scan."""
    projected = "ProjectionExpression" in case.request or "AttributesToGet" in case.request
    select = case.request.get("Select")
    if select == "SPECIFIC_ATTRIBUTES":
        return not projected
    if select == "ALL_PROJECTED_ATTRIBUTES" and "IndexName" not in case.request:
        return True
    return select is not None and projected


def operator_stands_alone(case):
    """Whether a ConditionalOperator has no two conditions to combine."""
    conditions = ("Expected", "QueryFilter", "ScanFilter")
    return "ConditionalOperator" in case.request and not any(
        len(case.request.get(member) or ()) > 1 for member in conditions
    )


def key_condition_is_wrong(case):
    """Whether the reference refuses the query's key condition when it stands alone."""
    alone = without(case.request, "FilterExpression", "ProjectionExpression")
    return "KeyCondition" in (case.ask("reference", "Query", alone).get("message") or "")


def table_or_index_is_unfit(case):
    """Whether there is no such table or index, or a consistent read of a global index."""
    index = case.index()
    inconsistent = index is not None and not index.local and case.request.get("ConsistentRead")
    return table_is_missing(case) or index_is_missing(case) or bool(inconsistent)


def _depth(value):
    if isinstance(value, dict):
        own = int(any(kind in value for kind in ("L", "M")))
        return own + max(map(_depth, value.values()), default=0)
    return max(map(_depth, value), default=0) if isinstance(value, list) else 0


def nests_too_deep(case):
    """Whether some value of the request has too many levels of lists and maps (its own is one)."""
    return _depth(case.request) >= NESTING_MAX


def nests_one_too_deep(case):
    """Whether an expression's values have one level too many, and none more."""
    return _depth(case.request.get("ExpressionAttributeValues") or {}) == NESTING_MAX


def asks_for_overlong_hash_key(case):
    """Whether a query's hash key is longer than any item's."""
    schema, index = case.tables.get(case.request.get("TableName")), case.index()
    if schema is None:
        return False
    name = (index or schema).key[0][0]
    conditions = case.request.get("KeyConditions") or {}
    values = list((conditions.get(name) or {}).get("AttributeValueList") or [])
    written = case.request.get("KeyConditionExpression") or ""
    for placeholder, value in (case.request.get("ExpressionAttributeValues") or {}).items():
        if re.search(rf"(?<!\w)=\s*{re.escape(placeholder)}(?!\w)", written):
            values.append(value)
    return any(_key_bytes(value) > HASH_KEY_BYTES_MAX for value in values)


def _key_bytes(value):
    if "B" in value:
        return len(base64.b64decode(value["B"]))
    return len(value.get("S", "").encode())


def has_one_key_condition(case):
    """Whether a query has a condition on its hash key alone."""
    if "KeyConditions" in case.request:
        return len(case.request["KeyConditions"]) == 1
    return not re.search(r"\bAND\b", case.request.get("KeyConditionExpression", ""), re.IGNORECASE)


def breaks_index_key_type(case):
    """Whether a written item has an index's key attribute in another type."""
    for _, body in members(case.operation, case.request):
        schema, item = case.tables.get(body.get("TableName")), body.get("Item") or {}
        for name, kind in schema.key_types().items() if schema else ():
            if name in item and kind not in item[name]:
                return True
    return False


def has_several_conditions(case):
    """Whether the request has two legacy conditions or more."""
    members_of = ("Expected", "QueryFilter", "ScanFilter", "KeyConditions")
    return sum(len(case.request.get(member) or ()) for member in members_of) > 1


def filters_a_range(case):
    filters = {**(case.request.get("QueryFilter") or {}), **(case.request.get("ScanFilter") or {})}
    return any(condition.get("ComparisonOperator") == "BETWEEN" for condition in filters.values())


# --- transactions ------------------------------------------------------------------------------


def key_of(schema, member):
    """The key attributes of a write or read, numbers in one form; None where it has none."""
    source = member.get("Key") or member.get("Item")
    if schema is None or not isinstance(source, dict):
        return None
    return canonical([_plain(source.get(name)) for name, _ in schema.key])


def _plain(value):
    if isinstance(value, dict) and isinstance(value.get("N"), str):
        return {"N": plain_number(value["N"])}
    return value


def has_empty_key_of_other_type(case):
    """Whether a member of a transaction has a key value that is empty, and not of its type."""
    for entry in case.request.get("TransactItems") or []:
        member = next(iter(entry.values()))
        schema = case.tables.get(member.get("TableName"))
        source = member.get("Key") or member.get("Item") or {}
        for name, kind in schema.key if schema else ():
            value = source.get(name) or {}
            if kind not in value and "" in value.values():
                return True
    return False


def has_twins(case):
    """Whether two members of a transaction are about one item."""
    keys = [
        (member.get("TableName"), key_of(case.tables.get(member.get("TableName")), member))
        for entry in case.request.get("TransactItems") or []
        for member in entry.values()
    ]
    keys = [pair for pair in keys if pair[1] is not None]
    return len(set(keys)) < len(keys)


def _part(case, entry):
    """A member of a transaction alone; a write beside a condition that fails, so that nothing is
    ever written."""
    if case.operation == "TransactGetItems":
        return {"TransactItems": [entry]}
    table, schema = next(iter(case.tables.items()))
    absent = {"S": {"S": "probe"}, "N": {"N": "987654321"}, "B": {"B": "cHJvYmU="}}
    check = {
        "TableName": table,
        "Key": {name: absent[kind] for name, kind in schema.key},
        "ConditionExpression": "attribute_exists(probe)",
    }
    return {"TransactItems": [entry, {"ConditionCheck": check}]}


def parts(case):
    """A Case for each member of a transaction, or each key of a batch get, alone."""
    if case.operation == "BatchGetItem":
        bodies = [
            {"RequestItems": {name: {**inner, "Keys": [key]}}}
            for name, inner in case.request["RequestItems"].items()
            for key in inner["Keys"]
        ]
    else:
        bodies = [_part(case, entry) for entry in case.request["TransactItems"]]
    return [
        Case(
            case.operation,
            body,
            case.ask("parley", case.operation, body),
            case.ask("reference", case.operation, body),
            None,
            case.ask,
            case.tables,
        )
        for body in bodies
    ]


def _single(case, entry):
    """The transaction with one of its members alone."""
    return dataclasses.replace(case, body={"TransactItems": [entry]})


def _verdict(answer):
    """What a server makes of a member alone: the code of its reason, or of its error."""
    if answer["status"] == 200:
        return "None"
    reasons = answer.get("reasons")
    return reasons[0]["Code"] if reasons else answer["type"]


def reasons_hold(case):
    """Whether each reason is what the reference says of that member alone. Where one member is
    wrong whatever its item holds, it alone has a reason."""
    codes = [reason["Code"] for reason in case.parley.get("reasons") or []]
    entries = case.request.get("TransactItems") or []
    if len(codes) != len(entries) or "ValidationError" not in codes:
        return False
    alone = sorted(codes)[:-1] == ["None"] * (len(codes) - 1)
    for entry, reason, part in zip(entries, case.parley["reasons"], parts(case)):
        code = reason["Code"]
        if code == "ValidationError":
            holds = _is_wrong(case, entry, part) or _witness_says_so(
                case, entry, ("ValidationException", reason.get("Message"))
            )
        else:
            holds = (alone and code == "None") or _verdict(part.reference) == code
            holds = holds or (code == "None" and removes_below_nothing(_single(case, entry)))
        if not holds:
            return False
    return True


def _is_wrong(case, entry, part):
    """Whether the reference finds a member wrong: as it is, or its action without the condition
    (which it evaluates first), or its condition (which it need not evaluate to the end)."""
    if _verdict(part.reference) in (*WRONG, "InternalFailure"):
        return True
    kind, member = next(iter(entry.items()))
    if "ConditionExpression" not in member:
        return False
    if kind != "ConditionCheck":
        bare = {kind: without(member, "ConditionExpression")}
        if _verdict(case.ask("reference", case.operation, _part(case, bare))) in WRONG:
            return True
    return _verdict(case.ask("reference", "Scan", _as_filter(member))) in WRONG


def _condition_is_refused_so(case, entry, message):
    """Whether the reference refuses the condition of a member in these words, as a filter (in a
    transaction it looks at no more of a condition than it must)."""
    member = next(iter(entry.values()))
    if "ConditionExpression" not in member:
        return False
    said = case.ask("reference", "Scan", _as_filter(member)).get("message") or ""
    return said.replace("FilterExpression", "ConditionExpression") == message


def _as_filter(member):
    scan = without(member, "UpdateExpression", "Key", "Item", *RETURNS)
    scan["FilterExpression"] = scan.pop("ConditionExpression")
    return scan


SINGLE = {"Put": "PutItem", "Update": "UpdateItem", "Get": "GetItem"}


def _witness_says_so(case, entry, wanted):
    """Whether the witness, which knows no transactions, says the same of the member alone."""
    kind, member = next(iter(entry.items()))
    said = case.ask("witness", SINGLE.get(kind, "DeleteItem"), member)
    return (said.get("type"), said.get("message")) == wanted


def part_explains(explained):
    """Evidence that Parley's answer to the whole is its answer to a part, where the reference's
    answer to that part is the same or differs by a row (`explained`, a Case -> bool)."""

    def holds(case):
        wanted = (case.parley["type"], case.parley["message"])
        entries = case.request.get("TransactItems") or itertools.repeat(None)
        for entry, part in zip(entries, parts(case)):
            if (part.parley.get("type"), part.parley.get("message")) != wanted:
                continue
            if explained(part) or (
                entry is not None
                and (
                    _condition_is_refused_so(case, entry, wanted[1])
                    or _witness_says_so(case, entry, wanted)
                )
            ):
                return True
        return False

    return holds
