import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { test } from "node:test";
import { challengeOf } from "./oidc";

test("the challenge of RFC 7636's example (appendix B) is the one it gives", async () => {
  // Node 18 has it, but not yet as a global.
  globalThis.crypto ??= webcrypto as Crypto;
  assert.equal(
    await challengeOf("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
  );
});
