import assert from "node:assert/strict";
import { test } from "node:test";
import type { LiveEvent } from "../api/types";
import { conversation, message, state } from "../store/samples";
import { getState, update } from "../store/store";
import { loadConversation } from "./conversations";

const REFUSED = { status: 403, body: { type: "/problems/not-a-member" } };

/** The server's answers, one request after the other, each when it is let go. */
function answers(...all: { status: number; body: unknown }[]): { asked: () => number; go: () => void } {
  const waiting: (() => void)[] = [];
  let asked = 0;
  globalThis.fetch = () => {
    const { status, body } = all[asked++] ?? { status: 500, body: {} };
    return new Promise((resolve) => {
      waiting.push(() => resolve(new Response(JSON.stringify(body), { status })));
    });
  };
  return { asked: () => asked, go: () => waiting.shift()?.() };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("a conversation that comes with a message shows it, though the answer does not know it yet", async () => {
  update(() => ({ ...state(), list: { ...state().list, byId: {} } }));
  const told: LiveEvent = { type: "message", data: message("new", 9) };
  const server = answers({ status: 200, body: conversation("c") });
  const loading = loadConversation("c", told);
  server.go();
  await loading;
  assert.equal(getState().list.byId.c?.last_message?.text, "text of new");
});

test("who is refused asks again if there was more news meanwhile", async () => {
  update(() => ({ ...state(), list: { ...state().list, byId: {} } }));
  const server = answers(REFUSED, { status: 200, body: conversation("c") });
  const loading = loadConversation("c");
  const another = loadConversation("c", { type: "message", data: message("second", 9) });
  assert.equal(server.asked(), 1);
  server.go();
  await settled();
  assert.equal(server.asked(), 2);
  server.go();
  assert.equal((await loading)?.id, "c");
  assert.equal((await another)?.id, "c");
  assert.equal(getState().list.byId.c?.last_message?.text, "text of second");
});

test("who is refused without more news has lost it", async () => {
  update(() => state());
  const server = answers(REFUSED);
  const loading = loadConversation("c");
  server.go();
  assert.equal(await loading, null);
  assert.equal(getState().list.byId.c, undefined);
  assert.equal(server.asked(), 1);
});
