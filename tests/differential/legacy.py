"""Random requests with the parameters that expressions replaced, and mixtures of both."""

from differential.values import NAMES

OPERATORS = [
    "EQ",
    "NE",
    "IN",
    "LE",
    "LT",
    "GE",
    "GT",
    "BETWEEN",
    "NOT_NULL",
    "NULL",
    "CONTAINS",
    "NOT_CONTAINS",
    "BEGINS_WITH",
]
ACTIONS = ["PUT", "PUT", "ADD", "DELETE"]
OPERANDS = {"BETWEEN": 2, "NOT_NULL": 0, "NULL": 0}


def condition(generator):
    """One member of Expected, QueryFilter or ScanFilter."""
    r = generator.random
    operator = r.choice(OPERATORS)
    count = OPERANDS.get(operator, r.randint(1, 3) if operator == "IN" else 1)
    if generator.chance(0.04):
        count = r.randint(0, 3)
    if operator in ("BETWEEN", "IN", "LE", "LT", "GE", "GT") and generator.chance(0.9):
        kind = r.choice(["S", "N", "B"])
        values = [generator.values.of_type(kind) for _ in range(count)]
    elif operator == "BEGINS_WITH" and generator.chance(0.9):
        values = [generator.values.of_type("S") for _ in range(count)]
    else:
        values = [generator.values.value() for _ in range(count)]
    body = {"ComparisonOperator": operator}
    if values or generator.chance(0.1):
        body["AttributeValueList"] = values
    if generator.chance(0.02):
        body["ComparisonOperator"] = r.choice(["eq", "X", ""])
    return body


def expected(generator):
    if generator.chance(0.5):
        return condition(generator)
    body = {}
    if generator.chance(0.6):
        body["Exists"] = generator.chance(0.5)
    if body.get("Exists", True) != generator.chance(0.05):
        body["Value"] = generator.values.value()
    return body


def conditions(generator, make):
    return {
        name: make(generator)
        for name in generator.random.sample(NAMES, generator.random.choice([1, 1, 2, 3]))
    }


def _with_operator(generator, body, member):
    if generator.chance(0.3):
        body["ConditionalOperator"] = generator.random.choice(["AND", "OR", "OR"])
        if generator.chance(0.1):
            del body[member]
    return body


def attribute_updates(generator):
    updates = {}
    for name in generator.random.sample(NAMES, generator.random.choice([1, 1, 2, 3])):
        action = generator.random.choice(ACTIONS)
        update = {"Action": action} if generator.chance(0.95) else {}
        kinds = {"ADD": ["N", "N", "SS", "NS", "L", "S"], "DELETE": ["SS", "NS", "S"]}.get(action)
        if action == "PUT" or generator.chance(0.8):
            update["Value"] = (
                generator.values.of_type(generator.random.choice(kinds))
                if kinds
                else generator.values.value()
            )
        updates[name] = update
    return updates


def key_conditions(generator, key, types):
    body = {
        key[0][0]: {
            "ComparisonOperator": "EQ",
            "AttributeValueList": [generator.key_value(key[0][0], types[key[0][0]])],
        }
    }
    if len(key) > 1 and generator.chance(0.6):
        name, kind = key[1]
        operator = generator.random.choice(
            ["EQ", "LE", "LT", "GE", "GT", "BETWEEN", "BEGINS_WITH", "NE", "CONTAINS"]
        )
        count = 2 if operator == "BETWEEN" else 1
        body[name] = {
            "ComparisonOperator": operator,
            "AttributeValueList": [generator.key_value(name, kind) for _ in range(count)],
        }
    return body


def request(generator):
    """One request with legacy parameters."""
    from differential.requests import RETURN_VALUES, Step

    r = generator.random
    table_name, schema = generator.table()
    types = schema.key_types()
    kind = r.choice(
        ["PutItem", "UpdateItem", "UpdateItem", "DeleteItem", "Query", "Query", "Scan", "GetItem"]
    )
    body = generator.capacity({"TableName": table_name})
    paged = False
    if kind == "PutItem":
        body["Item"] = generator.item(schema)
    elif kind in ("UpdateItem", "DeleteItem", "GetItem"):
        body["Key"] = generator.key(schema)
    if kind in ("PutItem", "UpdateItem", "DeleteItem") and generator.chance(0.7):
        body["Expected"] = conditions(generator, expected)
        _with_operator(generator, body, "Expected")
        if generator.chance(0.3):
            body["ReturnValuesOnConditionCheckFailure"] = r.choice(["ALL_OLD", "NONE"])
        if generator.chance(0.15):
            body["ReturnItemCollectionMetrics"] = "SIZE"
    if kind == "UpdateItem":
        if generator.chance(0.95):
            body["AttributeUpdates"] = attribute_updates(generator)
        body["ReturnValues"] = r.choice(RETURN_VALUES)
    if kind in ("Query", "Scan"):
        paged = True
        index = r.choice(schema.indexes) if schema.indexes and generator.chance(0.4) else None
        if index:
            body["IndexName"] = index.name
        if kind == "Query":
            body["KeyConditions"] = key_conditions(
                generator, index.key if index else schema.key, types
            )
        member = "QueryFilter" if kind == "Query" else "ScanFilter"
        if generator.chance(0.6):
            body[member] = conditions(generator, condition)
            _with_operator(generator, body, member)
        if generator.chance(0.3):
            body["Limit"] = r.choice([1, 2, 5])
    if kind in ("Query", "Scan", "GetItem") and generator.chance(0.4):
        body["AttributesToGet"] = r.sample(NAMES, r.choice([1, 1, 2, 3]))
        if generator.chance(0.05):
            body["AttributesToGet"].append(body["AttributesToGet"][0])
    if generator.chance(0.05):
        writer = generator.writer(schema)
        body[r.choice(["ConditionExpression", "FilterExpression", "ProjectionExpression"])] = (
            writer.projection()
        )
        writer.fill(body)
    return Step(kind, body, paged=paged)
