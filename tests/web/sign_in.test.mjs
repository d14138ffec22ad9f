// Signing in and out.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { afterEach, test } from "node:test";
import {
  at,
  bubble,
  closeWindows,
  direct,
  DIST,
  eventually,
  isMock,
  newPerson,
  say,
  shown,
  signedIn,
  window,
} from "./harness.mjs";
import { startIssuer } from "./mock_issuer.mjs";
import { startMock } from "./mock_server.mjs";

afterEach(closeWindows);

test("who is listed signs in with one press", async () => {
  if (isMock) await newPerson("Listed Person");
  const page = await window();
  await page.goto("/");
  const first = page.locator(".person-button").first();
  const name = await first.locator(".name").textContent();
  await first.click();
  await shown(page.locator(".me", { hasText: name }));
});

test("a new handle makes a new person, who stays signed in over a reload and then signs out", async () => {
  const page = await window();
  await page.goto("/");
  const handle = `new-${randomBytes(5).toString("hex")}`;
  await page.getByLabel("Handle").fill(`@${handle.toUpperCase()}`);
  await page.getByLabel("Name (optional)").fill("Brand New");
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await shown(page.locator(".me", { hasText: `@${handle}` }));
  await page.reload();
  await shown(page.locator(".me", { hasText: "Brand New" }));
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await shown(page.getByRole("heading", { name: "Welcome to Parley" }));
  await page.reload();
  await shown(page.getByRole("heading", { name: "Welcome to Parley" }));
});

test("a handle that cannot be is refused in words", async () => {
  const page = await window();
  await page.goto("/");
  await page.getByLabel("Handle").fill("not a handle!");
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await shown(page.getByText("A handle is 1 to 30 of"));
});

test("a refused token ends the session and says so", async () => {
  const somebody = await newPerson("Past Guest");
  somebody.token.access_token = "forged";
  const page = await signedIn(somebody, "/", {}, /401/);
  await shown(page.getByText("Your session has ended"));
  await shown(page.getByRole("heading", { name: "Welcome to Parley" }));
});

test("a link to a conversation is where one is after signing in", async () => {
  const [one, other] = [await newPerson("Link Giver"), await newPerson("Link Taker")];
  const conversation = await direct(one, other);
  await say(one, conversation, "Found me");
  const page = await window();
  await page.goto(at(conversation));
  await page.getByLabel("Handle").fill(other.handle);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await shown(bubble(page, "Found me"));
});

const ISSUER = "(mock) sign-in at an issuer goes there with PKCE, comes back, and is renewed";
test(ISSUER, { skip: !isMock }, async () => {
  const issuer = await startIssuer("ada");
  const mock = await startMock({
    dist: DIST,
    oidc: {
      settings: { issuer: issuer.url, client_id: "parley-web", scope: "openid profile" },
      userOf: (domain, token) => domain.byHandle.get(issuer.handleOf(token)),
    },
  });
  try {
    mock.domain.addPerson("ada", "Ada Lovelace");
    const page = await window({ baseURL: mock.url }, /ERR_INCOMPLETE_CHUNKED/);
    await page.goto("/settings");
    await page.getByRole("button", { name: "Sign in" }).click();
    await shown(page.locator(".me", { hasText: "Ada Lovelace" }));
    await eventually(async () => new URL(page.url()).pathname, "/settings");
    await eventually(async () => issuer.renewals, 1);
    await page.reload();
    await shown(page.locator(".me", { hasText: "Ada Lovelace" }));

    await page.goto(`${mock.url}/signed-in?code=stolen&state=guessed`);
    // The session that there is stays; a stranger's code does nothing.
    await shown(page.locator(".me", { hasText: "Ada Lovelace" }));
    const stranger = await window({ baseURL: mock.url });
    await stranger.goto("/signed-in?code=stolen&state=guessed");
    await shown(stranger.getByText("This sign-in was not begun in this tab"));
    assert.equal(await stranger.locator(".me").count(), 0);
  } finally {
    mock.close();
    issuer.close();
  }
});
