"""The server that the black-box tests talk to, and how clients are pointed at it."""

import os
import tempfile
import unittest

from support.processes import Dynalite, DynamoDBLocal, Parley
from support.wire import Caller

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
}


def start_target(**parley_options):
    """Parley in memory. PARLEY_TEST_TARGET=local|dynalite puts another server in its place, to find
    out whether a test that fails is right: these tests state DynamoDB's behaviour, not Parley's."""
    other = os.environ.get("PARLEY_TEST_TARGET", "parley")
    if other == "local":
        return DynamoDBLocal().start()
    if other == "dynalite":
        return Dynalite().start()
    return Parley(**(parley_options or {"in_memory": True})).start()


def client_environment(**more):
    """The environment of a child that uses an AWS client: fixed credentials, no user
    configuration."""
    home = os.path.join(tempfile.gettempdir(), "parley-no-home")
    return {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": home,
        "LANG": "C.UTF-8",
        "AWS_PAGER": "",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        **CREDENTIALS,
        **more,
    }


class ServerCase(unittest.TestCase):
    """A server for the whole class. `self.wire` is a raw caller to it."""

    server_options = {}

    @classmethod
    def setUpClass(cls):
        cls.server = start_target(**cls.server_options)
        cls.addClassCleanup(cls.server.stop)
        cls.wire = Caller(cls.server.port)
        cls.addClassCleanup(cls.wire.close)

    def ok(self, operation, **body):
        """The body of a successful raw call."""
        answer = self.wire.call(operation, body)
        self.assertEqual(answer.status, 200, answer.raw)
        return answer.body

    def refused(self, operation, error, message, **body):
        """Asserts that a raw call is refused with this error and message (a regular expression)."""
        answer = self.wire.call(operation, body)
        self.assertEqual((answer.status, answer.error), (400, error), answer.raw)
        self.assertRegex(answer.message, message)
        return answer
