"""What people do, on every database and cache that there is."""

import os
import shutil
import tempfile

from messaging.app import AppCase
from messaging.cases import Conversations, Live, Original
from support.processes import Server, free_port


class Embedded(Conversations, Live, Original, AppCase):
    place = "embedded"


class EmbeddedUncached(Conversations, Live, Original, AppCase):
    place = "embedded"
    options = ("--no-rate-limits", "--cache", "off")


class RedisServer(Server):
    """Debian's redis-server on a loopback port, keeping nothing."""

    def __init__(self):
        port = free_port()
        self.folder = tempfile.mkdtemp(prefix="parley-redis-")
        words = ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", ""]
        super().__init__([*words, "--dir", self.folder], port)

    def stop(self):
        code = super().stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        return code


class EmbeddedOnRedis(Conversations, Live, AppCase):
    place = "embedded"

    @classmethod
    def setUpClass(cls):
        redis = RedisServer().start()
        cls.addClassCleanup(redis.stop)
        cls.options = ("--no-rate-limits", "--cache", f"redis://127.0.0.1:{redis.port}")
        super().setUpClass()


class OnDynamoDBLocal(Conversations, Live, Original, AppCase):
    place = "DynamoDB Local"


class OnDynamoDBLocalUncached(Conversations, AppCase):
    place = "DynamoDB Local"
    options = ("--no-rate-limits", "--cache", "off")


os.environ.setdefault("AWS_ACCESS_KEY_ID", "test")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "test")
