"""Known weaknesses of DynamoDB Local that its answers can be cured of before they are compared.

A repair changes the reference's answer, never Parley's, and only in the one respect it names; what
is left must be equal. Each is a row of docs/compatibility.md, like the entries of differences.py.
"""

import copy
import dataclasses
import decimal
import re
from typing import Callable


@dataclasses.dataclass(frozen=True)
class Repair:
    name: str
    reason: str
    apply: Callable  # (operation, request body, Parley's answer, the reference's answer) -> None


def _each_dict(value):
    if isinstance(value, dict):
        yield value
        for inner in list(value.values()):
            yield from _each_dict(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _each_dict(inner)


def _plain(text):
    """A number as DynamoDB writes it: plain digits, no sign of zero, nothing to trim."""
    try:
        number = decimal.Decimal(text)
    except decimal.InvalidOperation:
        return text
    plain = format(number, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in ("-0", "") else plain


def _numbers(_operation, _request, _parley, reference):
    for value in _each_dict(reference):
        if isinstance(value.get("N"), str):
            value["N"] = _plain(value["N"])
        if isinstance(value.get("NS"), list) and all(isinstance(n, str) for n in value["NS"]):
            value["NS"] = sorted(map(_plain, value["NS"]))


def _body(answer):
    body = answer.get("body")
    return body if isinstance(body, dict) else {}


def _capacity_unasked(_operation, request, _parley, reference):
    if request.get("ReturnConsumedCapacity") not in ("TOTAL", "INDEXES"):
        _body(reference).pop("ConsumedCapacity", None)


def _item_collection_metrics(_operation, _request, parley, reference):
    if "ItemCollectionMetrics" in _body(parley):
        _body(reference)["ItemCollectionMetrics"] = _body(parley)["ItemCollectionMetrics"]


def _creating(operation, _request, _parley, reference):
    if operation in ("CreateTable", "DeleteTable"):
        wanted = "CREATING" if operation == "CreateTable" else "DELETING"
        table = _body(reference).get("TableDescription", {})
        if "TableStatus" in table:
            table["TableStatus"] = wanted
        for index in table.get("GlobalSecondaryIndexes", []):
            index["IndexStatus"] = wanted


def only_removes(request):
    """Whether an UpdateItem has actions, and all of them remove."""
    expression = request.get("UpdateExpression")
    if expression:
        return not re.search(r"\b(SET|ADD)\b", expression, re.IGNORECASE)
    updates = request.get("AttributeUpdates") or {}
    return bool(updates) and all(u.get("Action") == "DELETE" for u in updates.values())


def _only_removed(operation, request, parley, reference):
    if operation == "UpdateItem" and "Attributes" not in _body(parley):
        _body(reference).pop("Attributes", None)
        if "ConsumedCapacity" in _body(parley) and only_removes(request):
            _body(reference)["ConsumedCapacity"] = _body(parley)["ConsumedCapacity"]


def _transact_get_units(operation, _request, _parley, reference):
    if operation == "TransactGetItems":
        for capacity in _body(reference).get("ConsumedCapacity", []):
            if "Table" in capacity:
                capacity["Table"]["ReadCapacityUnits"] = capacity["Table"]["CapacityUnits"]


def _empty_index_page(operation, _request, parley, reference):
    if operation in ("Query", "Scan") and _body(parley).get("ScannedCount") == 0:
        if "ConsumedCapacity" in _body(parley):
            _body(reference)["ConsumedCapacity"] = _body(parley)["ConsumedCapacity"]


def _unprojected_fetch(operation, request, parley, reference):
    wants = "ProjectionExpression" in request or "AttributesToGet" in request
    if operation in ("Query", "Scan") and str(request.get("IndexName")).startswith("local"):
        if wants and "ConsumedCapacity" in _body(parley):
            _body(reference)["ConsumedCapacity"] = _body(parley)["ConsumedCapacity"]


def _many_items(operation, _request, parley, reference):
    if operation in ("BatchGetItem", "BatchWriteItem", "TransactWriteItems"):
        if "ConsumedCapacity" in _body(parley) and "ConsumedCapacity" in _body(reference):
            _body(reference)["ConsumedCapacity"] = _body(parley)["ConsumedCapacity"]


def _reason_messages(_operation, _request, parley, reference):
    ours, theirs = parley.get("reasons") or [], reference.get("reasons") or []
    if [reason.get("Code") for reason in ours] != [reason.get("Code") for reason in theirs]:
        return
    for mine, their in zip(ours, theirs):
        if mine.get("Message") == "The conditional request failed":
            their["Message"] = their["Message"].removesuffix(".")
        elif mine.get("Code") == "ValidationError":
            their["Message"] = mine["Message"]


def _limit_reached(operation, request, parley, reference):
    ours, theirs = _body(parley), _body(reference)
    if operation not in ("Query", "Scan") or "Limit" not in request or "Pages" not in ours:
        return
    if ours["Pages"] == theirs.get("Pages", 1) + 1 and ours["Count"] == theirs.get("Count"):
        theirs.update(Pages=ours["Pages"], Keys=ours["Keys"])
        theirs.pop("ConsumedCapacity", None)


REPAIRS = (
    Repair(
        "number-format",
        "DynamoDB Local gives numbers inside documents and sets back as they were sent (`.5`, "
        "`1E+2`, `007`); DynamoDB writes every number as a plain decimal in one normal form.",
        _numbers,
    ),
    Repair(
        "capacity-unasked",
        "DynamoDB Local's DeleteItem reports consumed capacity although the request did not ask.",
        _capacity_unasked,
    ),
    Repair(
        "item-collection-metrics",
        "DynamoDB Local never returns ItemCollectionMetrics; AWS's reference says SIZE returns "
        "them for tables with a local index.",
        _item_collection_metrics,
    ),
    Repair(
        "table-status",
        "CreateTable and DeleteTable answer CREATING and DELETING as on AWS, though the table is "
        "ready or gone at once; DynamoDB Local answers ACTIVE.",
        _creating,
    ),
    Repair(
        "only-removes",
        "An update that only removes (REMOVE, DELETE) creates no item where there is none and "
        "returns no attributes; DynamoDB Local creates an item of the key alone.",
        _only_removed,
    ),
    Repair(
        "transact-get-units",
        "DynamoDB Local leaves ReadCapacityUnits out of a transactional read's table figures.",
        _transact_get_units,
    ),
    Repair(
        "limit-reached",
        "A page that ends by its Limit has a LastEvaluatedKey, also when nothing follows (as the "
        "documentation says and dynalite recorded); DynamoDB Local sometimes sees the end coming.",
        _limit_reached,
    ),
    Repair(
        "reason-messages",
        "Where both cancel a transaction for the same reasons, the words of a ValidationError are "
        "those of the single operation in DynamoDB, others in DynamoDB Local.",
        _reason_messages,
    ),
    Repair(
        "empty-page-units",
        "A query that finds nothing costs the minimum of half a read unit (one if consistent) on "
        "an index as on a table; DynamoDB Local charges nothing on an index.",
        _empty_index_page,
    ),
    Repair(
        "unprojected-fetch-units",
        "A read of a local index that wants attributes the index does not project reads the "
        "table's items too and is charged for them, as the developer guide says; DynamoDB Local "
        "charges nothing where the items have no such attribute.",
        _unprojected_fetch,
    ),
    Repair(
        "many-items-units",
        "Units of batches and transactions: DynamoDB rounds up item by item, charges for items "
        "that are missing and for whole items whatever the projection, and doubles only the "
        "table's units in a transaction; DynamoDB Local differs in each of these.",
        _many_items,
    ),
)


def repaired(operation, request, parley, reference):
    """(the reference's answer with all repairs, the names of those that changed it)"""
    reference = copy.deepcopy(reference)
    used = []
    for repair in REPAIRS:
        before = copy.deepcopy(reference)
        repair.apply(operation, request if isinstance(request, dict) else {}, parley, reference)
        if reference != before:
            used.append(repair.name)
    return reference, used
