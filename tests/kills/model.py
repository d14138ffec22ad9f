"""What people have said and done, as far as they know: what was answered holds; what was not
answered, because the server was killed, may hold or not."""

import dataclasses
import threading

UNREAD_MAX = 100


@dataclasses.dataclass
class Said:
    """One send, told apart by its token. `texts`, `deleted` and each of `reactions` hold all that
    may be true; what the sender's thread alone changes needs no lock."""

    token: str
    conversation: str
    sender: str
    text: str
    id: str = None  # none: never answered
    created_at: str = None
    texts: set = dataclasses.field(default_factory=set)
    deleted: set = dataclasses.field(default_factory=lambda: {False})
    reactions: dict = dataclasses.field(default_factory=dict)  # (emoji, user): {bool}

    def acknowledge(self, message):
        faults = []
        if self.id not in (None, message["id"]):
            faults.append(f"the token of {self.id} gave {message['id']}")
        self.id, self.created_at = message["id"], message["created_at"]
        self.texts = self.texts or {self.text}
        return faults


@dataclasses.dataclass
class Reading:
    """How far a member has read: up to `floor`, or to one of `maybe`."""

    floor: str = ""
    maybe: set = dataclasses.field(default_factory=set)

    def acknowledge(self, up_to):
        self.floor = max(self.floor, up_to)
        self.maybe = {each for each in self.maybe if each > self.floor}


@dataclasses.dataclass
class Guest:
    """Somebody whom the owner of a group adds and removes. Times are those of the clock that
    messages get theirs from, in the API's form."""

    inside: set = dataclasses.field(default_factory=lambda: {False})
    read_up_to: str = ""  # at least; everything that was answered before they were added
    added_until: str = ""  # what was said later is unread


@dataclasses.dataclass
class Conversation:
    id: str
    kind: str
    members: list  # handles; the first is the owner
    title: str = ""
    newest: str = ""  # time of the newest message that was answered
    guests: dict = dataclasses.field(default_factory=dict)  # handle: Guest
    said: list = dataclasses.field(default_factory=list)
    readings: dict = dataclasses.field(default_factory=dict)  # handle: Reading

    def reading(self, handle):
        return self.readings.setdefault(handle, Reading())


class Model:
    """Shared by all threads. `lock` guards the collections, not what is in them."""

    def __init__(self):
        self.lock = threading.Lock()
        self.conversations = {}  # by id
        self.ids = {}  # handle: user id
        self.maybe_groups = {}  # by title: handles; creations that were not answered
        self.maybe_pairs = set()  # frozensets of handles
        self.faults = []
        self.acknowledged = 0
        self.unanswered = 0

    def fault(self, text):
        with self.lock:
            self.faults.append(text)

    def add(self, conversation):
        with self.lock:
            return self.conversations.setdefault(conversation.id, conversation)

    def of(self, handle):
        """The conversations that the person is a member of for good."""
        with self.lock:
            return [each for each in self.conversations.values() if handle in each.members]

    def say(self, said):
        with self.lock:
            self.conversations[said.conversation].said.append(said)

    def answered(self, said, message):
        faults = said.acknowledge(message)
        with self.lock:
            self.faults += faults
            conversation = self.conversations[said.conversation]
            conversation.newest = max(conversation.newest, said.created_at)
