#!/usr/bin/env python3
"""Checks that every #include "folder/…" under src/ points downwards, as layers.txt says."""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"/]+)/')


def read_layers(path):
    layers = {}
    for line in path.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            folder, _, below = line.partition(":")
            layers[folder.strip()] = set(below.split())
    return layers


def violations(source_root, layers):
    for path in sorted(source_root.rglob("*")):
        if path.suffix not in (".h", ".cc"):
            continue
        folder = path.relative_to(source_root).parts[0]
        if folder not in layers:
            yield f"{path}: folder {folder} has no line in layers.txt"
            continue
        allowed = layers[folder] | {folder}
        if path.name.endswith("_test.cc") or path.name.startswith("test_"):
            allowed |= {"codec"}
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            if match and match.group(1) not in allowed:
                yield f"{path}:{number}: {folder} may not include {match.group(1)}"


def cycles(layers):
    """The list itself must point one way: no folder reaches itself."""
    for start in layers:
        reached, frontier = set(), set(layers[start])
        while frontier:
            reached |= frontier
            frontier = set().union(*(layers.get(f, set()) for f in frontier)) - reached
        if start in reached:
            yield f"layers.txt: {start} reaches itself"


def main():
    here = pathlib.Path(__file__).resolve().parent
    layers = read_layers(here / "layers.txt")
    found = [*cycles(layers), *violations(here.parent.parent / "src", layers)]
    print("\n".join(found) or f"layers: {len(layers)} folders, every include points downwards")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
