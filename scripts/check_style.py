#!/usr/bin/env python3
"""The rules of CONTRIBUTING.md that a program can check: layout, sizes, words that mean unfinished."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILE_LINES_MAX = 500
COLUMNS_MAX = 100
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|GTEST_SKIP|DISABLED_\w+)\b|\bsleep_for\b|\bsleep_until\b")
# Files that may be longer than FILE_LINES_MAX, and why.
LONG_FILES = {}


def tracked(*patterns):
    listing = subprocess.run(["git", "ls-files", "--", *patterns], cwd=ROOT, check=True,
                             capture_output=True, text=True)
    return [ROOT / name for name in listing.stdout.splitlines()]


def source_problems(path):
    name = str(path.relative_to(ROOT))
    lines = path.read_text().splitlines()
    if len(lines) > FILE_LINES_MAX and name not in LONG_FILES:
        yield f"{name}: {len(lines)} lines, at most {FILE_LINES_MAX}"
    if path.suffix == ".h" and "#pragma once" not in lines:
        yield f"{name}: no #pragma once"
    if lines and not (lines[0].startswith("//") or path.suffix == ".cc"):
        yield f"{name}: no opening comment"
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS_MAX and "http" not in line and "R\"" not in line:
            yield f"{name}:{number}: {len(line)} columns, at most {COLUMNS_MAX}"
        if UNFINISHED.search(line):
            yield f"{name}:{number}: reads as unfinished or fragile: {line.strip()}"


def layout_problems(paths):
    run = subprocess.run(["clang-format-19", "--dry-run", "-Werror", *map(str, paths)],
                         capture_output=True, text=True)
    return [line for line in run.stderr.splitlines() if "error:" in line]


def main():
    sources = tracked("src/*.h", "src/*.cc", "bench/*.cc", "bench/*.h", "fuzz/*.cc")
    problems = [problem for path in sources for problem in source_problems(path)]
    problems += layout_problems(sources)
    print("\n".join(problems) or f"style: {len(sources)} files, nothing to mend")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
