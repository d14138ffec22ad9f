"""Every row of the known differences can fail: samples.py, query_samples.py and repair_samples.py
have a pair it covers and pairs it does not. Runs before the servers are started; needs none."""

from differential import differences, query_samples, repair_samples, repairs, samples


def problems():
    """(how many checks were made, what is wrong with the rows: one text each)"""
    found, checks = [], 0
    rows = [row.name for row in (differences.WORDING, *differences.DIFFERENCES, *repairs.REPAIRS)]
    every = [*samples.SAMPLES, *query_samples.SAMPLES, *repair_samples.SAMPLES]
    for name in rows:
        checks += 1
        if name not in {sample.row for sample in every}:
            found.append(f"row {name} has no sample")
    for sample in every:
        checks += 1
        used = differences.judge(sample.case())
        if used is None or sample.row not in used:
            found.append(f"row {sample.row} does not cover its sample: {used}")
        if not sample.wrong:
            found.append(f"row {sample.row} has nothing that it must not cover")
        for change in sample.wrong:
            checks += 1
            used = differences.judge(sample.case(change))
            if used is not None and sample.row in used:
                found.append(f"row {sample.row} covers a wrong pair: {change}")
    return checks, found
