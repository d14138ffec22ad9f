"""Random expressions of all five kinds, right ones and broken ones.

A `Writer` gathers the #names and :values its expressions mention; now and then it forgets one or
adds one too many, for DynamoDB checks both.
"""

import re

from differential.values import MEMBERS, NAMES, TYPES

COMPARATORS = ["=", "<>", "<", "<=", ">", ">="]
FUNCTIONS = [
    "attribute_exists",
    "attribute_not_exists",
    "attribute_type",
    "begins_with",
    "contains",
    "size",
]
JUNK = [
    "(",
    ")",
    ",",
    "AND",
    "OR",
    "NOT",
    "IN",
    "BETWEEN",
    "=",
    "<>",
    "<",
    "#",
    ":",
    ":v",
    "#x",
    ".",
    "[0]",
    "[-1]",
    "[a]",
    "SET",
    "REMOVE",
    "ADD",
    "DELETE",
    "+",
    "-",
    "5",
    "'a'",
    "\"a\"",
    "a",
    "!",
    "==",
    "!=",
    "&&",
    "size(a)",
    "foo(a)",
    "if_not_exists(a, a)",
    "list_append(a, a)",
    "[",
    "]",
    "$",
    "é",
]
TOKEN = re.compile(r"\s*([#:]?\w+|<=|>=|<>|\S)")


class Writer:
    """Builds expressions over one set of placeholders."""

    def __init__(self, random, values, key_names=()):
        self.random = random
        self.values = values
        self.key_names = list(key_names)
        self.names = {}
        self.bound = {}
        self.taken = set()  # what an update has named: two of its paths may not overlap

    def chance(self, probability):
        return self.random.random() < probability

    # --- operands ------------------------------------------------------------------------------

    def name(self, name):
        """`name` as it may stand in an expression: itself, or through a placeholder."""
        plain = re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII)
        if (plain and name not in ("name", "status", "size") and self.chance(0.7)) or self.chance(
            0.02
        ):
            return name
        for placeholder, known in self.names.items():
            if known == name:
                return placeholder
        placeholder = f"#n{len(self.names)}"
        self.names[placeholder] = name
        return placeholder

    def path(self, depth=0):
        if depth == 0 and self.key_names and self.chance(0.06):
            return self.name(self.random.choice(self.key_names))
        text = self.name(self.random.choice(NAMES))
        while self.chance(0.25):
            if self.chance(0.5):
                text += f"[{self.random.choice([0, 0, 1, 2, 5])}]"
            else:
                text += "." + self.name(self.random.choice(MEMBERS))
        return text

    def target(self):
        """A path an update may change: mostly one that no other action of it names."""
        free = [name for name in NAMES[:8] if name not in self.taken]
        if not free or self.chance(0.1):
            return self.path()
        name = self.random.choice(free)
        self.taken.add(name)
        text = self.name(name)
        if name in ("l", "m") and self.chance(0.5):
            return text + (
                f"[{self.random.choice([0, 0, 1, 7])}]"
                if name == "l"
                else "." + self.name(self.random.choice(MEMBERS))
            )
        if self.chance(0.04):
            text += (
                f"[{self.random.choice([0, 1, 7])}]"
                if self.chance(0.5)
                else "." + self.name(self.random.choice(MEMBERS))
            )
        return text

    def value(self, value=None):
        if value is None:
            if self.bound and self.chance(0.15):
                return self.random.choice(list(self.bound))
            value = self.values.value() if self.chance(0.97) else self.values.bad_value()
        placeholder = f":v{len(self.bound)}"
        self.bound[placeholder] = value
        return placeholder

    def typed_value(self, *kinds):
        return self.value(self.values.of_type(self.random.choice(kinds)))

    # --- conditions ----------------------------------------------------------------------------

    def operand(self):
        roll = self.random.random()
        if roll < 0.5:
            return self.path()
        if roll < 0.9:
            return self.value()
        return f"size({self.path() if self.chance(0.9) else self.value()})"

    def function(self):
        r = self.random
        name = r.choice(FUNCTIONS[:5])
        if name in FUNCTIONS[:2]:
            arguments = [self.path() if self.chance(0.95) else self.value()]
        elif name == "attribute_type":
            kind = r.choice(TYPES) if self.chance(0.9) else r.choice(["X", "string", ""])
            arguments = [
                self.path(),
                self.value({"S": kind}) if self.chance(0.92) else self.operand(),
            ]
        elif name == "begins_with":
            arguments = [
                self.path(),
                self.typed_value("S", "S", "B", "N") if self.chance(0.9) else self.operand(),
            ]
        else:
            arguments = [self.path(), self.operand()]
        if self.chance(0.03):
            arguments = arguments[:-1] if self.chance(0.5) else arguments + [self.operand()]
        return f"{name}({', '.join(arguments)})"

    def comparison(self):
        roll = self.random.random()
        if roll < 0.5:
            return f"{self.operand()} {self.random.choice(COMPARATORS)} {self.operand()}"
        if roll < 0.62:
            if self.chance(0.8):
                kind = self.random.choice(["S", "N", "B"])
                low, high = self.typed_value(kind), self.typed_value(kind)
            else:
                low, high = self.operand(), self.operand()
            return f"{self.operand()} BETWEEN {low} AND {high}"
        if roll < 0.74:
            members = [self.operand() for _ in range(self.random.randint(1, 4))]
            return f"{self.operand()} IN ({', '.join(members)})"
        return self.function()

    def condition(self, depth=0):
        roll = self.random.random()
        if depth >= 3 or roll < 0.55:
            return self.comparison()
        if roll < 0.70:
            return f"{self.condition(depth + 1)} AND {self.condition(depth + 1)}"
        if roll < 0.82:
            return f"{self.condition(depth + 1)} OR {self.condition(depth + 1)}"
        if roll < 0.90:
            return f"NOT {self.condition(depth + 1)}"
        if roll < 0.985:
            word = self.random.choice(["AND", "OR"])
            return f"({self.condition(depth + 1)} {word} {self.comparison()})"
        return f"(({self.condition(depth + 1)}))"

    # --- key conditions ------------------------------------------------------------------------

    def key_condition(self, schema, draw):
        """`schema`: [(name, type)] of the table or index; `draw(name)` gives a likely key value."""
        hash_name = schema[0][0]
        terms = [f"{self.name(hash_name)} = {self.value(draw(hash_name))}"]
        if self.chance(0.03):
            operator = self.random.choice(COMPARATORS)
            terms = [f"{self.name(hash_name)} {operator} {self.value(draw(hash_name))}"]
        if len(schema) > 1 and self.chance(0.65):
            terms.append(self._range_term(schema[1], draw))
        if self.chance(0.04):
            terms.append(self.comparison())
        if self.chance(0.03):
            terms = terms[1:] or [self.comparison()]
        if self.chance(0.3):
            self.random.shuffle(terms)
        if self.chance(0.1):
            terms = [f"({term})" for term in terms]
        joined = (" AND " if self.chance(0.97) else " OR ").join(terms)
        return joined if self.chance(0.98) else f"NOT {joined}"

    def _range_term(self, key, draw):
        name, kind = key
        roll = self.random.random()
        if roll < 0.5:
            operator = self.random.choice(
                COMPARATORS if self.chance(0.1) else ["=", "<", "<=", ">", ">="]
            )
            if self.chance(0.08):
                return f"{self.value(draw(name))} {operator} {self.name(name)}"
            return f"{self.name(name)} {operator} {self.value(draw(name))}"
        if roll < 0.75:
            return (
                f"{self.name(name)} BETWEEN {self.value(draw(name))} AND {self.value(draw(name))}"
            )
        if kind != "N" or self.chance(0.15):
            prefix = draw(name)
            if "S" in prefix and prefix["S"] and self.chance(0.6):
                prefix = {"S": prefix["S"][:1]}
            return f"begins_with({self.name(name)}, {self.value(prefix)})"
        return f"{self.name(name)} = {self.typed_value('S', 'N', 'B')}"

    # --- updates -------------------------------------------------------------------------------

    def _set_operand(self):
        roll = self.random.random()
        if roll < 0.3:
            return self.path()
        if roll < 0.75:
            return self.value()
        if roll < 0.88:
            return (
                f"if_not_exists({self.path()}, {self.path() if self.chance(0.2) else self.value()})"
            )
        return f"list_append({self._list_operand()}, {self._list_operand()})"

    def _list_operand(self):
        roll = self.random.random()
        if roll < 0.5:
            return self.typed_value("L")
        if roll < 0.85:
            return self.random.choice(["l", "l", "l", "a", "m.k"])
        return f"if_not_exists({self.path()}, {self.typed_value('L')})"

    def _set_action(self):
        path = self.target()
        if self.chance(0.3):
            left = self.random.choice(["n", "n", "x1", path])
            if self.chance(0.5):
                left = f"if_not_exists({path}, {self.typed_value('N')})"
            right = self.typed_value("N") if self.chance(0.85) else self._set_operand()
            return f"{path} = {left} {self.random.choice(['+', '-'])} {right}"
        return f"{path} = {self._set_operand()}"

    def _clause(self, keyword):
        count = self.random.choice([1, 1, 1, 2, 3])
        if keyword == "SET":
            actions = [self._set_action() for _ in range(count)]
        elif keyword == "REMOVE":
            actions = [self.target() for _ in range(count)]
        elif keyword == "ADD":
            kinds = ["N", "N", "N", "SS", "NS", "BS"] + (["L"] if self.chance(0.1) else [])
            actions = [f"{self.target()} {self.typed_value(*kinds)}" for _ in range(count)]
        else:
            kinds = ["SS", "NS", "BS"] + (["N"] if self.chance(0.1) else [])
            actions = [f"{self.target()} {self.typed_value(*kinds)}" for _ in range(count)]
        word = keyword if self.chance(0.8) else keyword.lower()
        return f"{word} {', '.join(actions)}"

    def update(self):
        count = self.random.choice([1, 1, 1, 2, 2, 3])
        keywords = self.random.sample(["SET", "REMOVE", "ADD", "DELETE"], count)
        if self.chance(0.02):
            keywords.append(keywords[0])
        return " ".join(self._clause(keyword) for keyword in keywords)

    # --- projections ---------------------------------------------------------------------------

    def projection(self):
        paths = self.target if self.chance(0.8) else self.path
        return ", ".join(paths() for _ in range(self.random.choice([1, 1, 2, 2, 3, 4])))

    # --- damage --------------------------------------------------------------------------------

    def damaged(self, text):
        """`text` with a token dropped, doubled, swapped or added."""
        tokens = TOKEN.findall(text)
        if not tokens:
            return text
        r = self.random
        at = r.randrange(len(tokens))
        kind = r.randrange(5)
        if kind == 0:
            del tokens[at]
        elif kind == 1:
            tokens.insert(at, tokens[at])
        elif kind == 2:
            other = r.randrange(len(tokens))
            tokens[at], tokens[other] = tokens[other], tokens[at]
        elif kind == 3:
            tokens.insert(at, r.choice(JUNK))
        else:
            tokens[at] = r.choice(JUNK)
        return " ".join(tokens)

    def maybe_damaged(self, text, probability=0.06):
        return self.damaged(text) if self.chance(probability) else text

    def fill(self, body):
        """Adds the placeholders that were used to the request `body`."""
        names, bound = dict(self.names), dict(self.bound)
        if self.chance(0.015):
            names["#unused"] = "a"
        if self.chance(0.015):
            bound[":unused"] = {"S": "a"}
        if bound and self.chance(0.015):
            del bound[self.random.choice(list(bound))]
        if names and self.chance(0.015):
            del names[self.random.choice(list(names))]
        if self.chance(0.005):
            names["bad"] = "a"
        if self.chance(0.005):
            bound["bad"] = {"S": "a"}
        if names or self.chance(0.005):
            body["ExpressionAttributeNames"] = names
        if bound or self.chance(0.005):
            body["ExpressionAttributeValues"] = bound
        return body
