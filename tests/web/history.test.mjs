// Long histories: loading at both ends, days, leaping back to what is quoted.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import {
  at,
  bubble,
  closeWindows,
  direct,
  eventually,
  group,
  isMock,
  newPerson,
  say,
  shown,
  signedIn,
} from "./harness.mjs";

const MANY = 130;
const VERY_MANY = 640; // more than the app keeps loaded (store/timeline.ts)
const CHRONICLERS = 6; // so that none of them writes more than a server allows at once
const DAY_MS = 86_400_000;

let long;
/** One long conversation for all tests here; its last message replies to its first. */
async function longConversation() {
  if (long) return long;
  const me = await newPerson("Historian");
  const others = await Promise.all(
    Array.from({ length: CHRONICLERS }, () => newPerson("Chronicler")),
  );
  const [other] = others;
  const conversation = await group(me, "Chronicle", others);
  let first;
  for (let index = 1; index <= MANY; index++) {
    const writer = others[index % CHRONICLERS];
    const sent = await say(writer, conversation, `Entry ${index} of the chronicle`);
    first ??= sent;
  }
  await say(other, conversation, "Now look at the first", { reply_to: first.id });
  long = { me, other, conversation };
  return long;
}

afterEach(closeWindows);

const count = (page) => page.locator("article.message").count();
const distanceToEnd = (page) =>
  page.locator(".history").evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);

test("history opens at its end and loads older pages as they come near", async () => {
  const { me, conversation } = await longConversation();
  const page = await signedIn(me, at(conversation));
  await shown(bubble(page, "Now look at the first"));
  await eventually(() => distanceToEnd(page), (pixels) => pixels < 4);
  assert.ok((await count(page)) < MANY);
  for (let turns = 0; turns < 40 && (await count(page)) < MANY + 1; turns++) {
    await page.locator(".history").hover();
    await page.mouse.wheel(0, -1500);
    await page.waitForTimeout(30);
  }
  await eventually(() => count(page), MANY + 1);
  const texts = await page.locator("article.message .text").allTextContents();
  assert.deepEqual(
    texts.slice(0, -1),
    Array.from({ length: MANY }, (_, index) => `Entry ${index + 1} of the chronicle`),
  );
  await shown(page.getByRole("heading", { name: "Today" }));
});

test("what the reader looks at stays where it is while older messages load above", async () => {
  const { me, conversation } = await longConversation();
  const page = await signedIn(me, at(conversation));
  await shown(bubble(page, "Now look at the first"));
  // The page is held back until the reader's place has been taken down.
  let release;
  const released = new Promise((resolve) => (release = resolve));
  await page.route(/older=/, async (route) => {
    await released;
    await route.continue();
  });
  const before = await count(page);
  const held = bubble(page, `Entry ${MANY - 38} of`);
  await held.evaluate((element) => element.scrollIntoView({ block: "start" }));
  await shown(page.getByRole("button", { name: "Latest" }));
  const top = (await held.boundingBox()).y;
  release();
  await eventually(() => count(page), (now) => now > before);
  assert.ok(Math.abs((await held.boundingBox()).y - top) < 3);
});

test("a quote leads to a message far back, and Latest returns", async () => {
  const { me, conversation } = await longConversation();
  const page = await signedIn(me, at(conversation));
  await bubble(page, "Now look at the first").locator("button.quote").click();
  await eventually(
    () => page.evaluate(() => document.activeElement?.textContent ?? ""),
    (text) => text.includes("Entry 1 of the chronicle"),
  );
  await page.getByRole("button", { name: "Latest" }).click();
  await eventually(() => distanceToEnd(page), (pixels) => pixels < 4);
});

test("(mock) from far back, newer pages load down to the end", { skip: !isMock }, async () => {
  const [me, other] = [await newPerson("Deep Diver"), await newPerson("Prolific")];
  const conversation = await direct(me, other);
  let first;
  for (let index = 1; index <= VERY_MANY; index++) {
    const sent = await say(other, conversation, `Line ${index} of many`);
    first ??= sent;
  }
  const page = await signedIn(me, `${at(conversation)}?m=${first.id}`);
  await shown(bubble(page, /^Line 1 of many/));
  assert.equal(await bubble(page, `Line ${VERY_MANY} of many`).count(), 0);
  for (let turns = 0; turns < 200; turns++) {
    if (await bubble(page, `Line ${VERY_MANY} of many`).count()) break;
    await page.locator(".history").evaluate((box) => box.scrollBy(0, 2500));
    await page.waitForTimeout(20);
  }
  await shown(bubble(page, `Line ${VERY_MANY} of many`));
  const texts = await page.locator("article.message .text").allTextContents();
  const from = VERY_MANY - texts.length;
  assert.deepEqual(texts, texts.map((_, index) => `Line ${from + index + 1} of many`));
  await say(other, conversation, "And on it goes");
  await shown(bubble(page, "And on it goes"));
});

test("a message that arrives while the reader is in the past waits below, counted", async () => {
  const { me, other, conversation } = await longConversation();
  const page = await signedIn(me, at(conversation));
  await shown(bubble(page, "Now look at the first"));
  await page.locator(".history").hover();
  await page.mouse.wheel(0, -1200);
  await shown(page.getByRole("button", { name: "Latest" }));
  await say(other, conversation, "Breaking news");
  await page.getByRole("button", { name: "1 new" }).click();
  await shown(bubble(page, "Breaking news"));
  await eventually(() => distanceToEnd(page), (pixels) => pixels < 4);
});

test("yesterday's messages stand under Yesterday", async () => {
  const { me, conversation } = await longConversation();
  const page = await signedIn(me, "/");
  await page.clock.setFixedTime(Date.now() + DAY_MS);
  await page.goto(at(conversation));
  await shown(page.getByRole("heading", { name: "Yesterday" }));
  await shown(page.locator(".conversations time", { hasText: "Yesterday" }));
});
