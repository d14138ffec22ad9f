#!/usr/bin/env python3
"""Packs the conversation trigger for AWS Lambda.

    scripts/package_trigger.py PROGRAM ZIP

The archive holds `bootstrap`, a shell script that Lambda starts; the program; and every library it
is linked with, down to the C library and its loader, since those of Lambda's Amazon Linux are older
than Debian's. The same program gives the same archive, byte for byte.
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

BOOTSTRAP = """#!/bin/sh
# Starts the program with the libraries it was built with, and with this system's authorities.
here="${{LAMBDA_TASK_ROOT:-$(dirname "$0")}}"
authorities=/etc/pki/tls/certs/ca-bundle.crt
if [ -z "$SSL_CERT_FILE" ] && [ -r "$authorities" ]; then export SSL_CERT_FILE="$authorities"; fi
exec "$here/lib/{loader}" --library-path "$here/lib" "$here/bin/conversation-trigger"
"""
EPOCH = (1980, 1, 1, 0, 0, 0)  # the oldest that a zip archive can say


def libraries_of(program):
    """The libraries' paths, and the loader's."""
    listing = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    if "not found" in listing:
        sys.exit(f"a library is missing:\n{listing}")
    libraries = re.findall(r"=> (/\S+)", listing)
    loader = re.findall(r"^\s*(/\S*ld-linux\S*)", listing, re.MULTILINE)
    if len(loader) != 1:
        sys.exit(f"which one is the loader?\n{listing}")
    return [pathlib.Path(path) for path in libraries], pathlib.Path(loader[0])


def add(archive, name, content, executable):
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.create_system = 3  # Unix: the mode counts
    entry.external_attr = (0o100755 if executable else 0o100644) << 16
    archive.writestr(entry, content, zipfile.ZIP_DEFLATED, 9)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    program, target = map(pathlib.Path, sys.argv[1:])
    libraries, loader = libraries_of(program)
    with tempfile.TemporaryDirectory() as folder:
        stripped = pathlib.Path(folder) / program.name
        subprocess.run(["strip", "-o", stripped, program], check=True)
        content = stripped.read_bytes()
    with zipfile.ZipFile(target, "w") as archive:
        add(archive, "bootstrap", BOOTSTRAP.format(loader=loader.name), True)
        add(archive, "bin/conversation-trigger", content, True)
        for library in sorted([*libraries, loader], key=lambda path: path.name):
            add(archive, f"lib/{library.name}", library.resolve().read_bytes(), True)
    print(f"{target}: {target.stat().st_size / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
