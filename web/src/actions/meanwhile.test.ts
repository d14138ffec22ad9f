import assert from "node:assert/strict";
import { test } from "node:test";
import type { Conversation, LiveEvent } from "../api/types";
import { withConversation } from "../store/conversations";
import { reduce } from "../store/events";
import { conversation, message, state } from "../store/samples";
import { getState, update } from "../store/store";
import { noteEvent, readInto } from "./meanwhile";

const unread = (count: number): LiveEvent => ({
  type: "conversation",
  data: { conversation_id: "c", unread: count, muted: false },
});

function hear(event: LiveEvent): void {
  update((known) => reduce(known, event, 0));
  noteEvent(event);
}

/** An answer that comes when it is told to. */
function held<T>(): { ask: () => Promise<T>; come: (answer: T) => void; fail: () => void } {
  let come: (answer: T) => void = () => undefined;
  let fail = (): void => undefined;
  const promise = new Promise<T>((resolve, reject) => {
    come = resolve;
    fail = () => reject(new Error("no answer"));
  });
  return { ask: () => promise, come, fail };
}

test("an answer does not undo what was told while it was on its way", async () => {
  update(() => state());
  hear(unread(7));
  const answer = held<Conversation>();
  const reading = readInto(answer.ask, withConversation);
  hear(unread(1));
  hear({ type: "message", data: message("newest", 9) });
  answer.come(conversation("c", { unread: 0 }));
  await reading;
  const read = getState().list.byId.c;
  assert.equal(read?.unread, 1);
  assert.equal(read?.last_message?.text, "text of newest");
});

test("what was told before or after is not told again", async () => {
  update(() => state());
  hear(unread(7));
  const answer = held<Conversation>();
  const reading = readInto(answer.ask, withConversation);
  answer.come(conversation("c", { unread: 3 }));
  await reading;
  assert.equal(getState().list.byId.c?.unread, 3);
  hear(unread(8));
  const failing = held<Conversation>();
  const failed = readInto(failing.ask, withConversation);
  failing.fail();
  await assert.rejects(failed, /no answer/);
  assert.equal(getState().list.byId.c?.unread, 8);
});

test("nothing is revived that was of the moment", async () => {
  update(() => state());
  const answer = held<Conversation>();
  const reading = readInto(answer.ask, withConversation);
  hear({ type: "typing", data: { conversation_id: "c", user_id: "ada", typing: true } });
  update((known) => ({ ...known, typing: {} }));
  answer.come(conversation("c"));
  await reading;
  assert.deepEqual(getState().typing, {});
});
