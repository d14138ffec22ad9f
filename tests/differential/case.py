"""One request with its answers, as the rows of known differences look at it."""

import dataclasses
import json
import re
from typing import Callable


def no_questions(_side, _operation, _body):
    """The `ask` of a case that has no servers behind it."""
    return {"status": 0, "type": "NoAnswer", "message": "nobody to ask"}


@dataclasses.dataclass
class Case:
    """`parley`, `reference` and `witness` are normalised answers (normalise.py). `ask(side,
    operation, body)` puts a question of the row's own to "parley" or "reference" and gives the
    normalised answer; what it asks must change nothing that later requests can see. `tables` maps
    the names of the episode's tables to their schemas."""

    operation: str
    body: object
    parley: dict
    reference: dict
    witness: dict = None
    ask: Callable = no_questions
    tables: dict = dataclasses.field(default_factory=dict)

    @property
    def request(self):
        """The body, or an empty request where it is none."""
        return self.body if isinstance(self.body, dict) else {}

    @property
    def text(self):
        """The body as it was sent, readable."""
        if isinstance(self.body, bytes):
            return self.body.decode("utf-8", "backslashreplace")
        return json.dumps(self.body, ensure_ascii=False)

    def index(self):
        """The Index the request reads, or None."""
        name = self.request.get("TableName")
        schema = self.tables.get(name) if isinstance(name, str) else None
        wanted = self.request.get("IndexName")
        return next((i for i in schema.indexes if i.name == wanted), None) if schema else None


def render(answer):
    """One line for an answer: `200`, or `400 Type: message`."""
    if answer["status"] == 200:
        return "200"
    return f"{answer['status']} {answer['type']}: {answer['message']}"


def without(request, *members):
    """`request` without some members, and without the placeholders nothing mentions any more."""
    rest = {name: value for name, value in request.items() if name not in members}
    said = " ".join(
        value for name, value in rest.items() if name.endswith("Expression") and value is not None
    )
    mentioned = set(re.findall(r"[#:]\w+", said, re.ASCII))
    for member in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        if isinstance(rest.get(member), dict):
            rest[member] = {k: v for k, v in rest[member].items() if k in mentioned}
            if not rest[member]:
                del rest[member]
    return rest
