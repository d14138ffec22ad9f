"""What people do, on every database and cache that there is."""

import os

from messaging.app import AppCase
from messaging.cases import Conversations, Live, Original
from support.processes import RedisServer


class Embedded(Conversations, Live, Original, AppCase):
    place = "embedded"


class EmbeddedUncached(Conversations, Live, Original, AppCase):
    place = "embedded"
    options = ("--no-rate-limits", "--cache", "off")


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
