// What the browser tests stand on: one browser, the app (the mock server's, or the one at
// PARLEY_APP_URL), people of their own in it, and pages that report whatever goes wrong in them.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { startMock } from "./mock_server.mjs";

const HERE = path.dirname(fileURLToPath(import.meta.url));
export const DIST = path.resolve(
  process.env.PARLEY_WEB_DIST ?? path.join(HERE, "..", "..", "build", "web", "dist"),
);
export const SCREENSHOTS = process.env.PARLEY_SCREENSHOTS ?? "";
const PATIENCE_MS = 10_000;
const SEND_ATTEMPTS_MAX = 50;

export const WIDE = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

let browser;
let mock;
export let appUrl = process.env.PARLEY_APP_URL ?? "";
export const isMock = !appUrl;

before(async () => {
  if (isMock) {
    mock = await startMock({ dist: DIST });
    appUrl = mock.url;
  }
  browser = await chromium.launch({
    executablePath: process.env.PARLEY_CHROMIUM ?? "/usr/bin/chromium",
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
});

after(async () => {
  await browser?.close();
  mock?.close();
});

/** A person of the test's own, signed in by the API. `name` is shown; the handle is unique. */
export async function newPerson(name) {
  const handle = `${name.toLowerCase().replace(/[^a-z]/g, "").slice(0, 12)}-${randomBytes(5).toString("hex")}`;
  const token = await call("POST", "/v1/sign-in", { handle, display_name: name });
  const api = (method, route, body) => call(method, route, body, token.access_token);
  const { id } = await api("GET", "/v1/me");
  return { id, handle, name, token, api };
}

/** One request; waits where the server says that it was a lot at once. */
export async function call(method, route, body, token = "") {
  for (let attempt = 0; ; attempt++) {
    const response = await fetch(appUrl + route, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body ? { "content-type": "application/json" } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (response.status === 429 && attempt < SEND_ATTEMPTS_MAX) {
      const wait = Number(response.headers.get("retry-after")) || 1;
      await new Promise((resolve) => setTimeout(resolve, wait * 1000));
      continue;
    }
    if (!response.ok) throw new Error(`${method} ${route}: ${response.status}`);
    return response.status === 204 || response.status === 202 ? null : response.json();
  }
}

export async function direct(one, other) {
  return one.api("POST", "/v1/conversations", { kind: "direct", handle: other.handle });
}

export async function group(owner, title, others) {
  const handles = others.map(({ handle }) => handle);
  return owner.api("POST", "/v1/conversations", { kind: "group", title, handles });
}

export async function say(person, conversation, text, more = {}) {
  return person.api("POST", `/v1/conversations/${conversation.id}/messages`, { text, ...more });
}

const opened = [];

/** A browser window of its own; whatever goes wrong in it fails the test. `options` are of
 *  Playwright's newContext; `allow` is a pattern of console errors that are expected. */
export async function window(options = {}, allow = null) {
  const context = await browser.newContext({
    baseURL: appUrl,
    viewport: WIDE,
    locale: "en-GB",
    timezoneId: "Europe/Paris",
    reducedMotion: "reduce",
    ...options,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !allow?.test(message.text())) problems.push(message.text());
  });
  opened.push({ context, problems });
  return page;
}

/** A window in which `person` is signed in, at `at`; `prepare` is given its page before that. */
export async function signedIn(person, at = "/", { prepare, ...options } = {}, allow = null) {
  const page = await window(options, allow);
  await prepare?.(page);
  const kept = { token: person.token.access_token, until: Date.now() + 30 * 86_400_000 };
  await page.addInitScript((session) => {
    if (!sessionStorage.getItem("parley.tested")) {
      sessionStorage.setItem("parley.tested", "yes");
      sessionStorage.setItem("parley.session", session);
    }
  }, JSON.stringify(kept));
  await page.goto(at);
  return page;
}

/** To be called at each test's end. */
export async function closeWindows() {
  const all = opened.splice(0);
  await Promise.all(all.map(({ context }) => context.close()));
  assert.deepEqual(all.flatMap(({ problems }) => problems), []);
}

// Longer than a presence lasts after the last connection (10 s).
const kWaitMs = 30_000;
export const shown = (locator) => locator.first().waitFor({ state: "visible", timeout: kWaitMs });
export const gone = (locator) => locator.first().waitFor({ state: "hidden", timeout: kWaitMs });

/** Waits until `probe` gives what is wanted; the error says what it gave last. */
export async function eventually(probe, wanted) {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const value = await probe();
    const isRight = typeof wanted === "function" ? wanted(value) : value === wanted;
    if (isRight) return value;
    if (Date.now() > until) {
      if (typeof wanted === "function") assert.fail(`at last: ${JSON.stringify(value)}`);
      assert.deepEqual(value, wanted);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export const at = (conversation) => `/c/${conversation.id}`;
export const composer = (page) => page.locator(".composer textarea");
export const bubble = (page, text) => page.locator("article.message", { hasText: text });

export async function write(page, text) {
  await composer(page).fill(text);
  await composer(page).press("Enter");
}

/** Opens a message's menu and picks an action of it. */
export async function act(page, text, action) {
  const message = bubble(page, text);
  await message.hover();
  await message.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: action }).click();
  if (action === "Delete") await confirmDeletion(page);
}

export async function confirmDeletion(page) {
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
}

export async function screenshot(page, name) {
  if (!SCREENSHOTS) return;
  fs.mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`) });
}
