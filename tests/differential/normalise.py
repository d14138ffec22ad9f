"""Answers brought to one form, so that what remains different is a difference that matters.

Undefined, and so made equal: the order of members of a set, of items of a scan and of a batch get,
of equal keys in an index, of lists in a table's description, of names in an error's list;
identifiers, times and ARNs. Kept as they are: numbers, text, the order of a query's items, every
count and capacity.
"""

import decimal
import json
import re

SETS = ("SS", "NS", "BS")
# The last five are members that AWS added after DynamoDB Local 1.25, or that it leaves out.
DESCRIPTION_NOISE = (
    "TableId",
    "CreationDateTime",
    "TableArn",
    "IndexArn",
    "LatestStreamArn",
    "LatestStreamLabel",
    "TableSizeBytes",
    "IndexSizeBytes",
    "LastUpdateToPayPerRequestDateTime",
    "WarmThroughput",
    "LastIncreaseDateTime",
    "LastDecreaseDateTime",
    "NumberOfDecreasesToday",
    "Backfilling",
)
LISTS_WITHOUT_ORDER = (
    "AttributeDefinitions",
    "GlobalSecondaryIndexes",
    "LocalSecondaryIndexes",
    "NonKeyAttributes",
)


def canonical(value):
    """`value` as text that is equal for equal values."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def plain_number(text):
    """A number as DynamoDB writes it: plain digits, no sign of zero, nothing to trim."""
    try:
        number = decimal.Decimal(text)
    except decimal.InvalidOperation:
        return text
    plain = format(number, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in ("-0", "") else plain


def attribute_value(value):
    if isinstance(value, list):
        return [attribute_value(member) for member in value]
    if not isinstance(value, dict):
        return value
    return {
        kind: (
            sorted(inner)
            if kind in SETS
            and isinstance(inner, list)
            and all(isinstance(member, str) for member in inner)
            else attribute_value(inner)
        )
        for kind, inner in value.items()
    }


def _description(value):
    if isinstance(value, list):
        return [_description(member) for member in value]
    if not isinstance(value, dict):
        return value
    result = {}
    for name, inner in value.items():
        if name in DESCRIPTION_NOISE:
            continue
        inner = _description(inner)
        if name in LISTS_WITHOUT_ORDER and isinstance(inner, list):
            inner = sorted(inner, key=canonical)
        result[name] = inner
    return result


def _success(operation, body, ordered_items):
    body = attribute_value(body)
    if "Items" in body and not ordered_items:
        body["Items"] = sorted(body["Items"], key=canonical)
    if operation == "BatchGetItem" and isinstance(body.get("Responses"), dict):
        body["Responses"] = {
            table: sorted(items, key=canonical) for table, items in body["Responses"].items()
        }
    if isinstance(body.get("ConsumedCapacity"), list):
        body["ConsumedCapacity"].sort(key=lambda capacity: capacity.get("TableName", ""))
    if operation in ("CreateTable", "DescribeTable", "UpdateTable", "DeleteTable"):
        body = _description(body)
    return body


def _message(text):
    """An error's message with the order of its unordered lists fixed."""
    if text is None:
        return None

    def sort_braces(match):
        return "{" + ", ".join(sorted(re.split(", ?", match.group(1)))) + "}"

    text = re.sub(r"\{([^{}]*)\}", sort_braces, text)
    text = re.sub(
        r"(not project(?: one or more filter attributes:)? \[)([^\]]*)",
        lambda match: match.group(1) + ", ".join(sorted(match.group(2).split(", "))),
        text,
    )
    many = re.match(r"(\d+ validation errors? detected: )(.*)", text, re.DOTALL)
    if many:
        text = many.group(1) + "; ".join(sorted(re.split(r"; (?=Value )", many.group(2))))
    return text


def _reasons(body):
    reasons = body.get("CancellationReasons")
    if reasons is None:
        return None
    return [
        {
            **attribute_value(reason),
            **({"Message": _message(reason["Message"])} if reason.get("Message") else {}),
        }
        for reason in reasons
    ]


def answer(operation, reply, ordered_items=True):
    """A dict to compare: status, and either the body or the error's type, message and reasons."""
    if reply.status == 200:
        return {"status": 200, "body": _success(operation, reply.body, ordered_items)}
    result = {"status": reply.status, "type": reply.error, "message": _message(reply.message)}
    if isinstance(reply.body, dict):
        if reply.body.get("CancellationReasons") is not None:
            result["reasons"] = _reasons(reply.body)
        if reply.body.get("Item") is not None:
            result["item"] = attribute_value(reply.body["Item"])
    return result
