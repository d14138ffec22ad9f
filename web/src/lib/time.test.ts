// scripts/unit.mjs sets the zone to Europe/Paris.
import assert from "node:assert/strict";
import { test } from "node:test";
import { dayHeading, isSameDay, shortTime } from "./time";

const NOON = Date.parse("2026-11-22T11:00:00Z"); // a Sunday, noon in Paris

test("a day is the reader's: midnight in Paris is 23:00 UTC in winter", () => {
  assert.equal(isSameDay("2026-11-21T23:00:00.000000Z", "2026-11-22T22:59:59.999999Z"), true);
  assert.equal(isSameDay("2026-11-21T22:59:59.999999Z", "2026-11-21T23:00:00.000000Z"), false);
});

test("a day's heading is a word for the last two days, else the date", () => {
  assert.equal(dayHeading("2026-11-21T23:00:00.000000Z", NOON), "Today");
  assert.equal(dayHeading("2026-11-21T22:59:59.999999Z", NOON), "Yesterday");
  assert.match(dayHeading("2026-11-16T12:00:00.000000Z", NOON), /Monday/);
  assert.doesNotMatch(dayHeading("2026-11-16T12:00:00.000000Z", NOON), /2026/);
  assert.match(dayHeading("2025-11-16T12:00:00.000000Z", NOON), /2025/);
});

test("yesterday is one day ago across a clock change", () => {
  const now = Date.parse("2026-10-25T22:30:00Z"); // 23:30 in Paris, on a day of 25 hours
  assert.equal(dayHeading("2026-10-24T22:00:00.000000Z", now), "Today");
  assert.equal(dayHeading("2026-10-24T21:59:00.000000Z", now), "Yesterday");
});

test("a list's time is as short as it can be", () => {
  assert.match(shortTime("2026-11-22T10:07:00.000000Z", NOON), /11:07/);
  assert.equal(shortTime("2026-11-21T10:00:00.000000Z", NOON), "Yesterday");
  assert.match(shortTime("2026-11-17T10:00:00.000000Z", NOON), /^Tue/);
  assert.match(shortTime("2026-11-03T10:00:00.000000Z", NOON), /Nov/);
  assert.match(shortTime("2025-11-03T10:00:00.000000Z", NOON), /2025/);
});

test("a time ahead of the reader's clock is today", () => {
  assert.match(shortTime("2026-11-23T10:00:00.000000Z", NOON), /11:00/);
});
