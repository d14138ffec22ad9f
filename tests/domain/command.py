"""The messaging domain's unit tests, which the unit suite runs on the embedded database, on AWS's
DynamoDB Local; and those of the follower of a table's stream."""

import argparse
import os
import pathlib
import re
import subprocess

from support.processes import DynamoDBLocal

PROGRAMS = ("messaging/messaging_tests", "client/client_tests")
ENDPOINT = "PARLEY_TEST_DYNAMODB_ENDPOINT"  # with it, the programs have instances for that endpoint


def _run(program, environment, option):
    return subprocess.run([program, option], env=environment, capture_output=True, text=True)


def _instances(program, environment, word):
    """The full names of the tests that are the endpoint's."""
    suite, names = "", []
    for line in _run(program, environment, "--gtest_list_tests").stdout.splitlines():
        name, _, parameter = line.partition("#")
        if not line.startswith(" "):
            suite = name.strip()
        elif "the endpoint" in parameter or environment[ENDPOINT] in parameter:
            names.append(suite + name.strip())
    return [name for name in names if word in name]


def main(arguments, build):
    parser = argparse.ArgumentParser(prog="tests/run.py domain", description=__doc__)
    parser.add_argument("word", nargs="?", default="", help="only tests whose names contain it")
    chosen = parser.parse_args(arguments)
    passed, failed = 0, 0
    with DynamoDBLocal() as database:
        environment = {**os.environ, ENDPOINT: database.url}
        for program in (pathlib.Path(build) / "src" / each for each in PROGRAMS):
            names = _instances(program, environment, chosen.word)
            if not names:
                continue
            done = _run(program, environment, f"--gtest_filter={':'.join(names)}")
            right = re.search(r"\[  PASSED  \] (\d+) test", done.stdout)
            count = int(right[1]) if right else 0
            passed += count
            if done.returncode or count < len(names):
                failed += max(len(names) - count, 1)
                print(re.sub(r"(?m)^\[(?: RUN|       OK|---).*\n", "", done.stdout), done.stderr)
    return passed, failed if passed else max(failed, 1)
