#!/usr/bin/python3
"""Runs one suite of the tests that need a whole server, and prints `N passed, N failed`.

    tests/run.py blackbox|founding|differential|crash [options of the suite]
    tests/run.py all

The exit code is 0 when nothing failed. The server is the release build if there is one, else the
development build; PARLEY_BINARY names another. `npm ci` in tests/ and Debian's python3-boto3, awscli,
nodejs and a Java runtime must be installed; `make test` sees to that.
"""

import pathlib
import sys
import time
import unittest

TESTS = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(TESTS))
SUITES = ("blackbox", "founding", "differential", "crash")


def run_unittests(suite, arguments):
    """All `test_*.py` of the suite's folder, or those whose names contain one of `arguments`."""
    loader = unittest.TestLoader()
    if arguments:
        loader.testNamePatterns = [f"*{word}*" for word in arguments]
    tests = loader.discover(str(TESTS / suite), "test_*.py", top_level_dir=str(TESTS))
    result = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(tests)
    # One failure a test, however many of its sub-tests failed; a skipped test has not passed.
    failed = len({getattr(test, "test_case", test).id() for test, _ in
                  result.failures + result.errors + result.skipped})
    return result.testsRun - failed, failed


def run_suite(suite, arguments):
    began = time.monotonic()
    if suite == "differential":
        from differential import command
        passed, failed = command.main(arguments)
    elif suite == "crash":
        from crash import command
        passed, failed = command.main(arguments)
    else:
        passed, failed = run_unittests(suite, arguments)
    print(f"{suite}: {passed} passed, {failed} failed ({time.monotonic() - began:.0f} s)", flush=True)
    return failed


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in (*SUITES, "all"):
        print(__doc__)
        return 2
    suites = SUITES if sys.argv[1] == "all" else (sys.argv[1],)
    return 1 if sum(run_suite(suite, sys.argv[2:]) for suite in suites) else 0


if __name__ == "__main__":
    sys.exit(main())
