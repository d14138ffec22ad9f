"""The figures as Markdown, and the marks they are held against."""

from workloads import WORKLOADS

# (what, the figure's function, the mark, at least or at most)
PARLEY, MEMORY = "Parley (disk, fsync)", "Parley (in memory)"
LOCAL, LOCAL_DISK = "DynamoDB Local (in memory)", "DynamoDB Local (disk)"
DYNALITE, ECHO = "dynalite (in memory)", "bare echo"


class Results:
    """figures[server][workload][connections] = {rate, p50_us, p99_us, cpu_us, failed}"""

    def __init__(self):
        self.figures = {}
        self.starts = {}  # server -> {start_ms, rss_mib}

    def add(self, server, workload, connections, figure):
        self.figures.setdefault(server, {}).setdefault(workload, {})[connections] = figure

    def rate(self, server, workload, connections):
        figure = self.figures.get(server, {}).get(workload, {}).get(connections)
        return figure["rate"] if figure else None


def ratio(results, connections, ours, theirs):
    """rate(ours) / rate(theirs), each a (server, workload); None if one was not measured."""
    left, right = (results.rate(*pair, connections) for pair in (ours, theirs))
    return left / right if left and right else None


def marks(results, connections):
    """[(what, found, wanted, passed)]: the marks of this stage, at the most connections
    measured."""
    rows = []

    def at_least(what, found, wanted):
        if found is not None:
            rows.append((what, f"{found:.2f}", f"at least {wanted}", found >= wanted))

    for workload in ("GetItem", "Query"):
        at_least(
            f"{workload}: requests/s over DynamoDB Local in memory",
            ratio(results, connections, (PARLEY, workload), (LOCAL, workload)),
            8,
        )
    at_least(
        "Query after 64 overwrites over a fresh one",
        ratio(results, connections, (PARLEY, "Query overwritten"), (PARLEY, "Query")),
        0.5,
    )
    for workload in ("PutItem", "UpdateItem"):
        at_least(
            f"{workload} (fsync) over DynamoDB Local in memory",
            ratio(results, connections, (PARLEY, workload), (LOCAL, workload)),
            10,
        )
        at_least(
            f"{workload} (fsync) over DynamoDB Local on disk",
            ratio(results, connections, (PARLEY, workload), (LOCAL_DISK, workload)),
            50,
        )
    at_least(
        "GetItem over the bare echo",
        ratio(results, connections, (PARLEY, "GetItem"), (ECHO, "GetItem")),
        0.45,
    )
    start = results.starts.get(PARLEY)
    if start:
        rows.append(
            (
                "first answer after exec (ms, disk)",
                f"{start['start_ms']:.1f}",
                "at most 50",
                start["start_ms"] <= 50,
            )
        )
        rows.append(
            ("idle memory (MiB)", f"{start['rss_mib']:.1f}", "under 30", start["rss_mib"] < 30)
        )
    return rows


def goals(results, connections):
    """The ratios of the design's goals that this run can tell, without a verdict."""
    rows = []
    for workload in WORKLOADS:
        found = ratio(results, connections, (PARLEY, workload), (LOCAL, workload))
        ours = results.figures.get(PARLEY, {}).get(workload, {}).get(connections)
        theirs = results.figures.get(LOCAL, {}).get(workload, {}).get(connections)
        if found and ours and theirs and ours["cpu_us"]:
            rows.append(
                f"| {workload} | {found:.1f} (goal 15) | "
                f"{theirs['cpu_us'] / ours['cpu_us']:.1f} (goal 15) |"
            )
    return rows


def markdown(results, connection_counts, where):
    lines = [f"Measured {where}.", ""]
    for workload in WORKLOADS:
        servers = [server for server in results.figures if workload in results.figures[server]]
        if not servers:
            continue
        lines += [
            f"### {workload}",
            "",
            "| server | connections | requests/s | p50 ms | p99 ms | server CPU µs/request |",
            "|---|--:|--:|--:|--:|--:|",
        ]
        for server in servers:
            for connections in connection_counts:
                figure = results.figures[server][workload].get(connections)
                if figure:
                    failed = f" ({figure['failed']} failed)" if figure["failed"] else ""
                    lines.append(
                        f"| {server} | {connections} | {figure['rate']:,.0f}{failed} | "
                        f"{figure['p50_us'] / 1000:.2f} | {figure['p99_us'] / 1000:.2f} | "
                        f"{figure['cpu_us']:.1f} |"
                    )
        lines.append("")
    if results.starts:
        lines += [
            "### Start and idle memory",
            "",
            "| server | first answer ms | idle MiB |",
            "|---|--:|--:|",
        ]
        lines += [
            f"| {server} | {start['start_ms']:.1f} | {start['rss_mib']:.1f} |"
            for server, start in results.starts.items()
        ]
        lines.append("")
    top = max(connection_counts)
    rows = marks(results, top)
    if rows:
        lines += [
            f"### Marks, at {top} connections",
            "",
            "| mark | found | wanted | |",
            "|---|--:|--:|---|",
        ]
        lines += [
            f"| {what} | {found} | {wanted} | {'pass' if passed else '**fail**'} |"
            for what, found, wanted, passed in rows
        ]
        lines.append("")
    far = goals(results, top)
    if far:
        lines += [
            f"### Against DynamoDB Local in memory, at {top} connections",
            "",
            "| workload | requests/s, times | CPU a request, times less |",
            "|---|--:|--:|",
            *far,
            "",
        ]
    return "\n".join(lines)
