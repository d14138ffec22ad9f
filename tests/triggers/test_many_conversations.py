"""Two hundred messages at once in fifty conversations, under the native trigger; and the same with
the server killed at random moments. In the end each member has one row, and it shows the newest
message."""

import concurrent.futures
import random
import shutil
import tempfile
import threading
import unittest

import botocore.exceptions

from support.processes import Parley, free_port
from triggers.conversations import (
    NATIVE,
    TABLE,
    client,
    create_table,
    member,
    message,
    moment,
    row,
    rows_of,
    wait_until,
)

CONVERSATIONS, MESSAGES = 50, 200
WRITERS = 16
KILLS = 6
ATTEMPTS_MAX = 2000
SEED = 20261122


class Story:
    """What is said, and what must come of it."""

    def __init__(self, seed):
        chance = random.Random(seed)
        self.pairs = {f"g{n}": (f"left{n}", f"right{n}") for n in range(CONVERSATIONS)}
        self.messages = []
        for n in range(MESSAGES):
            group = f"g{n % CONVERSATIONS}"
            sender = chance.choice(self.pairs[group])
            self.messages.append(message(group, moment(n, micros=n), sender, f"message {n}"))
        chance.shuffle(self.messages)

    def rows(self):
        for group, (left, right) in self.pairs.items():
            start = "2026-01-01T09:00:00.000000+00:00"
            yield row(left, group, start, right)
            yield row(right, group, start, left)

    def newest(self, group):
        said = [item for item in self.messages if item["pk"]["S"] == f"MSG#{group}"]
        last = max(said, key=lambda item: item["sk"]["S"])
        return [(last["sk"]["S"], last["message"]["S"])]


class ManyConversations(unittest.TestCase):

    def start(self, **options):
        self.server = Parley(**options).start()
        self.addCleanup(lambda: self.server.stop())
        self.dynamodb = client("dynamodb", self.server.url)

    def prepare(self, story, shards):
        stream = create_table(self.dynamodb, shards)
        for item in story.rows():
            self.dynamodb.put_item(TableName=TABLE, Item=item)
        client("lambda", self.server.url).create_event_source_mapping(
            EventSourceArn=stream, FunctionName=NATIVE, StartingPosition="LATEST"
        )

    def say(self, item):
        """Stores a message, again and again while the server is away."""
        pause = threading.Event()
        for _ in range(ATTEMPTS_MAX):
            try:
                self.dynamodb.put_item(TableName=TABLE, Item=item)
                return
            except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError):
                pause.wait(0.01)
        raise AssertionError("the server did not come back")

    def say_all(self, story, meanwhile=lambda: None):
        with concurrent.futures.ThreadPoolExecutor(WRITERS) as writers:
            said = [writers.submit(self.say, item) for item in story.messages]
            meanwhile()
            for each in said:
                each.result()

    def check(self, story):
        for group, users in story.pairs.items():
            expected = story.newest(group)
            for user in users:
                wait_until(
                    lambda: rows_of(self.dynamodb, user) == expected,
                    lambda: f"{user}: {rows_of(self.dynamodb, user)}, not {expected}",
                )
                pointer = member(self.dynamodb, group, user)
                self.assertEqual(pointer["row_sk"]["S"], expected[0][0])

    def test_every_row_is_right_in_the_end(self):
        for shards in (None, 4):
            with self.subTest(shards=shards):
                self.start(in_memory=True)
                story = Story(SEED)
                self.prepare(story, shards)
                self.say_all(story)
                self.check(story)

    def test_every_row_is_right_although_the_server_is_killed(self):
        data = tempfile.mkdtemp(prefix="parley-test-")
        self.addCleanup(shutil.rmtree, data, ignore_errors=True)
        port = free_port()
        self.start(port=port, data=data)
        story = Story(SEED + 1)
        self.prepare(story, shards=4)
        chance = random.Random(SEED)

        def kill_and_restart():
            pause = threading.Event()
            for _ in range(KILLS):
                pause.wait(chance.uniform(0.01, 0.1))  # the moment is the test's point
                self.server.kill()
                self.server.start()

        self.say_all(story, kill_and_restart)
        self.server.kill()
        self.server.start()
        self.check(story)


if __name__ == "__main__":
    unittest.main()
