"""The archive that deploy/ takes to AWS Lambda, run by Parley: the same bootstrap, the same mapping
as in the template."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

from deploy import template
from support.processes import Parley, find_parley
from triggers.conversations import (
    ANN,
    BOB,
    ROLE,
    TABLE,
    client,
    create_table,
    message,
    moment,
    row,
    rows_of,
    wait_until,
)

ROOT = pathlib.Path(__file__).resolve().parents[2]


def archive():
    """The bytes of conversation-trigger.zip, made of the build that is under test."""
    program = pathlib.Path(find_parley()).resolve().parents[1] / "bootstrap/conversation-trigger"
    with tempfile.TemporaryDirectory() as folder:
        target = pathlib.Path(folder) / "conversation-trigger.zip"
        subprocess.run(
            [sys.executable, ROOT / "scripts" / "package_trigger.py", program, target],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return target.read_bytes()


class Archive(unittest.TestCase):

    def test_it_moves_rows_under_the_templates_mapping(self):
        resources = template.load()["Resources"]
        of_function = resources["Function"]["Properties"]
        of_mapping = dict(resources["Mapping"]["Properties"])
        # These name other resources of the stack; here they are what the test has made.
        for name in ("FunctionName", "EventSourceArn", "DestinationConfig"):
            of_mapping.pop(name)
        with Parley(in_memory=True) as server:
            dynamodb = client("dynamodb", server.url)
            functions = client("lambda", server.url)
            stream = create_table(dynamodb)
            functions.create_function(
                FunctionName="archive",
                Role=ROLE,
                Code={"ZipFile": archive()},
                **{
                    name: of_function[name]
                    for name in ("Runtime", "Handler", "MemorySize", "Timeout")
                },
            )
            functions.create_event_source_mapping(
                EventSourceArn=stream, FunctionName="archive", **of_mapping
            )
            dynamodb.put_item(TableName=TABLE, Item=row(ANN, "g", moment(0), BOB))
            dynamodb.put_item(TableName=TABLE, Item=row(BOB, "g", moment(0), ANN))
            dynamodb.put_item(TableName=TABLE, Item=message("g", moment(60), ANN, "hello"))
            moved = [(moment(60), "hello")]
            wait_until(
                lambda: rows_of(dynamodb, ANN) == moved and rows_of(dynamodb, BOB) == moved,
                lambda: f"{rows_of(dynamodb, ANN)} {rows_of(dynamodb, BOB)}",
            )


if __name__ == "__main__":
    unittest.main()
