import assert from "node:assert/strict";
import { test } from "node:test";
import { ADA, ME, message } from "../store/samples";
import { place } from "./layout";

const shape = (placed: ReturnType<typeof place>) =>
  placed.map(({ day, unread, first, last }) =>
    [day && "day", unread && "unread", first && "first", last && "last"].filter(Boolean).join(" "),
  );

test("messages in one breath stand together; five minutes, or another person, part them", () => {
  assert.deepEqual(
    shape(
      place(
        [message("a", 0), message("b", 5), message("c", 11), message("d", 12, { sender: ME })],
        null,
        ME.id,
      ),
    ),
    ["day first", "last", "first last", "first last"],
  );
});

test("a new day begins with a heading, and parts what is close in time", () => {
  const late = message("a", 0, { created_at: "2026-11-22T22:59:00.000000Z" });
  const early = message("b", 0, { created_at: "2026-11-22T23:00:00.000000Z" });
  assert.deepEqual(shape(place([late, early], null, ME.id)), ["day first last", "day first last"]);
});

test("a message that is placed as before is the same object as before", () => {
  const messages = [message("a", 0), message("b", 1)];
  const [a, b] = place(messages, null, ME.id);
  const again = place([...messages, message("c", 20)], null, ME.id);
  assert.equal(again[0], a);
  assert.equal(again[1], b);
  assert.notEqual(place([...messages, message("c", 2)], null, ME.id)[1], b);
});

test("the first unread message of another is marked, once", () => {
  const messages = [
    message("a", 0),
    message("b", 1, { sender: ME }),
    message("c", 2, { sender: ADA }),
    message("d", 3, { sender: ADA }),
  ];
  assert.deepEqual(
    place(messages, messages[0]!.created_at, ME.id).map(({ unread }) => unread),
    [false, false, true, false],
  );
  assert.equal(place(messages, null, ME.id).some(({ unread }) => unread), false);
});
