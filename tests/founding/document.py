"""The founding document's own programs, as byte strings, and the checks that they are its own."""

import pathlib

FOLDER = pathlib.Path(__file__).resolve().parent
FIXTURES = FOLDER / "fixtures"
SEED = FOLDER.parent.parent.parent / "shared" / "seed"  # beside the checkout, where there is one
NAMES = ("schema-load", "list-tables", "drop", "lambda_function.py")  # in the document's order
OPENING, CLOSING = b"```.py\n", b"```"


def blocks(document):
    """The document's program blocks, by name: what stands between the fences, byte for byte."""
    found = [part.partition(CLOSING)[0] for part in document.split(OPENING)[1:]]
    if len(found) != len(NAMES):
        raise ValueError(
            f"expected {len(NAMES)} programs in the founding document, found {len(found)}"
        )
    return dict(zip(NAMES, found))


def fixtures():
    return {name: (FIXTURES / name).read_bytes() for name in NAMES}


def seed_document():
    """The document itself, or None in a checkout that has no shared/ beside it."""
    documents = sorted(SEED.glob("*.txt")) if SEED.is_dir() else []
    return documents[0].read_bytes() if documents else None
