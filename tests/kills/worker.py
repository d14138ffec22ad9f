"""Somebody who sends, reads, edits, deletes and reacts until the round is over; one thread."""

import datetime
import threading
import urllib.parse
import uuid

from kills.caller import Caller, NotAnswered
from kills.model import Conversation, Guest, Said

EMOJIS = ("\U0001f44d", "\u2764\ufe0f")
RETRY_PROBABILITY = 0.6  # of a send that was not answered, in the next round; else it stays open
MEMBERS_OF_A_GROUP = (3, 6)


def now():
    """As the API writes times."""
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Worker:
    """`chance` is its own. Everything it does is noted in the model before it is sent."""

    def __init__(self, handle, token, model, chance):
        self.handle = handle
        self.model = model
        self.chance = chance
        self.caller = Caller(token)
        self.open_sends = []  # not answered, to be tried again
        self.own = []  # answered messages of this person
        self.seen = {}  # conversation: the newest time that the list of this process has shown
        self.sent = {}  # conversation: the newest time that this process has answered
        self.handles = []  # of all workers

    # --- the round -----------------------------------------------------------------------------

    def run(self, ports, over):
        """Until `over` is set or the server is gone; where others live on, another is asked."""
        ports = list(ports)
        self.chance.shuffle(ports)
        for port in ports:
            self.caller.port = port
            self.seen, self.sent = {}, {}  # another process may be a moment behind
            try:
                self._retry()
                while not over.is_set():
                    self._step()
                return
            except NotAnswered:
                with self.model.lock:
                    self.model.unanswered += 1
                over.wait(0.01)

    def run_on(self, port, over):
        """The same on one process, which is not killed: what it could not do is passed over."""
        self.caller.port = port
        self.seen, self.sent = {}, {}
        while not over.is_set():
            try:
                self._retry()
                while not over.is_set():
                    self._step()
            except NotAnswered:
                with self.model.lock:
                    self.model.unanswered += 1
                over.wait(0.01)

    def _retry(self):
        while self.open_sends:
            said = self.open_sends[-1]
            if self.chance.random() < RETRY_PROBABILITY:
                self._send(said)
            self.open_sends.pop()

    def _step(self):
        conversations = self.model.of(self.handle)
        conversation = self.chance.choice(conversations)
        steps = (
            (0.42, lambda: self._send_new(conversation)),
            (0.10, lambda: self._read(conversation)),
            (0.12, self._list),
            (0.06, lambda: self._history(conversation)),
            (0.08, self._edit),
            (0.04, self._delete),
            (0.09, lambda: self._react(conversation)),
            (0.03, self._send_again),
            (0.03, self._open_pair),
            (0.01, self._make_group),
            (0.02, lambda: self._change_guests(conversation)),
        )
        roll = self.chance.random() * sum(weight for weight, _ in steps)
        for weight, step in steps:
            roll -= weight
            if roll <= 0:
                break
        step()

    def _call(self, method, path, body=None, statuses=(200,), problems=()):
        """The answer; None if it is one of the refusals that may be."""
        answer = self.caller.call(method, path, body)
        if answer.status in statuses:
            with self.model.lock:
                self.model.acknowledged += 1
            return answer
        if answer.problem not in problems:
            self.model.fault(f"{self.handle}: {method} {path} {body}: {answer}")
        return None

    # --- messages ------------------------------------------------------------------------------

    def _send_new(self, conversation):
        token = uuid.UUID(int=self.chance.getrandbits(128)).hex
        said = Said(token, conversation.id, self.handle, f"{self.handle}: {token}")
        self.model.say(said)
        self.open_sends.append(said)
        self._send(said)
        self.open_sends.remove(said)

    def _send(self, said):
        answer = self._call(
            "POST",
            f"/v1/conversations/{said.conversation}/messages",
            {"text": said.text, "client_token": said.token},
            (200, 201),
        )
        if answer:
            self.model.answered(said, answer.json)
            self.own.append(said)
            before = self.sent.get(said.conversation, "")
            self.sent[said.conversation] = max(before, said.created_at)

    def _send_again(self):
        """A token that has been answered names the same message for ever."""
        if self.own:
            said = self.chance.choice(self.own)
            answer = self._call(
                "POST",
                f"/v1/conversations/{said.conversation}/messages",
                {"text": said.text, "client_token": said.token},
            )
            if answer and answer.json["id"] != said.id:
                self.model.fault(f"the token of {said.id} gave {answer.json['id']}")

    def _path(self, said):
        return f"/v1/conversations/{said.conversation}/messages/{said.id}"

    def _edit(self):
        if not self.own:
            return
        said = self.chance.choice(self.own)
        text = f"{self.handle}: {uuid.UUID(int=self.chance.getrandbits(128)).hex} edited"
        said.texts = said.texts | {text}
        problems = ("message-deleted",) if True in said.deleted else ()
        answer = self._call("PATCH", self._path(said), {"text": text}, problems=problems)
        if answer:
            said.texts, said.deleted = {text}, {False}
        elif problems:
            said.deleted = {True}

    def _delete(self):
        if not self.own:
            return
        said = self.chance.choice(self.own)
        said.deleted = said.deleted | {True}
        if self._call("DELETE", self._path(said)):
            said.deleted = {True}

    def _react(self, conversation):
        with self.model.lock:
            known = [each for each in conversation.said[-20:] if each.id]
        if not known:
            return
        said = self.chance.choice(known)
        emoji = self.chance.choice(EMOJIS)
        key = (emoji, self.handle)
        wanted = self.chance.random() < 0.7
        said.reactions[key] = said.reactions.get(key, {False}) | {wanted}
        path = f"{self._path(said)}/reactions/{urllib.parse.quote(emoji)}"
        method = "PUT" if wanted else "DELETE"
        answer = self._call(method, path, problems=("message-deleted",))
        if answer:
            said.reactions[key] = {wanted}
        elif True not in said.deleted:  # its sender may have deleted it meanwhile
            self.model.fault(f"{self.handle}: {method} {path}: the message is not deleted")

    # --- conversations -------------------------------------------------------------------------

    def _list(self):
        """Each conversation once on a page, and none further back than it was seen before."""
        answer = self._call("GET", "/v1/conversations?limit=100")
        if not answer:
            return
        ids = [item["id"] for item in answer.json["items"]]
        if len(ids) != len(set(ids)):
            self.model.fault(f"{self.handle}: twice in the list: {answer}")
        for item in answer.json["items"]:
            shown = item.get("last_message", {}).get("created_at", "")
            before = self.seen.get(item["id"], "")
            if shown < before:
                self.model.fault(
                    f"{self.handle}: {item['id']} was moved back from {before} to {shown}"
                )
            self.seen[item["id"]] = max(shown, before)

    def _history(self, conversation):
        """What this person was told is stored is there."""
        newest = self.sent.get(conversation.id, "")
        answer = self._call("GET", f"/v1/conversations/{conversation.id}/messages?limit=25")
        if not answer:
            return
        items = answer.json["items"]
        times = [item["created_at"] for item in items]
        if times != sorted(set(times), reverse=True):
            self.model.fault(f"{self.handle}: a history out of order: {times}")
        if newest and (not times or times[0] < newest):
            self.model.fault(f"{self.handle}: a history ends before {newest}: {times[:1]}")

    def _read(self, conversation):
        with self.model.lock:
            known = [each for each in conversation.said[-10:] if each.id]
        if not known:
            return
        said = self.chance.choice(known)
        reading = conversation.reading(self.handle)
        reading.maybe = reading.maybe | {said.created_at}
        answer = self._call(
            "POST", f"/v1/conversations/{conversation.id}/read", {"message_id": said.id}
        )
        if answer:
            if answer.json["last_read_at"] < said.created_at:
                self.model.fault(f"{self.handle}: read up to {said.created_at}, not {answer}")
            reading.acknowledge(said.created_at)

    def _open_pair(self):
        other = self.chance.choice([each for each in self.handles if each != self.handle])
        self.open_pair(other)

    def open_pair(self, other):
        pair = frozenset((self.handle, other))
        with self.model.lock:
            self.model.maybe_pairs.add(pair)
        answer = self._call(
            "POST", "/v1/conversations", {"kind": "direct", "handle": other}, (200, 201)
        )
        if answer:
            self.model.add(Conversation(answer.json["id"], "direct", sorted(pair)))
            with self.model.lock:
                self.model.maybe_pairs.discard(pair)

    def _make_group(self):
        count = min(self.chance.randint(*MEMBERS_OF_A_GROUP), len(self.handles))
        others = self.chance.sample([each for each in self.handles if each != self.handle], count - 1)
        title = f"Group {uuid.UUID(int=self.chance.getrandbits(128)).hex}"
        self.make_group(title, others)

    def make_group(self, title, others):
        members = [self.handle, *others]
        with self.model.lock:
            self.model.maybe_groups[title] = members
        body = {"kind": "group", "title": title, "handles": others}
        answer = self._call("POST", "/v1/conversations", body, (201,))
        if answer:
            made = self.model.add(Conversation(answer.json["id"], "group", members, title))
            with self.model.lock:
                self.model.maybe_groups.pop(title)
            return made
        return None

    def _change_guests(self, conversation):
        """The owner adds or removes a guest."""
        if conversation.members[0] != self.handle or not conversation.guests:
            return
        handle = self.chance.choice(list(conversation.guests))
        guest = conversation.guests[handle]
        members = f"/v1/conversations/{conversation.id}/members"
        if True in guest.inside and self.chance.random() < 0.7:
            guest.inside = {True, False}
            problems = ("no-such-person",)
            path = f"{members}/{self.model.ids[handle]}"
            self._call("DELETE", path, None, (204,), problems)
            guest.inside = {False}
        elif guest.inside == {False}:
            with self.model.lock:
                said_before = conversation.newest
            fresh = Guest({True, False}, said_before, "")
            conversation.guests[handle] = fresh
            try:
                if self._call("POST", members, {"handle": handle}, (201,)):
                    fresh.inside = {True}
            finally:
                fresh.added_until = now()

    def settle_guests(self):
        """After a kill: whether a guest whose adding was not answered is a member is found out by
        adding them again."""
        for conversation in self.model.of(self.handle):
            if conversation.members[0] != self.handle:
                continue
            for handle, guest in conversation.guests.items():
                if len(guest.inside) == 1:
                    continue
                said_before = conversation.newest
                answer = self.caller.call(
                    "POST", f"/v1/conversations/{conversation.id}/members", {"handle": handle}
                )
                if answer.status == 201:
                    guest.read_up_to, guest.added_until = said_before, now()
                elif answer.problem != "already-a-member":
                    self.model.fault(f"{self.handle} adds {handle} again: {answer}")
                guest.inside = {True}

    def close(self):
        self.caller.close()


def run_all(workers, start):
    """One thread a worker; `start(worker)` gives its work."""
    threads = [threading.Thread(target=start, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    return threads
