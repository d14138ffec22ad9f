"""Known differences between Parley and DynamoDB Local, each with the side that is right and why.

An entry is as narrow as it can be: the operations it may appear in and a pattern for each side's
answer. `docs/compatibility.md` lists the same entries (`tests/run.py differential --write-docs`
writes them), and the suite fails when the two do not agree, or when an answer differs and no entry
says why.
"""

import dataclasses
import re

ANY = ".*"


@dataclasses.dataclass(frozen=True)
class Difference:
    """`parley` and `reference` are regular expressions for the whole of a rendered answer
    (`render`); `operations` are the operations where it may occur, empty for all."""

    name: str
    parley: str
    reference: str
    right: str  # "Parley" or "DynamoDB Local", or "both" where DynamoDB promises nothing
    reason: str
    operations: tuple = ()
    request: str = ANY  # a regular expression that must be found in the request's JSON


DIFFERENCES = ()


def render(answer):
    """One line for an answer: `200`, or `400 Type: message`."""
    if answer["status"] == 200:
        return "200"
    return f"{answer['status']} {answer['type']}: {answer['message']}"


def explanation(operation, request_text, parley, reference, witness):
    """The entry that covers this pair of answers, or None."""
    left, right = render(parley), render(reference)
    for entry in DIFFERENCES:
        if entry.operations and operation not in entry.operations:
            continue
        if (
            re.fullmatch(entry.parley, left, re.DOTALL)
            and re.fullmatch(entry.reference, right, re.DOTALL)
            and re.search(entry.request, request_text, re.DOTALL)
        ):
            return entry
    return None


def table():
    """The entries as the rows of a Markdown table."""
    lines = ["| difference | right | why |", "|---|---|---|"]
    for entry in DIFFERENCES:
        where = ", ".join(entry.operations) or "all operations"
        lines.append(f"| `{entry.name}` ({where}) | {entry.right} | {entry.reason} |")
    return "\n".join(lines)
