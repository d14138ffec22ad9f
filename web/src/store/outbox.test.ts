import assert from "node:assert/strict";
import { test } from "node:test";
import * as outbox from "./outbox";
import { message } from "./samples";

const outgoing = (token: string): outbox.Outgoing => ({
  client_token: token,
  conversation_id: "c",
  text: token,
  written_at: "2026-11-22T12:00:00Z",
  status: "waiting",
});
const both = () => outbox.queued(outbox.queued({}, outgoing("one")), outgoing("two"));
const next = (box: outbox.Outbox) => outbox.nextToSend(box, "c")?.client_token;

test("messages go in the order they were written, one at a time", () => {
  let box = both();
  assert.equal(next(box), "one");
  box = outbox.sending(box, "c", "one");
  assert.equal(next(box), undefined);
  box = outbox.delivered(box, message("m", 1, { client_token: "one" }));
  assert.equal(next(box), "two");
});

test("a failed message lets the next one go, and goes when it is retried", () => {
  let box = outbox.failed(both(), "c", "one", "No.");
  assert.equal(next(box), "two");
  box = outbox.waiting(box, "c", "one");
  assert.equal(next(box), "one");
  assert.equal(box.c?.[0]?.problem, undefined);
});

test("a message is delivered by whichever of event and reply comes first, and once", () => {
  const mine = message("m", 1, { client_token: "one" });
  const box = outbox.delivered(both(), mine);
  assert.equal(box.c?.length, 1);
  assert.equal(outbox.delivered(box, mine), box);
});

test("another's message delivers nothing", () => {
  const box = both();
  assert.equal(outbox.delivered(box, message("m", 1)), box);
  const elsewhere = message("m", 1, { client_token: "one", conversation_id: "other" });
  assert.equal(outbox.delivered(box, elsewhere), box);
});

test("an empty conversation leaves the outbox", () => {
  const box = outbox.discarded(outbox.discarded(both(), "c", "one"), "c", "two");
  assert.deepEqual(box, {});
});

test("after a reload what was on its way is sent again, what failed waits for a person", () => {
  let box = outbox.sending(both(), "c", "one");
  box = outbox.failed(box, "c", "two", "No.");
  assert.deepEqual(outbox.revived(box).c?.map(({ status }) => status), ["waiting", "failed"]);
});
