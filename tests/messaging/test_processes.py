"""Several processes of the app on one table: what one writes the others show, a live stream goes on
at any of them, and when the one that moves rows dies another does."""

import os
import threading
import time
import unittest
import uuid

from deploy import template
from messaging.app import DEADLINE_S, Person, request, wait_until
from support.processes import DynamoDBLocal, Parley, ParleyApp, RedisServer
from triggers.conversations import ROLE, TABLE, client
from triggers.test_archive import archive

LEASE_S = 1.5
TAKEN_OVER_S = LEASE_S * 4 / 3  # as docs/decisions/0006 promises
SLACK_S = 8  # of a busy machine
SENDERS, MESSAGES_OF_EACH = 4, 25
os.environ.setdefault("AWS_ACCESS_KEY_ID", "test")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "test")


class Case(unittest.TestCase):
    """Three processes for each test."""

    local = False
    redis = False
    options = ("--lease-time", str(LEASE_S))
    count = 3

    def setUp(self):
        self.database = self.running(DynamoDBLocal() if self.local else Parley(in_memory=True))
        options = ["--create-table", "--no-rate-limits", *self.options]
        if self.redis:
            self.cache = self.running(RedisServer())
            options += ["--cache", f"redis://127.0.0.1:{self.cache.port}"]
        self.apps = [
            self.running(ParleyApp(self.database.url, options)) for _ in range(self.count)
        ]
        self.dynamodb = client("dynamodb", self.database.url)
        self.people = [
            Person(self.apps[n % self.count].app_port, f"person{n}") for n in range(SENDERS)
        ]
        self.ids = [person.id for person in self.people]

    def running(self, server):
        self.addCleanup(server.stop)
        return server.start()

    def at(self, app, person):
        """The same person, as a client of that process."""
        moved = Person.__new__(Person)
        moved.__dict__.update(person.__dict__)
        moved.port = self.apps[app].app_port
        return moved

    def leader(self):
        key = {"pk": {"S": "LSE"}, "sk": {"S": "conversation-trigger"}}
        item = self.dynamodb.get_item(TableName=TABLE, Key=key, ConsistentRead=True).get("Item")
        return item and item["holder"]["S"]

    def leading(self):
        """The number of the process that moves rows, or None."""
        for number, app in enumerate(self.apps):
            if b"\nparley_trigger_leading 1\n" in request(app.app_port, "GET", "/metrics").raw:
                return number
        return None

    def find_leader(self):
        """The process that leads, and the two others."""
        found = wait_until(lambda: (number := self.leading()) is not None and [number], "none")[0]
        return found, [number for number in range(self.count) if number != found]

    def group(self):
        owner, *others = self.people
        body = {"kind": "group", "title": "All", "handles": [each.handle for each in others]}
        made = owner.post("/v1/conversations", body)
        self.assertEqual(made.status, 201, made)
        return made.json["id"]

    def say_all(self, people, group):
        """Everybody's messages, each on a thread; retried with their tokens while nobody answers."""

        def say(person, number):
            token = uuid.uuid4().hex
            pause = threading.Event()
            for attempt in range(200):
                try:
                    person.send(group, f"{person.handle} {number}", client_token=token)
                    return
                except OSError:
                    person.port = self.apps[(attempt + 1) % self.count].app_port
                    pause.wait(0.02)
            raise AssertionError("nobody answers")

        def talk(person):
            for number in range(MESSAGES_OF_EACH):
                say(person, number)

        threads = [threading.Thread(target=talk, args=(person,)) for person in people]
        for thread in threads:
            thread.start()
        return threads

    def check_all(self, people, group):
        """Everybody sees every message once, the conversation once, and what others said since unread."""
        expected = sorted(
            f"{person.handle} {number}" for person in people for number in range(MESSAGES_OF_EACH)
        )
        for person in people:
            history = person.history(group, "?limit=100")
            texts = sorted(each["text"] for each in history["items"])
            self.assertEqual(texts, expected)
            newest = history["items"][0]
            own = [each["sender"]["id"] == person.id for each in history["items"]]
            unread = own.index(True)  # who writes has read what came before
            listed = wait_until(
                lambda: (found := person.listed(group))
                and found.get("last_message", {}).get("created_at") == newest["created_at"]
                and found["unread"] == unread
                and found,
                f"{person.handle} has {person.listed(group)}, not {newest} and {unread} unread",
            )
            self.assertEqual(listed["last_message"]["text"], newest["text"])
            self.assertEqual(len(person.conversations()), 1)
            self.assertEqual(self.rows_of(person.id), 1)

    def rows_of(self, user):
        answer = self.dynamodb.query(
            TableName=TABLE,
            KeyConditionExpression="pk = :p",
            ExpressionAttributeValues={":p": {"S": f"GRP#{user}"}},
            ConsistentRead=True,
        )
        return answer["Count"]


class Together:
    """Mixed into a Case."""

    def test_a_message_reaches_the_streams_of_all_processes(self):
        ada, bob = self.people[:2]
        streams = [self.at(n, bob).events() for n in range(self.count)]
        for events in streams:
            self.addCleanup(events.close)
            events.wait_for("ready")
        conversation = ada.open_with(bob)
        for n in range(self.count):
            self.at(n, ada).send(conversation, f"through {n}")
        for events in streams:
            for n in range(self.count):
                events.wait_for("message", lambda data: data["text"] == f"through {n}")
            events.wait_for("conversation", lambda data: data["unread"] == self.count)

    def test_what_one_process_writes_the_others_show(self):
        ada, bob = self.people[:2]
        conversation = self.at(0, ada).open_with(bob)
        message = self.at(0, ada).send(conversation, "frist")
        for n in range(self.count):
            wait_until(
                lambda: (found := self.at(n, bob).listed(conversation)) and found["unread"] == 1,
                f"process {n} does not list the message",
            )
        path = f"/v1/conversations/{conversation}/messages/{message['id']}"
        self.at(1, ada).call("PATCH", path, {"text": "first"})
        self.at(1, bob).post(f"/v1/conversations/{conversation}/read", {"message_id": message["id"]})
        for n in range(self.count):
            wait_until(
                lambda: self.at(n, bob).history(conversation)["items"][0]["text"] == "first"
                and (found := self.at(n, bob).listed(conversation))["unread"] == 0
                and found.get("last_message", {}).get("text") == "first",
                f"process {n} shows what was before",
            )

    def test_who_was_removed_at_one_process_writes_at_none(self):
        owner, guest, friend = self.people[:3]
        group = self.group()
        path = f"/v1/conversations/{group}"
        said = [self.at(n, guest).send(group, f"at {n}") for n in range(self.count)]
        for n in range(self.count):
            self.at(n, guest).history(group)  # every process may have the membership in its cache
        self.assertEqual(owner.call("DELETE", f"{path}/members/{guest.id}").status, 204)
        for n in reversed(range(self.count)):
            at_once = self.at(n, guest)
            message = f"{path}/messages/{said[n]['id']}"
            for answer in (
                at_once.post(f"{path}/messages", {"text": "after"}),
                at_once.call("PATCH", message, {"text": "after"}),
                at_once.call("PUT", f"{message}/reactions/%F0%9F%91%8D"),
                at_once.call("DELETE", message),
                at_once.post(f"{path}/members", {"handle": guest.handle}),
                at_once.post(f"{path}/members", {"handle": friend.handle}),
            ):
                self.assertEqual(answer.status, 403, answer)

    def test_a_stream_goes_on_at_another_process(self):
        ada, bob = self.people[:2]
        conversation = self.at(1, ada).open_with(bob)
        first = self.at(2, bob).events()
        self.addCleanup(first.close)
        first.wait_for("ready")
        ada = self.at(1, ada)
        ada.send(conversation, "one")
        first.wait_for("message", lambda data: data["text"] == "one")
        self.apps[2].kill()
        first.close()
        for text in ("two", "three"):
            ada.send(conversation, text)
        for n in (0, 1):
            events = self.at(n, bob).events(first.last_id)
            self.addCleanup(events.close)
            self.assertTrue(events.wait_for("ready")["resumed"])
            events.wait_for("message", lambda data: data["text"] == "three")
            texts = [data["text"] for data in events.of("message")]
            self.assertEqual([text for text in texts if text != "one"], ["two", "three"])

    def test_when_the_leader_is_killed_under_load_another_takes_over(self):
        group = self.group()
        leader, others = self.find_leader()
        people = [self.at(others[n % 2], person) for n, person in enumerate(self.people)]
        before = self.leader()
        threads = self.say_all(people, group)
        wait_until(lambda: people[0].listed(group).get("last_message"), "no row was moved")
        self.apps[leader].kill()
        killed_at = time.monotonic()
        wait_until(lambda: self.leader() not in (None, before), "nobody took over")
        self.assertLess(time.monotonic() - killed_at, TAKEN_OVER_S + SLACK_S)
        for thread in threads:
            thread.join()
        self.check_all(people, group)

    def test_a_leader_that_is_stopped_gives_way_at_once(self):
        leader, _ = self.find_leader()
        before = self.leader()
        self.assertEqual(self.apps[leader].stop(), 0)
        wait_until(lambda: self.leader() not in (None, before), "nobody took over")


class OnParley(Together, Case):
    pass


class OnParleyAndRedis(Together, Case):
    """Typing and presence pass between processes over Redis."""

    redis = True

    def stream_of(self, person, app):
        events = self.at(app, person).events()
        self.addCleanup(events.close)
        events.wait_for("ready")
        return events

    def shows_online(self, app, asker, conversation, person):
        members = self.at(app, asker).get(f"/v1/conversations/{conversation}/members").json["items"]
        return next(each["online"] for each in members if each["user"]["id"] == person.id)

    def test_who_is_online_and_typing_is_seen_at_other_processes(self):
        ada, bob = self.people[:2]
        conversation = ada.open_with(bob)
        seen = self.stream_of(ada, 0)
        at_bob = self.stream_of(bob, 1)
        seen.wait_for("presence", lambda data: data == {"user_id": bob.id, "online": True})
        for n in range(self.count):
            wait_until(
                lambda: self.shows_online(n, ada, conversation, bob),
                f"process {n} does not show who is online",
            )
        ready = self.stream_of(ada, 2).wait_for("ready")
        self.assertEqual(ready["online"], [bob.id])
        path = f"/v1/conversations/{conversation}/typing"
        self.assertEqual(self.at(2, bob).post(path, {"typing": True}).status, 204)
        typing = {"conversation_id": conversation, "user_id": bob.id, "typing": True}
        seen.wait_for("typing", lambda data: data == typing)
        self.at(1, bob).send(conversation, "done")
        seen.wait_for("typing", lambda data: data == typing | {"typing": False})
        at_bob.close()
        seen.wait_for("presence", lambda data: data == {"user_id": bob.id, "online": False})
        self.assertEqual(len(seen.of("presence")), 2)

    def test_who_was_at_a_killed_process_goes_offline(self):
        ada, bob = self.people[:2]
        ada.open_with(bob)
        seen = self.stream_of(ada, 0)
        self.stream_of(bob, 1)
        seen.wait_for("presence", lambda data: data["online"])
        self.apps[1].kill()
        seen.wait_for("presence", lambda data: data == {"user_id": bob.id, "online": False})

    def test_after_redis_has_been_away_everybody_is_known_again(self):
        ada, bob, cy = self.people[:3]
        for other in (bob, cy):
            ada.open_with(other)
        seen = self.stream_of(ada, 0)
        self.cache.kill()
        self.stream_of(bob, 1)
        self.cache.start()
        seen.wait_for("presence", lambda data: data == {"user_id": bob.id, "online": True})
        self.stream_of(cy, 2)
        seen.wait_for("presence", lambda data: data == {"user_id": cy.id, "online": True})
        self.assertEqual(len(seen.of("presence")), 2)

    def test_the_streams_of_an_account_end_at_all_processes(self):
        ada, bob = self.people[:2]
        streams = [self.at(n, ada).events() for n in range(self.count)]
        for events in streams:
            self.addCleanup(events.close)
            events.wait_for("ready")
        self.assertEqual(self.at(0, ada).call("DELETE", "/v1/me").status, 202)
        for events in streams:
            events.thread.join(DEADLINE_S)
            self.assertFalse(events.thread.is_alive(), "a stream of an erased account goes on")


class OnDynamoDBLocal(Together, Case):
    local = True


class LambdaBeside(Case):
    """The archive of deploy/, run by the database's own Lambda API from the table's stream."""

    count = 2

    def deploy(self):
        resources = template.load()["Resources"]
        of_function = resources["Function"]["Properties"]
        of_mapping = dict(resources["Mapping"]["Properties"])
        for name in ("FunctionName", "EventSourceArn", "DestinationConfig"):
            of_mapping.pop(name)
        functions = client("lambda", self.database.url)
        functions.create_function(
            FunctionName="archive",
            Role=ROLE,
            Code={"ZipFile": archive()},
            **{
                name: of_function[name] for name in ("Runtime", "Handler", "MemorySize", "Timeout")
            },
        )
        stream = self.dynamodb.describe_table(TableName=TABLE)["Table"]["LatestStreamArn"]
        functions.create_event_source_mapping(
            EventSourceArn=stream, FunctionName="archive", **of_mapping
        )

    def test_it_does_the_reader_no_harm(self):
        self.deploy()
        group = self.group()
        for thread in self.say_all(self.people, group):
            thread.join()
        self.check_all(self.people, group)


class LambdaAlone(LambdaBeside):
    options = ("--trigger", "lambda")

    def test_it_does_the_reader_no_harm(self):
        super().test_it_does_the_reader_no_harm()
        self.assertIsNone(self.leader())
