"""What people see after a kill, held against what they were told: histories, lists, unread counts
and live events. Everything may take a moment until rows have moved: `faults()` is asked again."""

from kills.model import UNREAD_MAX

HISTORY_PAGE, LIST_PAGE = 100, 7  # small pages of the list, so that there are several
LAST_MESSAGE = ("text", "created_at", "sender")
LARGE_MEMBERS = 100  # with a guest it is large


class Check:
    """One look at everything through the API at `port`, as `workers` (and `guests`) see it."""

    def __init__(self, model, port, workers, guests):
        self.model = model
        self.port = port
        self.workers = workers
        self.guests = guests  # callers by handle
        self.faults = []
        self.histories = {}  # conversation id: messages, newest first
        self.lists = {}  # handle: its list

    def fault(self, text):
        self.faults.append(text)

    def run(self):
        for caller in [worker.caller for worker in self.workers] + list(self.guests.values()):
            caller.port = self.port
        self._adopt_groups()
        for conversation in list(self.model.conversations.values()):
            self._history(conversation)
        for worker in self.workers:
            self._list(worker.handle, worker.caller)
        for handle, caller in self.guests.items():
            self._list(handle, caller)
        return self.faults

    def _caller_of(self, handle):
        return next(worker.caller for worker in self.workers if worker.handle == handle)

    def _adopt_groups(self):
        """A group whose making was not answered is there for all of its members, or for none."""
        if not self.model.maybe_groups:
            return
        from kills.model import Conversation

        for title, members in list(self.model.maybe_groups.items()):
            ids = set()
            for handle in members:
                items = self._caller_of(handle).pages("/v1/conversations", 100)
                ids.add(next((item["id"] for item in items if item["title"] == title), None))
            if len(ids) > 1:
                self.fault(f"{title} is there for some of its members: {ids}")
            elif ids != {None}:
                self.model.add(Conversation(ids.pop(), "group", members, title))
            if len(ids) <= 1:
                del self.model.maybe_groups[title]

    # --- histories -----------------------------------------------------------------------------

    def _history(self, conversation):
        """Everything answered is there once, as it was left; nothing else is."""
        readers = [handle for handle in conversation.members if self._is_worker(handle)]
        path = f"/v1/conversations/{conversation.id}/messages"
        found = self._caller_of(readers[0]).pages(path, HISTORY_PAGE)
        again = self._caller_of(readers[-1]).pages(path, HISTORY_PAGE)
        if [each["id"] for each in found] != [each["id"] for each in again]:
            self.fault(f"{conversation.id}: two members see two histories")
        times = [each["created_at"] for each in found]
        if times != sorted(set(times), reverse=True):
            self.fault(f"{conversation.id}: out of order, or two messages of one time: {times}")
        self.histories[conversation.id] = found
        there = {each["id"]: each for each in found}
        if len(there) != len(found):
            self.fault(f"{conversation.id}: a message is there twice")
        unknown = dict(there)
        for said in conversation.said:
            if said.id is None:
                continue
            message = unknown.pop(said.id, None)
            if message is None:
                self.fault(f"{conversation.id}: {said.id} at {said.created_at} is lost")
            else:
                self._message(said, message)
        unanswered = {said.text for said in conversation.said if said.id is None}
        for message in unknown.values():
            if message["text"] not in unanswered:
                self.fault(f"{conversation.id}: nobody said this, or it is there twice: {message}")
            unanswered.discard(message["text"])

    def _is_worker(self, handle):
        return any(worker.handle == handle for worker in self.workers)

    def _message(self, said, message):
        deleted = "deleted_at" in message
        if deleted not in said.deleted:
            self.fault(f"deleted is not one of {said.deleted}: {message}")
        if message["text"] not in ({""} if deleted else said.texts):
            self.fault(f"the text is not one of {said.texts}: {message}")
        if message["created_at"] != said.created_at:
            self.fault(f"it was created at {said.created_at}: {message}")
        found = {
            (each["emoji"], user) for each in message["reactions"] for user in each["user_ids"]
        }
        if deleted:
            expected = set()
            if found:
                self.fault(f"a deleted message has reactions: {message}")
        else:
            names = {
                (emoji, self.model.ids[handle]): states
                for (emoji, handle), states in list(said.reactions.items())
            }
            expected = {key for key, states in names.items() if states == {True}}
            allowed = {key for key, states in names.items() if True in states}
            if not expected <= found <= allowed:
                self.fault(f"reactions should be {expected}..{allowed}: {message}")

    # --- lists ---------------------------------------------------------------------------------

    def _list(self, handle, caller):
        items = caller.pages("/v1/conversations", LIST_PAGE)
        self.lists[handle] = items
        found = {item["id"]: item for item in items}
        if len(found) != len(items):
            self.fault(f"{handle}: twice in the list: {[item['id'] for item in items]}")
        places = []
        for conversation in list(self.model.conversations.values()):
            expected = {handle in conversation.members}
            if handle in conversation.guests:
                expected = conversation.guests[handle].inside
            item = found.pop(conversation.id, None)
            if (item is not None) not in expected:
                self.fault(f"{handle}: {conversation.id} in the list: {item}, not {expected}")
            elif item is not None:
                self._item(handle, conversation, item)
                if handle in conversation.members:
                    last = item.get("last_message", {}).get("created_at")
                    places.append((items.index(item), last or item["created_at"]))
        for item in found.values():
            if not self._may_be(handle, item):
                self.fault(f"{handle}: in the list, and nobody made it: {item}")
        times = [time for _, time in sorted(places)]
        if times != sorted(times, reverse=True):
            self.fault(f"{handle}: the list is out of order: {times}")

    def _may_be(self, handle, item):
        other = item.get("other", {}).get("handle")
        return frozenset((handle, other)) in self.model.maybe_pairs

    def _item(self, handle, conversation, item):
        what = f"{handle}: {conversation.id}"
        history = self.histories[conversation.id]
        newest = {name: history[0][name] for name in LAST_MESSAGE} if history else None
        read = item.get("last_read_at", "")
        guest = conversation.guests.get(handle)
        if guest:
            if not guest.read_up_to <= read:
                self.fault(f"{what}: what was said before counts as unread: {guest} {item}")
            if read > guest.added_until:
                self.fault(f"{what}: what was said later counts as read: {guest} {item}")
        else:
            self._read_up_to(what, handle, conversation, read)
        if item.get("last_message") != newest and not (guest and self._before(guest, newest)):
            self.fault(f"{what}: shows {item.get('last_message')}, not {newest}")
        unread = min(
            UNREAD_MAX,
            sum(
                each["created_at"] > read
                and "deleted_at" not in each
                and each["sender"]["id"] != self.model.ids[handle]
                for each in history
            ),
        )
        if item["unread"] != unread:
            self.fault(f"{what}: {item['unread']} unread, not {unread}, since {read}")

    def _read_up_to(self, what, handle, conversation, read):
        """As far as they were told, and what came before their own messages."""
        reading = conversation.reading(handle)
        own = [
            each["created_at"]
            for each in self.histories[conversation.id]
            if each["sender"]["id"] == self.model.ids[handle]
        ]
        least = max([reading.floor, *own[:1]])
        if read < least or (read and read not in {reading.floor, *reading.maybe, *own}):
            history = self.histories[conversation.id]  # a moment older than the list
            if least or not history or read >= history[-1]["created_at"]:
                self.fault(f"{what}: read up to {read}, not {least} or {reading}")

    @staticmethod
    def _before(guest, newest):
        """A newcomer's row may show what was newest when they came."""
        return newest is None or newest["created_at"] <= guest.added_until

    # --- live events ---------------------------------------------------------------------------

    def told(self, listeners):
        """What each listener knows is what holds. To be asked when run() has found no fault."""
        faults = []
        for handle, listener in listeners.items():
            with listener.lock:
                faults += [f"{handle}: {fault}" for fault in listener.faults]
                faults += self._told(handle, listener)
        return faults

    def _told(self, handle, listener):
        for item in self.lists[handle]:
            conversation = self.model.conversations.get(item["id"])
            if conversation is None or handle not in conversation.members:
                continue
            for message in self.histories[conversation.id]:
                known = dict(listener.messages.get(message["id"], {}))
                known.pop("client_token", None)
                actual = dict(message)
                actual.pop("client_token", None)
                if _sorted(known) != _sorted(actual):
                    yield f"{handle} knows {known or None} by events, but it is {message}"
            state = (item["unread"], item.get("last_read_at"), item["muted"])
            known = listener.conversations.get(item["id"])
            # In a group that is or was large, member items do not change with messages.
            if known != state and len(conversation.members) < LARGE_MEMBERS:
                yield f"{handle} knows {known} of {item['id']} by events, but it is {state}"


def _sorted(message):
    reactions = [
        (each["emoji"], sorted(each["user_ids"])) for each in message.get("reactions", [])
    ]
    return {**message, "reactions": sorted(reactions)}
