"""The command line of the differential suite; tests/run.py calls it.

Left is the server under test, right the reference. A third one, whose answers are not compared,
decides whose words are DynamoDB's where the two refuse a request differently (dynalite, unless
`--third` says otherwise). By default it starts Parley (in memory) and DynamoDB Local itself;
`--left` and `--right` name ports of servers that run already, or `dynalite`, or `local`.
"""

import argparse
import collections
import pathlib
import time

from differential import differences, selftest
from differential.case import render
from differential.runner import Comparison, Side
from support.processes import REPOSITORY, Dynalite, DynamoDBLocal, Parley

DOCUMENT = REPOSITORY / "docs" / "compatibility.md"
BEGIN = "<!-- differences: written by tests/run.py differential --write-docs -->"
END = "<!-- end of differences -->"
EPISODES = 60
SHOWN_MAX = 25
SHAPES_MAX = 60
SHAPE_MAX = 240


def options(arguments):
    parser = argparse.ArgumentParser(prog="tests/run.py differential", description=__doc__)
    parser.add_argument("--seed", default="parley")
    parser.add_argument("--episodes", type=int, default=EPISODES)
    parser.add_argument("--episode", type=int, help="run this one alone")
    parser.add_argument("--left", default="parley")
    parser.add_argument("--right", default="local")
    parser.add_argument("--third", default="")
    parser.add_argument("--show", type=int, default=SHOWN_MAX, help="differences to print in full")
    parser.add_argument("--seconds", type=float, default=0, help="stop after this long (0: never)")
    parser.add_argument("--known", help="print the shapes of what this row let pass, or `all`")
    parser.add_argument("--write-docs", action="store_true")
    return parser.parse_args(arguments)


def open_side(name):
    """A server by name, started here, or one that runs already by its port."""
    if name.isdigit():
        return Side(int(name))
    make = {"parley": lambda: Parley(in_memory=True), "local": DynamoDBLocal, "dynalite": Dynalite}[
        name
    ]
    server = make().start()
    return Side(server.port, server)


def documented():
    """The section of docs/compatibility.md that belongs to this suite, or None."""
    if not DOCUMENT.is_file():
        return None
    _, begin, rest = DOCUMENT.read_text().partition(BEGIN)
    section, end, _ = rest.partition(END)
    return section.strip() if begin and end else None


def write_docs():
    text = DOCUMENT.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    pathlib.Path(DOCUMENT).write_text(f"{before}{BEGIN}\n{differences.table()}\n{END}{after}")


def summary(mismatches):
    """The shapes of differences, most frequent first."""
    shapes = collections.Counter()
    for m in mismatches:
        left, right = render(m.left), render(m.right)
        third = f"\n{'':11}{render(m.witness)[:SHAPE_MAX]}" if m.witness else ""
        shapes[
            f"{m.step.operation}\n{'':11}{left[:SHAPE_MAX]}\n{'':11}{right[:SHAPE_MAX]}{third}"
        ] += 1
    return "\n".join(f"{count:9}  {shape}" for shape, count in shapes.most_common(SHAPES_MAX))


def main(arguments):
    chosen = options(arguments)
    if chosen.write_docs:
        write_docs()
        return 0, 0
    if not chosen.third and chosen.left == "parley":
        chosen.third = "dynalite"
    checks, wrong_rows = selftest.problems()
    if wrong_rows:
        print("\n".join(wrong_rows))
        return checks - len(wrong_rows), len(wrong_rows)
    left, right = open_side(chosen.left), open_side(chosen.right)
    third = open_side(chosen.third) if chosen.third else None
    try:
        comparison = Comparison(left, right, chosen.seed, third)
        began = time.monotonic()
        episodes = [chosen.episode] if chosen.episode is not None else range(chosen.episodes)
        for number in episodes:
            comparison.episode(number)
            if chosen.seconds and time.monotonic() - began > chosen.seconds:
                break
        took = time.monotonic() - began
    finally:
        for side in (left, right, third):
            if side and side.server:
                side.server.stop()
    print("\n".join(comparison.stuck), end="\n" if comparison.stuck else "")
    for mismatch in comparison.mismatches[: chosen.show]:
        print(mismatch.report())
    if comparison.mismatches:
        print(f"\nunlisted differences by shape (left, right):\n{summary(comparison.mismatches)}")
    for name, found in comparison.explained.items():
        if chosen.known in (name, "all"):
            print(f"\nlet pass as {name}:\n{summary(found)}")
    met = {name: len(found) for name, found in comparison.explained.items()}
    print(
        f"{comparison.requests} requests in {took:.0f} s, "
        f"{sum(comparison.accepted.values())} accepted, "
        f"{sum(comparison.refused.values())} refused; "
        f"known differences met: {met or 'none'}; ended early, the servers no longer holding the "
        f"same data: episodes {', '.join(comparison.cut_short) or 'none'}"
    )
    failed = len(comparison.mismatches) + len(comparison.stuck)
    if chosen.left == "parley" and documented() != differences.table():
        print(
            f"{DOCUMENT} does not list the known differences: "
            "run tests/run.py differential --write-docs"
        )
        failed += 1
    return checks + comparison.requests - len(comparison.mismatches), failed
