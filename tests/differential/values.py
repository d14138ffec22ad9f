"""Random attribute values: every type, the edges of each, and what DynamoDB must refuse.

Pools are small on purpose: two values drawn from one pool often meet, so that comparisons,
duplicates and updates of the same thing happen.
"""

import base64

STRINGS = [
    "a",
    "b",
    "ab",
    "abc",
    "abd",
    "b",
    "10",
    "9",
    "z" * 40,
    "é",
    "日本語",
    "😀",
    "A B",
    "\"q\"",
    "\\",
    "tab\t",
    "\u0001",
    "\u2028",
    "S",
    "N",
    "",
    "a" * 3000,
]
NUMBERS = [
    "0",
    "1",
    "2",
    "3",
    "10",
    "-1",
    "-5",
    "0.5",
    "2.50",
    "1.0",
    "1e3",
    "1000",
    "1E+3",
    "-0",
    "007",
    "100",
    "123456789012345678901234567890",
    "0.1",
    "0.01",
    "1e-3",
    "3.14159",
    "-2.5",
    "99999999999999999999999999999999999999",
    "1e125",
    "9.9e125",
    "1E-130",
    "-1e-130",
    "0e5",
    "0.000000000000000000000000000000000001",
    "1e38",
    "12e1",
    ".5",
    "5.",
    "9.9999999999999999999999999999999999999E+125",
    "-9.9999999999999999999999999999999999999e125",
    "-99999999999999999999999999999999999999",
    "0.99999999999999999999999999999999999999",
    "1.0000000000000000000000000000000000001e-93",
    "1e37",
    "99999999999999999999999999999999999999000",
]
BAD_NUMBERS = [
    "",
    "abc",
    "1e126",
    "-1e126",
    "1e-131",
    "NaN",
    "Infinity",
    "-Infinity",
    " 1",
    "1 ",
    "1_0",
    "0x1",
    "1e",
    "e1",
    "--1",
    "1.2.3",
    "1e1000",
    "1e-1000",
    "123456789012345678901234567890123456789",
    "1.00000000000000000000000000000000000001",
    "٣",
    "1,0",
    "99999999999999999999999999999999999999e100",
]
BINARIES = [
    base64.b64encode(b).decode()
    for b in (
        b"\0",
        b"a",
        b"ab",
        b"abc",
        b"\xff",
        b"\xff\0",
        b"\x00\x01",
        b"\x7f",
        b"\x80",
        b"",
        b"bin" * 20,
    )
]
BAD_BINARIES = [
    "a",
    "ab",
    "abc",
    "a===",
    "!!!!",
    "YQ",
    "YQ=",
    "YR==",
    "Y Q==",
    "YQ==\n",
    "_w==",
    "-w==",
    "YQ==YQ==",
]
TYPES = ["S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"]
NAMES = [
    "a",
    "b",
    "c",
    "n",
    "m",
    "l",
    "s",
    "x1",
    "g1",
    "g2",
    "l1",
    "name",
    "status",
    "with space",
    "a.b",
    "é",
    "size",
]
MEMBERS = ["a", "b", "k", "name", "x y"]


class ValueGenerator:
    """Draws attribute values from one random stream."""

    def __init__(self, random):
        self.random = random

    def string(self):
        return self.random.choice(STRINGS)

    def number(self):
        if self.random.random() < 0.5:
            return str(self.random.randint(-20, 20))
        return self.random.choice(NUMBERS)

    def of_type(self, kind, depth=0):
        """A valid value of type `kind`."""
        r = self.random
        if kind == "S":
            return {"S": self.string()}
        if kind == "N":
            return {"N": self.number()}
        if kind == "B":
            return {"B": r.choice(BINARIES)}
        if kind == "BOOL":
            return {"BOOL": r.random() < 0.5}
        if kind == "NULL":
            return {"NULL": True}
        if kind == "SS":
            return {"SS": r.sample(["a", "b", "c", "ab", "é"], r.randint(1, 4))}
        if kind == "NS":
            return {
                "NS": r.sample(["1", "2", "3", "10", "-5", "0.5", "1e2", "7.0"], r.randint(1, 4))
            }
        if kind == "BS":
            return {"BS": r.sample([b for b in BINARIES if b], r.randint(1, 3))}
        if kind == "L":
            return {"L": [self.value(depth + 1) for _ in range(r.randint(0, 3))]}
        if depth == 0 and r.random() < 0.01:
            return self.deep(r.choice([29, 30, 31]))
        return {"M": {name: self.value(depth + 1) for name in r.sample(MEMBERS, r.randint(0, 3))}}

    def value(self, depth=0):
        """A valid value of any type, not very deep."""
        kinds = TYPES if depth < 3 else TYPES[:8]
        return self.of_type(self.random.choice(kinds), depth)

    def bad_value(self):
        """A value that DynamoDB refuses, or one close to that."""
        r = self.random
        return r.choice(
            [
                lambda: {"N": r.choice(BAD_NUMBERS)},
                lambda: {"N": r.choice(BAD_NUMBERS)},
                lambda: {"NS": ["1", r.choice(BAD_NUMBERS)]},
                lambda: {"B": r.choice(BAD_BINARIES)},
                lambda: {"BS": [r.choice(BAD_BINARIES)]},
                lambda: {"SS": []},
                lambda: {"NS": []},
                lambda: {"BS": []},
                lambda: {"SS": ["a", "b", "a"]},
                lambda: {"NS": ["1", "2", "1.0"]},
                lambda: {"BS": ["YQ==", "YQ=="]},
                lambda: {"SS": ["a", ""]},
                lambda: {"NULL": False},
                lambda: {},
                lambda: {"S": "a", "N": "1"},
                lambda: {"X": "a"},
                lambda: {"s": "a"},
                lambda: {"M": {"k": {"SS": []}}},
                lambda: {"L": [{"N": r.choice(BAD_NUMBERS)}]},
                lambda: {"M": {"": {"S": "a"}}},
                lambda: {"L": [{}]},
                lambda: {"M": {"k": {}}},
                lambda: {"L": [{"S": "a", "BOOL": True}]},
                lambda: {"S": "a", "SS": ["a"]},
                lambda: self.deep(r.choice([30, 31, 32, 33, 40])),
            ]
        )()

    def misshapen_value(self):
        """A value whose JSON types are wrong: refused while the request is being read."""
        return self.random.choice(
            [
                {"S": 5},
                {"S": True},
                {"S": []},
                {"S": {}},
                {"S": None},
                {"N": 5},
                {"N": 1.5},
                {"N": None},
                {"BOOL": "true"},
                {"BOOL": 1},
                {"BOOL": None},
                {"NULL": "true"},
                {"NULL": None},
                {"SS": "a"},
                {"SS": [1]},
                {"SS": [None]},
                {"NS": [1]},
                {"BS": [5]},
                {"B": 5},
                {"L": {}},
                {"L": "a"},
                {"M": []},
                {"M": "a"},
                {"L": [5]},
                {"L": [None]},
                {"M": {"k": 5}},
                {"M": {"k": None}},
                None,
                "a",
                5,
                True,
                [],
                ["S", "a"],
            ]
        )

    @staticmethod
    def deep(levels):
        value = {"S": "bottom"}
        for level in range(levels):
            value = {"L": [value]} if level % 2 else {"M": {"k": value}}
        return value
