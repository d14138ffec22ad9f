"""The npm packages of the tests: installed once, and again when the lock file has changed.

Of amplify-dynamodb-simulator only the Java program inside it is wanted, so its entry in
package-lock.json has been relieved of its `dependencies` (a whole command line program) by hand;
`npm install` leaves it so. An override by alias ("npm:ms@...") would say the same in package.json,
but Debian 12's npm 9.2 cannot read a lock file beside one.
"""

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
