"""The table's own items after a kill (docs/formats/messaging.md): every conversation row is where
its member item says, shows what it should, and there is no other."""

from kills.model import UNREAD_MAX

TABLE = "cruddur-messages"
INDEX = "message-group-sk-index"


def scan(call, index=None):
    items, body = [], {"TableName": TABLE, **({"IndexName": index} if index else {})}
    if not index:
        body["ConsistentRead"] = True
    while True:
        page = call("Scan", body)
        items += [{name: _plain(value) for name, value in item.items()} for item in page["Items"]]
        if "LastEvaluatedKey" not in page:
            return items
        body["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _plain(value):
    (kind, content), = value.items()
    return int(content) if kind == "N" else content


class Table:
    """The items by what they are."""

    def __init__(self, items):
        self.messages, self.rows, self.members, self.metas = {}, {}, {}, {}
        self.pins, self.claims = set(), {}
        for item in items:
            kind, _, owner = item["pk"].partition("#")
            if kind == "MSG":
                self.messages.setdefault(owner, {})[item["sk"]] = item
            elif kind == "GRP":
                self.rows[owner, item["sk"]] = item
            elif kind == "CNV" and item["sk"] == "META":
                self.metas[owner] = item
            elif kind == "CNV":
                self.members[owner, item["sk"].removeprefix("MBR#")] = item
            elif kind == "PIN":
                self.pins.add((owner, item["sk"]))
            elif kind == "IDM":
                self.claims[owner.rpartition("#")[2]] = item["message_uuid"]

    def faults(self, model, index):
        yield from self._members()
        yield from self._metas()
        yield from self._rows()
        yield from self._claims(model)
        in_index = sorted((item["pk"], item["sk"]) for item in index)
        in_table = sorted((f"GRP#{owner}", sk) for owner, sk in self.rows)
        if in_index != in_table:
            yield f"the index has {set(in_index) ^ set(in_table)} otherwise than the table"

    def _newest(self, conversation):
        said = self.messages.get(conversation)
        return said[max(said)] if said else None

    def _members(self):
        for (conversation, user), member in self.members.items():
            what = f"member {user} of {conversation}: {member}"
            meta = self.metas.get(conversation)
            if meta is None:
                yield f"{what}: without META"
                continue
            if meta.get("making"):
                continue
            if member.get("pinned"):
                if (user, conversation) not in self.pins:
                    yield f"{what}: no pinned item"
                continue
            if meta["member_count"] > 100:
                yield f"{what}: not pinned, in a large group"
                continue
            row = self.rows.get((user, member.get("row_sk")))
            if row is None or row["message_group_uuid"] != conversation:
                yield f"{what}: its row is {row}"
                continue
            yield from self._row_of(what, member, row, conversation, user)

    def _row_of(self, what, member, row, conversation, user):
        newest = self._newest(conversation)
        shown = member.get("message_sk", "")
        if newest and newest["sk"] > member["joined_at"] and shown != newest["sk"]:
            yield f"{what}: {newest} is newer"
        said = self.messages.get(conversation, {})
        if shown and row["message"] != said[shown]["message"]:
            yield f"{what}: its row {row} does not show {said[shown]}"
        if shown and member["row_sk"] < shown:
            yield f"{what}: its row is before its message"
        read = member.get("last_read_sk", "")
        unread = sum(
            read < sk <= shown and message["user_uuid"] != user and "deleted_at" not in message
            for sk, message in said.items()
        )
        if min(member.get("unread", 0), UNREAD_MAX) != min(unread, UNREAD_MAX):
            yield f"{what}: {unread} are unread"

    def _metas(self):
        for conversation, meta in self.metas.items():
            if meta.get("making"):
                continue
            count = sum(each == conversation for each, _ in self.members)
            if count != meta["member_count"]:
                yield f"{meta}: it has {count} members"
            newest = self._newest(conversation)
            if newest and (meta.get("last_message_at"), meta.get("preview")) != (
                newest["sk"],
                newest["message"],
            ):
                yield f"{meta}: {newest} is newer"

    def _rows(self):
        for (user, sk), row in self.rows.items():
            conversation = row["message_group_uuid"]
            member = self.members.get((conversation, user))
            if self.metas.get(conversation, {}).get("making"):
                continue
            if member is None or (member.get("row_sk") != sk and not member.get("pinned")):
                yield f"left over: {row}; the member item is {member}"

    def _claims(self, model):
        ids = {item["message_uuid"] for said in self.messages.values() for item in said.values()}
        for conversation in model.conversations.values():
            for said in conversation.said:
                if said.id and self.claims.get(said.token) != said.id:
                    yield f"the claim of {said.id} is {self.claims.get(said.token)}"
                if said.id and said.id not in ids:
                    yield f"{said.id} is not in the table"
