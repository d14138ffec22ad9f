import assert from "node:assert/strict";
import { test } from "node:test";
import { message } from "../store/samples";
import { withReaction } from "./messages";

test("a reaction is added once, and an emoji nobody uses any more goes", () => {
  const liked = withReaction(message("m", 1), "👍", "me", true);
  assert.deepEqual(liked.reactions, [{ emoji: "👍", user_ids: ["me"] }]);
  assert.deepEqual(withReaction(liked, "👍", "me", true).reactions, liked.reactions);
  const both = withReaction(liked, "👍", "ada", true);
  assert.deepEqual(withReaction(both, "👍", "me", false).reactions, [
    { emoji: "👍", user_ids: ["ada"] },
  ]);
  assert.deepEqual(withReaction(liked, "👍", "me", false).reactions, []);
});
