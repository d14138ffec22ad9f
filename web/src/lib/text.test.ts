import assert from "node:assert/strict";
import { test } from "node:test";
import { colourOf, COLOURS, initials } from "./avatar";
import { routeOf } from "./router";
import { isJumbo, segmentsOf } from "./segments";
import { characterCount, isHandle, nameList, normalHandle, occurrences } from "./text";

test("characters are code points, as the server counts them", () => {
  assert.equal(characterCount("aé🎉"), 3);
  assert.equal(characterCount("👨‍👩‍👧"), 5);
});

test("a handle is taken as people write it", () => {
  assert.equal(normalHandle("  @Ada.L "), "ada.l");
  assert.equal(isHandle("ada_l-1.x"), true);
  for (const wrong of ["", "a b", "é", "x".repeat(31)]) assert.equal(isHandle(wrong), false, wrong);
});

test("occurrences are found in any case, without overlap", () => {
  assert.deepEqual(occurrences("Banana", "AN"), [
    [1, 3],
    [3, 5],
  ]);
  assert.deepEqual(occurrences("aaa", "aa"), [[0, 2]]);
  assert.deepEqual(occurrences("text", ""), []);
});

test("links are cut out of a text without the punctuation after them", () => {
  assert.deepEqual(segmentsOf("See https://a.example/b?c=1. Or not", ""), [
    { text: "See " },
    { text: "https://a.example/b?c=1", href: "https://a.example/b?c=1" },
    { text: ". Or not" },
  ]);
});

test("only http and https become links", () => {
  assert.equal(segmentsOf("javascript:alert(1) data:text/html,x", "").some(({ href }) => href), false);
});

test("what is found is marked in links too, and every character stays", () => {
  const text = "Find https://find.example now, find!";
  const segments = segmentsOf(text, "find");
  assert.equal(segments.map((one) => one.text).join(""), text);
  assert.equal(segments.filter(({ found }) => found).length, 3);
  assert.equal(segments.find(({ found, href }) => found && href)?.href, "https://find.example");
});

test("a few emojis alone are large; digits, words and long rows are not", () => {
  for (const text of ["🎉", "👍🏽 ❤️", "🇫🇷"]) assert.equal(isJumbo(text), true, text);
  for (const text of ["1", "ok 🎉", "🎉".repeat(9), "#", ""]) assert.equal(isJumbo(text), false, text);
});

test("initials are of the first and the last word", () => {
  assert.equal(initials("Ada King Lovelace"), "AL");
  assert.equal(initials("ada"), "A");
  assert.equal(initials("李 小龍"), "李小");
  assert.equal(initials("…"), "?");
});

test("a colour belongs to an id, and all are used", () => {
  assert.equal(colourOf("019a"), colourOf("019a"));
  const used = new Set(Array.from({ length: 200 }, (_, index) => colourOf(`person ${index}`)));
  assert.equal(used.size, COLOURS);
});

test("names are listed as people say them", () => {
  assert.equal(nameList(["A"]), "A");
  assert.equal(nameList(["A", "B"]), "A and B");
  assert.equal(nameList(["A", "B", "C"]), "A, B and C");
  assert.equal(nameList(["A", "B", "C", "D"]), "A, B and 2 others");
});

test("paths are routes", () => {
  assert.deepEqual(routeOf("/c/x%2Fy", "?m=7"), { name: "conversation", id: "x/y", message: "7" });
  assert.deepEqual(routeOf("/settings"), { name: "settings" });
  assert.deepEqual(routeOf("/whatever"), { name: "home" });
});
