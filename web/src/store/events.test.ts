import assert from "node:assert/strict";
import { test } from "node:test";
import type { LiveEvent } from "../api/types";
import { conversationsOf, senderText, unreadText, unreadTotal, withConversation } from "./conversations";
import { expireTyping, reduce, TYPING_MS } from "./events";
import { ADA, conversation, ME, message, page, state } from "./samples";
import type { State } from "./state";
import { fromLatest, messagesOf } from "./timeline";

const NOW = 1_000_000;
const after = (before: State, ...events: LiveEvent[]): State =>
  events.reduce((known, event) => reduce(known, event, NOW), before);
const typing = (on: boolean, user = "ada"): LiveEvent => ({
  type: "typing",
  data: { conversation_id: "c", user_id: user, typing: on },
});

test("a message goes into its loaded history and to the top of the list", () => {
  const before = state({ timelines: { c: fromLatest([page([message("a", 1)])]) } });
  const next = after(before, { type: "message", data: message("b", 2) });
  assert.equal(messagesOf(next.timelines.c).length, 2);
  assert.equal(next.list.byId.c?.last_message?.text, "text of b");
});

test("the list says whose the last message is: you in all, others in groups", () => {
  const text = (kind: "direct" | "group", sender = ADA): string => {
    const before = withConversation(state(), conversation("c", { kind }));
    const next = after(before, { type: "message", data: message("b", 2, { sender }) });
    return senderText(next.list.byId.c!, "me");
  };
  assert.deepEqual(
    [text("direct"), text("group"), text("direct", ME), text("group", ME)],
    ["", "Ada: ", "You: ", "You: "],
  );
  assert.equal(senderText(conversation("c"), "me"), "");
});

test("an older message does not take the list's preview back", () => {
  const next = after(
    state(),
    { type: "message", data: message("b", 2) },
    { type: "message", data: message("a", 1, { reactions: [{ emoji: "👍", user_ids: ["me"] }] }) },
  );
  assert.equal(next.list.byId.c?.last_message?.text, "text of b");
});

test("an edit or deletion of the last message changes the preview", () => {
  const next = after(
    state(),
    { type: "message", data: message("b", 2) },
    { type: "message", data: message("b", 2, { text: "", deleted_at: "2026-11-22T13:00:00Z" }) },
  );
  assert.equal(next.list.byId.c?.last_message?.text, "");
});

test("one's own message delivers what was on its way", () => {
  const before = state({
    outbox: {
      c: [
        {
          client_token: "t",
          conversation_id: "c",
          text: "x",
          written_at: "",
          status: "sending",
        },
      ],
    },
  });
  const data = message("m", 1, { sender: ME, client_token: "t" });
  assert.deepEqual(after(before, { type: "message", data }).outbox, {});
});

test("typing shows until it ends, by its event, by the message, or by time", () => {
  const on = after(state(), typing(true));
  assert.deepEqual(on.typing, { c: { ada: NOW + TYPING_MS } });
  assert.deepEqual(after(on, typing(false)).typing, {});
  assert.deepEqual(after(on, { type: "message", data: message("m", 1) }).typing, {});
  assert.equal(expireTyping(on, NOW + TYPING_MS - 1), on);
  assert.deepEqual(expireTyping(on, NOW + TYPING_MS).typing, {});
});

test("one who stops typing leaves the others typing; oneself never is", () => {
  const two = after(state(), typing(true), typing(true, "bob"), typing(true, "me"));
  assert.deepEqual(Object.keys(after(two, typing(false)).typing.c ?? {}), ["bob"]);
});

test("ready says who is online; presence goes on from there", () => {
  const ready = after(state({ online: { gone: true } }), {
    type: "ready",
    data: { resumed: true, online: ["ada"] },
  });
  assert.deepEqual(ready.online, { ada: true });
  const left = after(ready, { type: "presence", data: { user_id: "ada", online: false } });
  assert.deepEqual(left.online, {});
});

test("reading never goes back", () => {
  const member = { user: ADA, role: "member" as const, joined_at: "", online: true };
  const before = state({ members: { c: { status: "ready", items: [member] } } });
  const read = (last_read_at: string): LiveEvent => ({
    type: "read",
    data: { conversation_id: "c", user_id: "ada", last_read_at },
  });
  const next = after(before, read("2026-02"), read("2026-01"));
  assert.equal(next.members.c?.items[0]?.last_read_at, "2026-02");
});

test("my own membership's count and mute come from its event", () => {
  const next = after(state(), {
    type: "conversation",
    data: { conversation_id: "c", unread: 7, muted: true },
  });
  assert.equal(next.list.byId.c?.unread, 7);
  assert.equal(unreadTotal(next.list), 0);
});

const ADA_IN = { user: ADA, role: "member" as const, joined_at: "", online: true };

test("when I leave, the conversation goes; when another leaves, they are no member", () => {
  const left = (user_id: string): LiveEvent => ({
    type: "left",
    data: { conversation_id: "c", user_id },
  });
  const before = state({ members: { c: { status: "ready", items: [ADA_IN] } } });
  assert.equal(after(before, left("me")).list.byId.c, undefined);
  assert.deepEqual(after(before, left("ada"), left("ada")).members.c?.items, []);
});

test("who joins is a member once, however often it is told", () => {
  const bob = { id: "bob", handle: "bob", display_name: "Bob" };
  const joined: LiveEvent = {
    type: "joined",
    data: {
      conversation_id: "c",
      user: bob,
      role: "member",
      joined_at: "2026-01",
      invited_by: "ada",
    },
  };
  const before = state({
    members: { c: { status: "ready", items: [ADA_IN] } },
    online: { bob: true },
  });
  const items = after(before, joined, joined).members.c?.items;
  assert.deepEqual(items?.map(({ user }) => user.id), ["ada", "bob"]);
  assert.equal(items?.[1]?.online, true);
  assert.equal(after(state(), joined).members.c, undefined);
});

test("a member's new name and role show; in a conversation of two its title too", () => {
  const lovelace = { ...ADA, handle: "lovelace", display_name: "Lovelace" };
  const next = after(state({ members: { c: { status: "ready", items: [ADA_IN] } } }), {
    type: "member",
    data: { conversation_id: "c", user: lovelace, role: "owner" },
  });
  assert.deepEqual(next.members.c?.items, [{ ...ADA_IN, user: lovelace, role: "owner" }]);
  assert.equal(next.list.byId.c?.title, "Lovelace");
  assert.deepEqual(next.list.byId.c?.other, lovelace);
});

test("my own new name shows, as mine and among members", () => {
  const renamed = { ...ME, display_name: "Moi" };
  const mine = { ...ADA_IN, user: ME };
  const before = state({ members: { c: { status: "ready", items: [ADA_IN, mine] } } });
  const next = after(before, { type: "profile", data: { user: renamed } });
  assert.deepEqual(next.me, renamed);
  assert.deepEqual(next.members.c?.items, [ADA_IN, { ...mine, user: renamed }]);
  assert.deepEqual(after(before, { type: "profile", data: { user: ADA } }), before);
});

test("my own role comes with my membership", () => {
  const next = after(state(), {
    type: "conversation",
    data: { conversation_id: "c", unread: 0, muted: false, role: "owner" },
  });
  assert.equal(next.list.byId.c?.role, "owner");
});

test("a group's new title and number of members show", () => {
  const next = after(state(), {
    type: "group",
    data: { conversation_id: "c", title: "New", member_count: 7 },
  });
  assert.equal(next.list.byId.c?.title, "New");
  assert.equal(next.list.byId.c?.member_count, 7);
});

test("the list is newest first, by message or else by beginning", () => {
  let next = withConversation(
    state(),
    conversation("d", { created_at: "2026-11-23T00:00:00.000000Z" }),
  );
  assert.deepEqual(conversationsOf(next.list).map(({ id }) => id), ["d", "c"]);
  next = after(next, {
    type: "message",
    data: message("m", 1, { created_at: "2026-11-24T00:00:00.000000Z" }),
  });
  assert.deepEqual(conversationsOf(next.list).map(({ id }) => id), ["c", "d"]);
});

test("a reply that crossed with a newer message does not take the list back", () => {
  const live = after(state(), { type: "message", data: message("m", 9) });
  const stale = conversation("c", {
    last_message: { text: "older", created_at: "2026-11-22T00:00:00.000000Z" },
  });
  assert.equal(withConversation(live, stale).list.byId.c?.last_message?.text, "text of m");
});

test("a hundred unread means more than ninety-nine", () => {
  assert.equal(unreadText(99), "99");
  assert.equal(unreadText(100), "99+");
});
