import assert from "node:assert/strict";
import { test } from "node:test";
import { inPlainWords, Problem, problemOf } from "./problem";

const answer = (status: number, body: string, headers: Record<string, string> = {}) =>
  problemOf(new Response(body, { status, headers }));

test("a problem document is said in our words", async () => {
  const problem = await answer(403, '{"type":"/problems/not-an-owner","title":"x","status":403}');
  assert.equal(problem.type, "not-an-owner");
  assert.equal(inPlainWords(problem), "Only an owner of the group can do that.");
  assert.equal(problem.isPassing, false);
});

test("a type that is not known is said in the server's words, with a full stop", async () => {
  const problem = await answer(422, '{"type":"/problems/new","title":"t","detail":"Too purple"}');
  assert.equal(inPlainWords(problem), "Too purple.");
});

test("an answer that is no problem document is still a problem", async () => {
  assert.equal((await answer(502, "<html>")).isPassing, true);
  assert.equal(inPlainWords(await answer(502, "<html>")), "Something went wrong on the server.");
  assert.equal((await answer(401, "")).type, "unauthenticated");
});

test("too many requests pass, after the time that the server names", async () => {
  const problem = await answer(429, "{}", { "retry-after": "3" });
  assert.equal(problem.retryAfterS, 3);
  assert.equal(problem.isPassing, true);
  assert.equal((await answer(429, "{}", { "retry-after": "soon" })).retryAfterS, 0);
});

test("what is no problem of the server is called the app's", () => {
  assert.equal(inPlainWords(new TypeError("x is not a function")), "Something went wrong in the app.");
  assert.equal(inPlainWords(new Problem("offline", 0, "")), "The server cannot be reached.");
});
