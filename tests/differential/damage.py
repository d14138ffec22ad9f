"""Well-formed requests with one thing wrong: a member of another type, missing, unknown or out of
range."""

import copy

OTHER_VALUES = [
    None,
    "",
    "text",
    5,
    -1,
    1.5,
    True,
    [],
    {},
    ["text"],
    {"text": "text"},
    "x" * 300,
    10**12,
]
ENUMERATIONS = (
    "ReturnValues",
    "ReturnConsumedCapacity",
    "ReturnItemCollectionMetrics",
    "Select",
    "ReturnValuesOnConditionCheckFailure",
    "ConditionalOperator",
)


def _places(value, found, parent=None, key=None):
    """All (container, key) pairs inside `value`."""
    if parent is not None:
        found.append((parent, key))
    if isinstance(value, dict):
        for name in list(value):
            _places(value[name], found, value, name)
    elif isinstance(value, list):
        for at in range(len(value)):
            _places(value[at], found, value, at)
    return found


def damaged_request(random, step):
    """A copy of `step` with one random fault."""
    if not isinstance(step.body, dict) or not step.body:
        return step
    step = copy.deepcopy(step)
    body = step.body
    roll = random.random()
    if roll < 0.35:  # near the top, where members have names
        key = random.choice(list(body))
        body[key] = random.choice(OTHER_VALUES)
    elif roll < 0.5:
        del body[random.choice(list(body))]
    elif roll < 0.75:
        parent, key = random.choice(_places(body, []))
        parent[key] = random.choice(OTHER_VALUES)
    elif roll < 0.85:
        body[random.choice(ENUMERATIONS)] = random.choice(
            ["", "none", "ALL", "TOTAL", "ALL_OLD", "AND"]
        )
    elif roll < 0.92:
        body[
            random.choice(["Unknown", "tableName", "Limit", "ConsistentRead", "ScanIndexForward"])
        ] = random.choice(OTHER_VALUES)
    else:
        body["Limit" if step.operation in ("Query", "Scan") else "TableName"] = random.choice(
            [0, -5, "a", 2**40]
        )
    return step
