"""The npm packages of the tests: installed once, and again when the lock file has changed."""

import hashlib
import subprocess

from support.processes import NODE_MODULES

STAMP = NODE_MODULES / ".installed-from"


def install():
    """Makes node_modules what package-lock.json says; asks no server when it is so already."""
    wanted = hashlib.sha256((NODE_MODULES.parent / "package-lock.json").read_bytes()).hexdigest()
    if STAMP.is_file() and STAMP.read_text() == wanted:
        return
    print("tests: installing npm packages", flush=True)
    subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"],
        cwd=NODE_MODULES.parent,
        check=True,
    )
    STAMP.write_text(wanted)
