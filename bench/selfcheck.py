"""Whether the report judges as it says: made-up figures with a verdict each. Runs before any server
is started."""

import load
import report

# (what, Parley's rate, DynamoDB Local's, the echo's or None, Parley's CPU, DynamoDB Local's,
#  the generator's, GetItem's verdict: 8 times are wanted)
CASES = (
    ("eight times the requests", 80, 10, 200, 10, 10, 1, "pass"),
    ("fewer, though the echo could", 79, 10, 200, 10, 800, 9, "**fail**"),
    ("the echo is the ceiling, CPU is met", 60, 10, 79, 10, 80, 1, "pass, by CPU"),
    ("the echo is the ceiling, CPU is missed", 60, 10, 79, 10, 79, 1, "**fail**"),
    ("the generator needs more than the server", 60, 10, 200, 10, 80, 11, "pass, by CPU"),
    ("no echo was measured", 60, 10, None, 10, 80, 1, "**fail**"),
)


def figure(rate, cpu, generator=1.0):
    turn = {"p50_us": 1, "p99_us": 2, "failed": 0, "cpu_us": cpu, "generator_us": generator}
    return load.median_of([{**turn, "rate": each * rate} for each in (0.5, 1.0, 2.0)])


def problems():
    """What is wrong, one text each."""
    found = []
    for what, ours, theirs, echo, cpu, their_cpu, generator, wanted in CASES:
        results = report.Results()
        results.add(report.PARLEY, "GetItem", 64, figure(ours, cpu, generator))
        results.add(report.LOCAL, "GetItem", 64, figure(theirs, their_cpu))
        if echo is not None:
            results.add(report.ECHO, "GetItem", 64, figure(echo, 1))
        mark = report.marks(results, 64)[0]
        if mark.verdict != wanted:
            found.append(f"{what}: judged {mark.verdict}, not {wanted}")
        if wanted not in report.markdown(results, [64], "here"):
            found.append(f"{what}: the report does not say {wanted}")
    if figure(10, 1)["rate"] != 10 or figure(10, 1)["rates"] != [5, 10, 20]:
        found.append("a cell is not the median of its turns")
    return found
