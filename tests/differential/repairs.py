"""Known weaknesses of DynamoDB Local that its answers can be cured of before they are compared.

A repair changes the reference's answer, never Parley's, and only in the one respect it names; what
is left must be equal. Each is a row of docs/compatibility.md, like the entries of differences.py.
"""

import copy
import dataclasses
import re
from typing import Callable

from differential import normalise, oracles, updated_parts
from differential.normalise import plain_number


ENTRY_SIZE_MIN = 900  # of requests, in bytes of JSON: 100 more make a difference to no smaller one


@dataclasses.dataclass(frozen=True)
class Repair:
    name: str
    reason: str
    apply: Callable  # (Case, the reference's answer, which it changes) -> None
    right: str = "Parley"
    of_errors: bool = False  # whether it is about refusals too, not only where both succeed


def members(operation, body):
    """The single writes of a request: (operation without "Item", body with its TableName)."""
    if operation == "BatchWriteItem":
        for table, writes in body["RequestItems"].items():
            for write in writes:
                for kind, inner in write.items():
                    yield kind.removesuffix("Request"), {"TableName": table, **inner}
    elif operation == "TransactWriteItems":
        for member in body["TransactItems"]:
            yield from member.items()
    else:
        yield operation.removesuffix("Item"), body


def _each_dict(value):
    if isinstance(value, dict):
        yield value
        for inner in list(value.values()):
            yield from _each_dict(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _each_dict(inner)


def _numbers(_case, reference):
    if reference.get("message"):
        reference["message"] = re.sub(
            r"\{N:([^{}]*)\}",
            lambda shown: f"{{N:{plain_number(shown.group(1))}}}",
            reference["message"],
        )
    for value in _each_dict(reference):
        if isinstance(value.get("N"), str):
            value["N"] = plain_number(value["N"])
        if isinstance(value.get("NS"), list) and all(isinstance(n, str) for n in value["NS"]):
            value["NS"] = sorted(map(plain_number, value["NS"]))


def _body(answer):
    body = answer.get("body")
    return body if isinstance(body, dict) else {}


def _capacity_unasked(case, reference):
    if case.request.get("ReturnConsumedCapacity") not in ("TOTAL", "INDEXES"):
        _body(reference).pop("ConsumedCapacity", None)


def _collection_is_plausible(case, table, metrics):
    """Whether the metrics are those of a collection of `table` that `case` writes to, and small."""
    schema = case.tables.get(table)
    if schema is None or not any(index.local for index in schema.indexes):
        return False
    hash_name = schema.key[0][0]
    written = [
        normalise.canonical(
            _plain_key({hash_name: (body.get("Item") or body.get("Key"))[hash_name]})
        )
        for _, body in members(case.operation, case.request)
        if body["TableName"] == table
    ]
    return (
        metrics["SizeEstimateRangeGB"] == [0.0, 1.0]
        and normalise.canonical(metrics["ItemCollectionKey"]) in written
    )


def _plain_key(key):
    return {
        name: {"N": plain_number(value["N"])} if "N" in value else value
        for name, value in key.items()
    }


def _item_collection_metrics(case, reference):
    found = _body(case.parley).get("ItemCollectionMetrics")
    if found is None or case.request.get("ReturnItemCollectionMetrics") != "SIZE":
        return
    several = case.operation in ("BatchWriteItem", "TransactWriteItems")
    by_table = found if several else {case.request["TableName"]: [found]}
    if all(
        _collection_is_plausible(case, table, metrics)
        for table, list_of_them in by_table.items()
        for metrics in list_of_them
    ):
        _body(reference)["ItemCollectionMetrics"] = found


def _creating(case, reference):
    wanted = {"CreateTable": "CREATING", "DeleteTable": "DELETING", "UpdateTable": "UPDATING"}
    table = _body(reference).get("TableDescription", {})
    if case.operation not in wanted or "TableStatus" not in table:
        return
    ours = _body(case.parley)["TableDescription"]
    # Some changes leave a table ACTIVE, on AWS as here.
    if case.operation != "UpdateTable" or ours["TableStatus"] != "ACTIVE":
        table["TableStatus"] = wanted[case.operation]
    ours = ours.get("GlobalSecondaryIndexes", [])
    counts = {index["IndexName"]: index.get("ItemCount") for index in ours}
    for index in table.get("GlobalSecondaryIndexes", []):
        if case.operation == "UpdateTable":
            index.setdefault("ItemCount", counts.get(index["IndexName"]))
        else:
            index["IndexStatus"] = wanted[case.operation]


def only_removes(request):
    """Whether an UpdateItem has actions, and all of them remove."""
    expression = request.get("UpdateExpression")
    if isinstance(expression, str) and expression:
        return not re.search(r"\b(SET|ADD)\b", expression, re.IGNORECASE)
    updates = request.get("AttributeUpdates") or {}
    return bool(updates) and all(u.get("Action") == "DELETE" for u in updates.values())


def _only_removed(case, reference):
    ours = _body(case.parley)
    if case.operation != "UpdateItem" or "Attributes" in ours or not only_removes(case.request):
        return
    key = _plain_key(case.request.get("Key") or {})
    shown = _plain_key(_body(reference).get("Attributes") or {})
    if all(key.get(name) == value for name, value in shown.items()):
        _body(reference).pop("Attributes", None)  # the item of the key alone
    if ours.get("ConsumedCapacity", {}).get("CapacityUnits") == 1.0:
        _body(reference)["ConsumedCapacity"] = ours["ConsumedCapacity"]


def _updated_parts(case, reference):
    if case.operation != "UpdateItem" or "UpdateExpression" not in case.request:
        return
    if case.request.get("ReturnValues") not in ("UPDATED_OLD", "UPDATED_NEW"):
        return
    shown = _body(reference).get("Attributes")
    if shown:
        parts = updated_parts.of_attributes(shown, case.request)
        if parts:
            _body(reference)["Attributes"] = parts
        else:
            del _body(reference)["Attributes"]


def _transact_get_units(case, reference):
    if case.operation == "TransactGetItems":
        for capacity in _body(reference).get("ConsumedCapacity", []):
            if "Table" in capacity:
                capacity["Table"]["ReadCapacityUnits"] = capacity["Table"]["CapacityUnits"]


def _least_units(case):
    return 1.0 if case.request.get("ConsistentRead") else 0.5


def _empty_index_page(case, reference):
    capacity = _body(case.parley).get("ConsumedCapacity")
    if (
        case.operation in ("Query", "Scan")
        and capacity
        and _body(case.parley).get("ScannedCount") == 0
        and capacity.get("CapacityUnits") == _least_units(case)
    ):
        _body(reference)["ConsumedCapacity"] = capacity


def _unprojected_fetch(case, reference):
    index, request = case.index(), case.request
    wants = "ProjectionExpression" in request or "AttributesToGet" in request
    ours = _body(case.parley).get("ConsumedCapacity")
    theirs = _body(reference).get("ConsumedCapacity")
    if case.operation not in ("Query", "Scan") or index is None or not index.local or not wants:
        return
    if ours and theirs and ours["CapacityUnits"] >= theirs["CapacityUnits"]:
        fetched = _body(case.parley)["ScannedCount"] * _least_units(case)
        if "Table" not in ours or ours["Table"]["CapacityUnits"] in (0, fetched):
            _body(reference)["ConsumedCapacity"] = ours


def _partial_entries(case, reference):
    """Also cheaper than DynamoDB Local: at least what the least of entries costs."""
    index = case.index()
    if case.operation not in ("Query", "Scan") or index is None or index.projection == "ALL":
        return
    ours = _body(case.parley).get("ConsumedCapacity", {}).get("CapacityUnits")
    theirs = _body(reference).get("ConsumedCapacity", {}).get("CapacityUnits")
    if ours and theirs and _least_units(case) <= ours < theirs:
        _body(reference)["ConsumedCapacity"] = _body(case.parley)["ConsumedCapacity"]


def _sparse_index(case, reference):
    """What is charged for the composite indexes that the item appears in neither now nor (where the
    answer shows it) before: no more for each than the table's item costs."""
    schema = case.tables.get(case.request.get("TableName"))
    ours, theirs = (_body(a).get("ConsumedCapacity") for a in (case.parley, reference))
    if case.operation not in ("PutItem", "UpdateItem", "DeleteItem") or not ours or not theirs:
        return
    surplus = theirs["CapacityUnits"] - ours["CapacityUnits"]
    source = case.request.get("Item") or case.request.get("Key")
    if surplus <= 0 or schema is None:
        return
    key = {name: source[name] for name, _ in schema.key}
    read = {"TableName": case.request["TableName"], "Key": key, "ConsistentRead": True}
    seen = [_body(case.ask("parley", "GetItem", read)).get("Item", {})]
    if case.request.get("ReturnValues") == "ALL_OLD":
        seen.append(_body(case.parley).get("Attributes", {}))
    absent = [
        index.name
        for index in schema.indexes
        if not index.local
        and len(index.key) > 1
        and not any(all(name in item for name, _ in index.key) for item in seen)
    ]
    if "Table" not in ours:
        fits = surplus <= len(absent) * ours["CapacityUnits"]
    else:
        ours_listed = ours.get("GlobalSecondaryIndexes", {})
        wrong = [
            index["CapacityUnits"]
            for name, index in theirs.get("GlobalSecondaryIndexes", {}).items()
            if name in absent and name not in ours_listed
        ]
        most = ours["Table"]["CapacityUnits"]
        fits = surplus == sum(wrong) and all(1 <= units <= most for units in wrong)
    if fits:
        _body(reference)["ConsumedCapacity"] = ours


def _entry_overhead(case, reference):
    """Up to two units each for the indexes of a write that is about an item of a KB or more."""
    schema = case.tables.get(case.request.get("TableName"))
    ours, theirs = (_body(a).get("ConsumedCapacity") for a in (case.parley, reference))
    if case.operation not in ("PutItem", "UpdateItem", "DeleteItem") or not ours or not theirs:
        return
    surplus = theirs["CapacityUnits"] - ours["CapacityUnits"]
    if schema is None or not 0 < surplus <= 2 * len(schema.indexes):
        return
    source = case.request.get("Item") or case.request.get("Key")
    key = {name: source[name] for name, _ in schema.key}
    now = case.ask("parley", "GetItem", {"TableName": case.request["TableName"], "Key": key})
    seen = len(normalise.canonical([case.request, case.parley, now]))
    if case.operation != "DeleteItem" and seen < ENTRY_SIZE_MIN:
        return
    if "Table" not in ours or (
        ours["Table"] == theirs["Table"] and _shape(ours) == _shape(theirs)
    ):
        _body(reference)["ConsumedCapacity"] = ours


def _many_items(case, reference):
    ours = _body(case.parley).get("ConsumedCapacity")
    theirs = _body(reference).get("ConsumedCapacity")
    if case.operation not in ("BatchGetItem", "BatchWriteItem", "TransactWriteItems"):
        return
    if not ours or not theirs or len(ours) != len(theirs):
        return
    if any(not _shape(mine) <= _shape(their) for mine, their in zip(ours, theirs)):
        return
    least = {name: _least_units_of(case, name) for name in (c["TableName"] for c in ours)}
    if all(
        c["CapacityUnits"] >= least[c["TableName"]] and c["CapacityUnits"] * 2 % 1 == 0
        for c in ours
    ):
        _body(reference)["ConsumedCapacity"] = ours


def _shape(capacity):
    """The names of the table and of the indexes that a table's capacity lists."""
    kinds = ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")
    return {capacity["TableName"]}.union(*(capacity.get(kind, {}) for kind in kinds))


def _least_units_of(case, table):
    """What a batch or transaction costs at the least: so much for each item, also a missing one."""
    if case.operation == "BatchGetItem":
        asked = case.request["RequestItems"][table]
        return len(asked["Keys"]) * (1.0 if asked.get("ConsistentRead") else 0.5)
    count = sum(b["TableName"] == table for _, b in members(case.operation, case.request))
    return count * (2.0 if case.operation == "TransactWriteItems" else 1.0)


def _reason_messages(case, reference):
    ours, theirs = case.parley.get("reasons") or [], reference.get("reasons") or []
    if [reason.get("Code") for reason in ours] != [reason.get("Code") for reason in theirs]:
        return
    for mine, their in zip(ours, theirs):
        if mine.get("Message") == "The conditional request failed":
            their["Message"] = their["Message"].removesuffix(".")
        elif mine.get("Code") == "ValidationError":
            their["Message"] = mine["Message"]


def _limit_reached(case, reference):
    ours, theirs = _body(case.parley), _body(reference)
    limit = case.request.get("Limit")
    if case.operation not in ("Query", "Scan") or limit is None or "Pages" not in ours:
        return
    if ours["ScannedCount"] % limit != 0:
        return
    if ours["Pages"] == theirs.get("Pages", 1) + 1 and ours["Count"] == theirs.get("Count"):
        theirs.update(Pages=ours["Pages"], Keys=ours["Keys"])
        theirs.pop("ConsumedCapacity", None)


def _filtered_entries(case, reference):
    ours, theirs = _body(case.parley), _body(reference)
    if case.operation != "Scan" or not oracles.is_filtered(case.request) or not ours or not theirs:
        return
    if ours["Count"] == theirs["Count"] or ours["ScannedCount"] != theirs["ScannedCount"]:
        return
    found = oracles.filtered_entries(case)
    if found is None:
        return
    items, theirs["Count"] = found
    if items is not None:
        theirs["Items"] = items
    if "Pages" in ours and ours["Pages"] == theirs.get("Pages"):
        theirs["Keys"] = ours["Keys"]


def _equal_index_keys(case, reference):
    ours, theirs = _body(case.parley), _body(reference)
    if not ours or not theirs or "ExclusiveStartKey" not in case.request:
        return
    parts = ("Items", "Count", "ScannedCount", "Pages", "Keys")
    if all(ours.get(part) == theirs.get(part) for part in parts):
        return
    if oracles.starts_between_equals(case):
        theirs.update({part: ours[part] for part in parts if part in ours})
        if "ConsumedCapacity" not in ours:  # not kept of an answer in several pages
            theirs.pop("ConsumedCapacity", None)


REPAIRS = (
    Repair(
        "unprojected-filter",
        "The filter of an index's scan sees what the index projects, on a local index as on a "
        "global one; DynamoDB Local looks into the table's item.",
        _filtered_entries,
    ),
    Repair(
        "equal-index-keys",
        "Index entries of equal keys come in no promised order, so a page that starts between "
        "them holds others of them.",
        _equal_index_keys,
        "both",
    ),
    Repair(
        "number-format",
        "DynamoDB Local gives numbers inside documents, sets and messages back as they were sent "
        "(`.5`, `1E+2`, `007`); DynamoDB writes every number as a plain decimal in one normal "
        "form.",
        _numbers,
        of_errors=True,
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
        "CreateTable, UpdateTable and DeleteTable answer CREATING, UPDATING and DELETING as on "
        "AWS, though all is done at once; DynamoDB Local answers ACTIVE, and leaves out the "
        "ItemCount "
        "of a new index.",
        _creating,
    ),
    Repair(
        "only-removes",
        "An update that only removes (REMOVE, DELETE) creates no item where there is none and "
        "returns no attributes; DynamoDB Local creates an item of the key alone.",
        _only_removed,
    ),
    Repair(
        "updated-parts",
        "UPDATED_OLD and UPDATED_NEW return of a map or list only what the update's paths reach "
        "(as ScyllaDB's tests found on AWS, and dynalite); DynamoDB Local returns the whole "
        "attribute.",
        _updated_parts,
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
        of_errors=True,
    ),
    Repair(
        "empty-page-units",
        "A query or scan that finds nothing costs the minimum of half a read unit (one if "
        "consistent), on an index as on a table; DynamoDB Local charges nothing.",
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
        "index-entry-units",
        "A read of an index costs what its entries weigh, which hold only what is projected; "
        "DynamoDB Local weighs whole items.",
        _partial_entries,
    ),
    Repair(
        "sparse-index-units",
        "A write to an item that is not in an index, before or after, costs nothing there; "
        "DynamoDB Local charges for one where one of the index's two key attributes came or went.",
        _sparse_index,
    ),
    Repair(
        "index-entry-overhead",
        "A write to an index is charged by the size of its entry; DynamoDB Local adds 100 bytes, "
        "which the developer guide counts for storage only.",
        _entry_overhead,
        "both",
    ),
    Repair(
        "many-items-units",
        "Units of batches and transactions: DynamoDB rounds up item by item, charges for items "
        "that are missing and for whole items whatever the projection, and doubles only the "
        "table's units in a transaction; DynamoDB Local differs in each of these.",
        _many_items,
    ),
)


def repaired(case):
    """(the reference's answer with all repairs, the names of those that changed it)"""
    reference = copy.deepcopy(case.reference)
    used = []
    both_succeed = case.parley["status"] == reference["status"] == 200
    for repair in REPAIRS:
        if not both_succeed and not repair.of_errors:
            continue
        before = copy.deepcopy(reference)
        repair.apply(case, reference)
        if reference != before:
            used.append(repair.name)
    return reference, used
