"""What UPDATED_OLD and UPDATED_NEW return of an attribute that an update reaches into: the leaves
at its paths inside their hierarchy, of a list the elements alone. Found from the whole
attribute."""

import re

CLAUSES = re.compile(r"\b(SET|REMOVE|ADD|DELETE)\b", re.IGNORECASE)
STEP = re.compile(r"\.?\s*(#?\w+)|\[\s*(\d+)\s*\]")


def paths(request):
    """The document paths an update expression writes, each a list of names and positions."""
    names = request.get("ExpressionAttributeNames") or {}
    found = []
    parts = CLAUSES.split(request.get("UpdateExpression") or "")
    for clause, text in zip(parts[1::2], parts[2::2]):
        for action in _actions(text):
            target = action.partition("=")[0].strip()
            if clause.upper() in ("ADD", "DELETE"):
                target = target.rpartition(":")[0].strip()
            steps = [
                int(position) if position else names.get(name, name)
                for name, position in STEP.findall(target)
            ]
            if steps:
                found.append(steps)
    return found


def _actions(text):
    """The actions of a clause: what commas outside of parentheses part."""
    depth, begin = 0, 0
    for at, letter in enumerate(text):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            yield text[begin:at]
            begin = at + 1
    yield text[begin:]


def of_attribute(value, below):
    """The part of an attribute value at the paths `below` it; None if there is nothing."""
    if any(not steps for steps in below):
        return value
    kind, inner = next(iter(value.items()))
    if kind == "M":
        wanted = {steps[0] for steps in below if isinstance(steps[0], str)}
        keys = [name for name in inner if name in wanted]
    elif kind == "L":
        keys = sorted({steps[0] for steps in below if isinstance(steps[0], int)})
        keys = [position for position in keys if position < len(inner)]
    else:
        return None
    parts = {
        key: of_attribute(inner[key], [steps[1:] for steps in below if steps[0] == key])
        for key in keys
    }
    parts = {key: part for key, part in parts.items() if part is not None}
    if not parts:
        return None
    return {kind: parts if kind == "M" else list(parts.values())}


def of_attributes(attributes, request):
    """The same for all the attributes that an update returns."""
    below = {}
    for name, *steps in paths(request):
        below.setdefault(name, []).append(steps)
    parts = {
        name: of_attribute(value, below[name]) if name in below else value
        for name, value in attributes.items()
    }
    return {name: part for name, part in parts.items() if part is not None}
