"""What the reference would have answered, had it one weakness less: found out by asking it
otherwise. For the repairs of answers that both servers call a success.
"""

import collections

from differential.case import without
from differential.normalise import canonical
from differential.schemas import Schema

FILTERS = ("FilterExpression", "ScanFilter", "QueryFilter")
PROJECTIONS = ("ProjectionExpression", "AttributesToGet", "Select")
SCRATCH = "differential.scratch"


def is_filtered(request):
    return any(request.get(member) for member in FILTERS)


def filtered_entries(case):
    """(Items or None, Count) of a scan of an index whose filter sees what the index projects: the
    reference keeps the index's entries as items of a table of their own and filters those. None
    where it cannot tell."""
    schema, index = case.tables.get(case.request.get("TableName")), case.index()
    if index is None or index.projection == "ALL" or "ExclusiveStartKey" in case.request:
        return None
    bare = {"TableName": case.request["TableName"], "IndexName": index.name}
    entries = case.ask("reference", "Scan", bare).get("body")
    if entries is None or entries["ScannedCount"] != case.parley["body"]["ScannedCount"]:
        return None
    case.ask("reference", "CreateTable", Schema("scratch", schema.key).create_table(SCRATCH))
    try:
        for entry in entries["Items"]:
            case.ask("reference", "PutItem", {"TableName": SCRATCH, "Item": entry})
        request = without(case.request, "IndexName", "Limit", "Segment", "TotalSegments")
        if request.get("Select") == "ALL_PROJECTED_ATTRIBUTES":
            del request["Select"]
        found = case.ask("reference", "Scan", {**request, "TableName": SCRATCH}).get("body")
    finally:
        case.ask("reference", "DeleteTable", {"TableName": SCRATCH})
    return None if found is None else (found.get("Items"), found["Count"])


def _whole(case, side, request):
    return case.ask(side, "Query", request).get("body", {}).get("Items")


def starts_between_equals(case):
    """Whether two answers to a query that starts at a made-up place of an index differ in nothing
    but which of the entries with the start's own index key come after it."""
    index, start = case.index(), case.request.get("ExclusiveStartKey")
    if index is None or not isinstance(start, dict) or case.operation != "Query":
        return False
    shown = without(case.request, *PROJECTIONS)
    everything = without(shown, *FILTERS, "ConditionalOperator")
    key = canonical([start.get(name) for name, _ in index.key])

    def split(items):
        """(how often each entry of another key comes, and each entry of the start's)"""
        sides = collections.Counter(), collections.Counter()
        for item in items:
            equal = canonical([item.get(name) for name, _ in index.key]) == key
            sides[equal][canonical(item)] += 1
        return sides

    for request in (shown, everything):
        found = {side: _whole(case, side, request) for side in ("parley", "reference")}
        all_of_them = _whole(case, "reference", without(request, "ExclusiveStartKey", "Limit"))
        if all_of_them is None or None in found.values():
            return False
        (ours, ours_equal), (theirs, _) = split(found["parley"]), split(found["reference"])
        if ours != theirs or ours_equal - split(all_of_them)[True]:
            return False
        member = "Count" if request is shown else "ScannedCount"
        if case.parley["body"][member] != len(found["parley"]):
            return False
    return True
