"""One known difference: a row of docs/compatibility.md."""

import dataclasses
from typing import Callable

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
    evidence: Callable = None  # Case -> bool: whether the reason holds for this request
