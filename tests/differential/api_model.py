"""AWS's own description of the API (botocore carries it): what a request's types and limits are.

A witness for the rows that say "the API model has it so": a request in which the model finds no
fault may not be refused for one.
"""

import base64
import functools
import re

from botocore.loaders import Loader

JSON_TYPES = {
    "string": str,
    "blob": str,
    "integer": (int, float),
    "long": (int, float),
    "double": (int, float),
    "timestamp": (int, float),
    "boolean": bool,
    "list": list,
    "map": dict,
    "structure": dict,
}
BOUND = re.compile(r"Member must have (length|value) (less|greater) than or equal to (-?\d+)$")
VIOLATION = re.compile(
    r"Value (?:(?P<null>null)|'(?P<value>.*?)')? ?at '(?P<path>.*?)' failed to satisfy constraint: "
    r"(?P<constraint>(?:Member|Map value) must .*?)(?=; Value |$)",
    re.DOTALL,
)


@functools.cache
def _model():
    model = Loader().load_service_model("dynamodb", "service-2")
    for write in ("PutItem", "UpdateItem", "DeleteItem"):  # since 2023, newer than some botocores
        model["shapes"][f"{write}Input"]["members"].setdefault(
            "ReturnValuesOnConditionCheckFailure", {"shape": "ReturnValuesOnConditionCheckFailure"}
        )
    return model


def input_shape(operation):
    """The name of the shape of an operation's input; None for an operation that is none."""
    found = _model()["operations"].get(operation)
    return found["input"]["shape"] if found and "input" in found else None


def has_type_fault(operation, body):
    """Whether some member's JSON is not of the model's type (null is of every type), a number is
    too large for its own, or bytes are not in base64."""
    name = input_shape(operation)
    return name is not None and _has_type_fault(name, body)


def _is_base64(text):
    """Whether `text` is base64 in its one right form: no strays, no bits behind the last byte."""
    try:
        return base64.b64encode(base64.b64decode(text, validate=True)).decode() == text
    except ValueError:
        return False


def _has_type_fault(name, value):
    if value is None:
        return False
    shape = _model()["shapes"][name]
    kind = shape["type"]
    if not isinstance(value, JSON_TYPES[kind]):
        return True
    if kind != "boolean" and isinstance(value, bool):
        return True
    if kind == "blob":
        return not _is_base64(value)
    if kind == "integer":
        return not -(2**31) <= value < 2**31
    if kind == "list":
        return any(_has_type_fault(shape["member"]["shape"], inner) for inner in value)
    if kind == "map":
        return any(_has_type_fault(shape["value"]["shape"], inner) for inner in value.values())
    if kind == "structure":
        return any(
            _has_type_fault(member["shape"], value.get(part))
            for part, member in shape["members"].items()
        )
    return False


def _steps(value, shape_name, path):
    """All readings of `path` below `value`: (value, shape or None). Names of maps may have dots."""
    if not path:
        yield value, shape_name
        return
    shape = _model()["shapes"].get(shape_name, {}) if shape_name else {}
    if isinstance(value, list):
        found = re.match(r"(\d+)\.member\.?", path)
        if found and 1 <= int(found.group(1)) <= len(value):
            inner = shape.get("member", {}).get("shape")
            yield from _steps(value[int(found.group(1)) - 1], inner, path[found.end() :])
        return
    if not isinstance(value, dict):
        return
    names = {*value, *shape.get("members", {})}
    for name in names:
        for spelt in {name, name[:1].lower() + name[1:]}:
            rest = path[len(spelt) :]
            if not path.startswith(spelt) or rest[:1] not in ("", "."):
                continue
            inner = shape.get("members", {}).get(name, shape.get("value", {})).get("shape")
            rest = rest[1:]
            if shape.get("type") == "map" and re.match(r"member(\.|$)", rest):
                rest = rest[7:]
            yield from _steps(value.get(name), inner, rest)


def _violates(value, shape_name, constraint):
    shape = _model()["shapes"].get(shape_name, {}) if shape_name else {}
    if constraint == "Member must not be null":
        return value is None
    if value is None:
        return False
    bound = BOUND.match(constraint)
    if bound:
        if bound.group(1) == "length":
            measured = len(value) if isinstance(value, (str, list, dict)) else None
        else:
            measured = value if isinstance(value, (int, float)) else None
        limit = int(bound.group(3))
        if measured is None:
            return False
        return measured > limit if bound.group(2) == "less" else measured < limit
    listed = re.match(r"Member must satisfy enum value set: \[(.*)\]$", constraint)
    if listed:
        named = set(listed.group(1).split(", "))
        return value not in named and set(shape.get("enum", named)) <= named
    pattern = re.match(r"Member must satisfy regular expression pattern: (.*)$", constraint)
    if pattern:
        return isinstance(value, str) and not re.fullmatch(pattern.group(1), value)
    inner = re.match(r"(?:Map value|Member) must satisfy constraint: \[(.*)\]$", constraint)
    if inner:
        values = value.values() if isinstance(value, dict) else value
        parts = re.split(r", (?=Member)", inner.group(1))
        return any(_violates(v, None, part) for v in values for part in parts)
    return False


def violations_hold(operation, body, message):
    """Whether `body` violates each constraint that `message` ("N validation errors detected: …")
    says it does, and N is their number."""
    counted = re.match(r"(\d+) validation errors? detected: (.*)", message, re.DOTALL)
    found = list(VIOLATION.finditer(counted.group(2))) if counted else []
    if not found or len(found) != int(counted.group(1)):
        return False
    return all(
        any(
            _violates(value, shape, violation["constraint"])
            for value, shape in _steps(body, input_shape(operation), violation["path"])
        )
        for violation in found
    )
