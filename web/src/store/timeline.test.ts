import assert from "node:assert/strict";
import { test } from "node:test";
import { message, page } from "./samples";
import {
  changeMessage,
  fromLatest,
  messagesOf,
  newerCursor,
  newestState,
  olderCursor,
  PAGES_MAX,
  reconciled,
  withMessage,
  withNewer,
  withOlder,
  type Timeline,
} from "./timeline";

const ids = (timeline: Timeline) => messagesOf(timeline).map(({ id }) => id).join(" ");
const latest = () =>
  fromLatest([page([message("c", 3), message("d", 4)], { older: "before-c", newer: "after-d" })]);

test("pages are joined oldest first, and their cursors are those of the ends", () => {
  const timeline = withOlder(latest(), page([message("a", 1), message("b", 2)], { newer: "x" }));
  assert.equal(ids(timeline), "a b c d");
  assert.equal(olderCursor(timeline), undefined);
  assert.equal(newerCursor(timeline), undefined);
});

test("a message that two pages have is there once", () => {
  assert.equal(ids(withOlder(latest(), page([message("b", 2), message("c", 3)]))), "b c d");
});

test("a new message goes to the end, once", () => {
  const timeline = withMessage(withMessage(latest(), message("e", 5)), message("e", 5));
  assert.equal(ids(timeline), "c d e");
});

test("the first message of an empty conversation is shown", () => {
  assert.equal(ids(withMessage(fromLatest([page([])]), message("a", 1))), "a");
});

test("a message that lands late stands where its time says", () => {
  const timeline = withOlder(latest(), page([message("a", 1)]));
  assert.equal(ids(withMessage(timeline, message("b", 2))), "a b c d");
});

test("a message older than what is loaded is left to its page", () => {
  assert.equal(ids(withMessage(latest(), message("a", 1))), "c d");
});

test("too many pages drop the newest ones, and their cursor brings them back", () => {
  let timeline = latest();
  for (let index = 0; index < PAGES_MAX; index++) {
    const one = message(`o${index}`, -index);
    timeline = withOlder(timeline, page([one], { older: "more", newer: `after-o${index}` }));
  }
  assert.equal(timeline.pages.length, PAGES_MAX);
  assert.equal(timeline.atLatest, false);
  assert.equal(newerCursor(timeline), "after-o0");
  const back = withNewer(timeline, page([message("c", 3)], { newer: "after-c" }));
  assert.equal(messagesOf(back).at(-1)?.id, "c");
  assert.equal(back.pages.length, PAGES_MAX);
  assert.equal(back.atLatest, false);
  assert.equal(withNewer(back, page([], { newer: "after-c" })).atLatest, true);
});

test("a live message beyond the loaded run is not shown out of place, and is not forgotten", () => {
  const past: Timeline = { ...latest(), atLatest: false };
  const missed = withMessage(past, message("z", 50));
  assert.equal(ids(missed), "c d");
  assert.equal(withNewer(missed, page([], { newer: "x" })).atLatest, false);
});

test("reading again loses neither what came live meanwhile nor what is older", () => {
  const live = withMessage(latest(), message("e", 5));
  const fresh = fromLatest([page([message("c", 3), message("d", 4)])]);
  assert.equal(ids(reconciled(live, fresh)), "c d e");
});

test("an older state never undoes a newer one", () => {
  const edited = message("a", 1, { text: "new", edited_at: "2026-11-22T13:00:00.000000Z" });
  assert.equal(newestState(edited, message("a", 1)).text, "new");
  assert.equal(newestState(message("a", 1), edited).text, "new");
  const deleted = message("a", 1, { text: "", deleted_at: "2026-11-22T13:00:00.000000Z" });
  assert.equal(newestState(deleted, edited).deleted_at, deleted.deleted_at);
});

test("a change touches the one message and keeps the others as they are", () => {
  const before = latest();
  const after = changeMessage(before, "d", (one) => ({ ...one, text: "changed" }));
  assert.equal(messagesOf(after)[1]?.text, "changed");
  assert.equal(messagesOf(after)[0], messagesOf(before)[0]);
  assert.equal(changeMessage(before, "nowhere", (one) => one), before);
});
