"""The web app: its types, the unit tests of its logic, and its flows in Debian's Chromium.

The app is the one of the sources, served by mock_server.mjs; PARLEY_APP_URL names a real server
instead (started with the built-in issuer). PARLEY_SCREENSHOTS=DIR leaves a picture of each screen.
"""

import os
import pathlib
import re
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
WEB = REPOSITORY / "web"
OUT = REPOSITORY / "build" / "web"
FAILED = re.compile(r"(?ms)^not ok .*?^  \.\.\.$")


def _node(*arguments):
    environment = dict(os.environ, PARLEY_WEB_DIST=str(OUT / "dist"))
    return subprocess.run(
        ["node", *map(str, arguments)],
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _tests(what, *arguments):
    """Runs a program that prints TAP; counts its tests. One that ends badly has failed."""
    done = _node(*arguments)
    counts = [re.findall(rf"(?m)^# {word} (\d+)", done.stdout) for word in ("pass", "fail")]
    passed, failed = (int(found[-1]) if found else 0 for found in counts)
    if done.returncode or passed == 0:
        failed = max(failed, 1)
        print("\n".join(FAILED.findall(done.stdout)) or done.stdout)
    print(f"web: {what}: {passed} passed, {failed} failed", flush=True)
    return passed, failed


def main(words):
    """`words`: only browser tests whose names contain one of them."""
    built = _node(WEB / "scripts" / "build.mjs", OUT)
    if built.returncode:
        print(built.stdout)
        return 0, 1
    patterns = [f"--test-name-pattern={re.escape(word)}" for word in words]
    results = [_tests("browser", "--test-reporter=tap", *patterns, HERE / "all.mjs")]
    if not words:
        types = _node(WEB / "node_modules" / "typescript" / "bin" / "tsc", "--noEmit", "-p", WEB)
        print(types.stdout, end="")
        results.append((0, 1) if types.returncode else (1, 0))
        results.append(_tests("units", WEB / "scripts" / "unit.mjs"))
    return tuple(sum(column) for column in zip(*results))
