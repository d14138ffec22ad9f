import assert from "node:assert/strict";
import { test } from "node:test";
import { delayMs } from "./live";

test("the wait between attempts doubles up to its limit, and is spread by a quarter", () => {
  assert.equal(delayMs(0, 0.5), 500);
  assert.equal(delayMs(1, 0.5), 1000);
  assert.equal(delayMs(40, 0.5), 15_000);
  assert.equal(delayMs(0, 0), 375);
  assert.equal(delayMs(0, 1), 625);
});
