#!/usr/bin/python3
"""Runs the tests. Each suite ends with a line `NAME: N passed, N failed`, all together with
`N passed, N failed`; the exit code is 0 when nothing failed.

    tests/run.py --build DIR                 every suite: web first, then two at a time
    tests/run.py [--build DIR] SUITE [...]   one suite, with options of its own

The suites: unit, domain, blackbox, founding, triggers, messaging, deploy, web, differential, crash,
kills. From blackbox to web they take words: only tests whose names contain one of them run. domain
and the last three take --help.

The server under test is DIR's (or, without --build, the release build's, else the development
build's); PARLEY_BINARY names another.
"""

import os
import pathlib
import re
import subprocess
import sys
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

TESTS = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(TESTS))
ALONE = ("web",)  # its browsers take what there is
# The longest first. Most of them wait more than they work, for timers and for other servers.
TOGETHER = (
    "domain",
    "messaging",
    "kills",
    "crash",
    "blackbox",
    "differential",
    "unit",
    "triggers",
    "founding",
    "deploy",
)
AT_ONCE = 2
SUITES = ALONE + TOGETHER


def run_unit(build):
    """The GoogleTest programs of a build, through ctest."""
    at_once = str(len(os.sched_getaffinity(0)))
    done = subprocess.run(
        ["ctest", "--test-dir", build, "--verbose", "--parallel", at_once],
        capture_output=True,
        text=True,
    )
    passed = sum(map(int, re.findall(r"\[  PASSED  \] (\d+) test", done.stdout)))
    failed = sum(map(int, re.findall(r"^\d+:\s+(\d+) FAILED TEST", done.stdout, re.MULTILINE)))
    if done.returncode:  # also a program that crashed, and so printed no summary
        failed = max(failed, 1)
        print(re.sub(r"(?m)^\d+: \[(?: RUN|       OK|---).*\n", "", done.stdout), done.stderr)
    if passed == 0:
        failed = max(failed, 1)
        print(f"unit: no tests found in {build}")
    return passed, failed


def run_unittests(suite, words):
    """All `test_*.py` of the suite's folder, or the tests whose names contain one of `words`."""
    loader = unittest.TestLoader()
    if words:
        loader.testNamePatterns = [f"*{word}*" for word in words]
    tests = loader.discover(str(TESTS / suite), "test_*.py", top_level_dir=str(TESTS))
    result = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(tests)
    # One failure a test, however many of its sub-tests failed; a skipped test has not passed.
    failed = len(
        {
            getattr(test, "test_case", test).id()
            for test, _ in result.failures + result.errors + result.skipped
        }
    )
    if result.testsRun == 0:
        return 0, max(failed, 1)
    return max(result.testsRun - failed, 0), failed


def run_suite(suite, arguments, build):
    began = time.monotonic()
    if suite == "unit":
        passed, failed = run_unit(build)
    elif suite == "domain":
        from domain import command

        passed, failed = command.main(arguments, build)
    elif suite == "differential":
        from differential import command

        passed, failed = command.main(arguments)
    elif suite == "web":
        from web import command

        passed, failed = command.main(arguments)
    elif suite == "crash":
        from crash import command

        passed, failed = command.main(arguments)
    elif suite == "kills":
        from kills import command

        passed, failed = command.main(arguments)
    else:
        passed, failed = run_unittests(suite, arguments)
    print(
        f"{suite}: {passed} passed, {failed} failed ({time.monotonic() - began:.0f} s)", flush=True
    )
    return passed, failed


def run_apart(suite, build):
    """The suite in a process of its own; what it printed is printed when it has ended."""
    done = subprocess.run(
        [sys.executable, __file__, "--build", build, suite],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    *lines, summary = done.stdout.rstrip().splitlines() or [""]
    counts = re.fullmatch(r"(\d+) passed, (\d+) failed", summary)
    if counts is None:
        print(f"{done.stdout}\n{suite}: ended with {done.returncode}, without a count", flush=True)
        return 0, 1
    print("\n".join(lines), flush=True)
    passed, failed = map(int, counts.groups())
    return passed, max(failed, int(done.returncode != 0))


def main(arguments):
    build = None
    if arguments[:1] == ["--build"] and len(arguments) > 1:
        build = arguments[1]
        arguments = arguments[2:]
        binary = pathlib.Path(build) / "parley"
        os.environ.setdefault("PARLEY_BINARY", str(binary.resolve()))
    if (not arguments and not build) or (arguments and arguments[0] not in SUITES):
        print(__doc__)
        return 2
    suites = arguments[:1] or SUITES
    if {"unit", "domain"} & set(suites) and not build:
        print("the suites unit and domain need --build DIR")
        return 2
    if suites != ["unit"]:
        from support import npm

        npm.install()
    if arguments:
        results = [run_suite(arguments[0], arguments[1:], build)]
    else:
        results = [run_apart(suite, build) for suite in ALONE]
        with ThreadPoolExecutor(AT_ONCE) as lanes:
            results += lanes.map(lambda suite: run_apart(suite, build), TOGETHER)
    passed, failed = (sum(column) for column in zip(*results))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
