"""The web app: its types, the unit tests of its logic, and its flows in Debian's Chromium.

The flows run against the server under test, with the app that is inside it. What only
mock_server.mjs can play (a slow history, an OIDC issuer) runs against that one, with the app of the
sources. PARLEY_APP_URL names another server (with the built-in issuer), or "mock" for all of it on
the mock. PARLEY_SCREENSHOTS=DIR leaves a picture of each screen.
"""

import os
import pathlib
import re
import subprocess

from support.processes import Parley, free_port

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
WEB = REPOSITORY / "web"
OUT = REPOSITORY / "build" / "web"
ON_THE_MOCK = r"^\(mock\) "  # names of the tests that nothing else can play
FAILED = re.compile(r"(?ms)^not ok .*?^  \.\.\.$")


def _node(*arguments, app_url=""):
    environment = dict(os.environ, PARLEY_WEB_DIST=str(OUT / "dist"), PARLEY_APP_URL=app_url)
    return subprocess.run(
        ["node", *map(str, arguments)],
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _tests(what, *arguments, app_url=""):
    """Runs a program that prints TAP; counts its tests. One that ends badly has failed."""
    done = _node(*arguments, app_url=app_url)
    counts = [re.findall(rf"(?m)^# {word} (\d+)", done.stdout) for word in ("pass", "fail")]
    passed, failed = (int(found[-1]) if found else 0 for found in counts)
    if done.returncode or passed == 0:
        failed = max(failed, 1)
        print("\n".join(FAILED.findall(done.stdout)) or done.stdout)
    print(f"web: {what}: {passed} passed, {failed} failed", flush=True)
    return passed, failed


def _browser_tests(words):
    patterns = [f"--test-name-pattern={re.escape(word)}" for word in words]
    run = ["--test-reporter=tap", *patterns, HERE / "all.mjs"]
    named = os.environ.get("PARLEY_APP_URL")
    if named:
        app_url = "" if named == "mock" else named
        return [_tests("browser", *run, app_url=app_url)]
    with Parley(in_memory=True, app_port=free_port(), options=("--demo",)) as server:
        results = [_tests("browser", *run, app_url=server.app_url)]
    if not words:
        alone = [f"--test-name-pattern={ON_THE_MOCK}", "--test-reporter=tap", HERE / "all.mjs"]
        results.append(_tests("browser, on the mock", *alone))
    return results


def main(words):
    """`words`: only browser tests whose names contain one of them."""
    built = _node(WEB / "scripts" / "build.mjs", OUT)
    if built.returncode:
        print(built.stdout)
        return 0, 1
    results = _browser_tests(words)
    if not words:
        types = _node(WEB / "node_modules" / "typescript" / "bin" / "tsc", "--noEmit", "-p", WEB)
        print(types.stdout, end="")
        results.append((0, 1) if types.returncode else (1, 0))
        results.append(_tests("units", WEB / "scripts" / "unit.mjs"))
    return tuple(sum(column) for column in zip(*results))
