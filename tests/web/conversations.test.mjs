// The conversation list, and what is done to a conversation of two.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import {
  at,
  bubble,
  closeWindows,
  composer,
  direct,
  eventually,
  gone,
  newPerson,
  say,
  shown,
  signedIn,
  write,
} from "./harness.mjs";

afterEach(closeWindows);

const titles = (page) => page.locator(".conversations .title-text").allTextContents();

test("the list is newest first, counts what is unread, and opening reads it", async () => {
  const [me, one, other] = [
    await newPerson("Reader"),
    await newPerson("First Writer"),
    await newPerson("Second Writer"),
  ];
  const first = await direct(one, me);
  await say(one, first, "One");
  const second = await direct(other, me);
  await say(other, second, "Two");
  await say(other, second, "Three");
  const page = await signedIn(me);
  await shown(page.getByText("2 unread messages"));
  assert.deepEqual(await titles(page), ["Second Writer", "First Writer"]);
  await eventually(() => page.title(), "(3) Parley");

  await say(one, first, "Four");
  await eventually(() => titles(page), (all) => all[0] === "First Writer");
  await eventually(() => page.title(), "(4) Parley");

  await page.getByRole("link", { name: /Second Writer/ }).click();
  await shown(bubble(page, "Three"));
  await shown(page.locator(".unread-line"));
  await eventually(() => page.title(), "(2) Second Writer – Parley");
  assert.equal((await me.api("GET", `/v1/conversations/${second.id}`)).unread, 0);
});

test("a new conversation by handle appears on both sides", async () => {
  const [me, other] = [await newPerson("Opener"), await newPerson("Opened")];
  const theirs = await signedIn(other);
  await shown(theirs.getByText("It is quiet here"));
  const page = await signedIn(me, "/", {}, /404|422|409|400/);
  await page.getByRole("button", { name: "New conversation" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Handle").fill("nobody-of-that-name");
  await dialog.getByRole("button", { name: "Open conversation" }).click();
  await shown(dialog.getByText("Nobody here has that handle."));
  await dialog.getByLabel("Handle").fill(me.handle);
  await dialog.getByRole("button", { name: "Open conversation" }).click();
  await shown(dialog.getByText("That is you."));
  await dialog.getByLabel("Handle").fill(`@${other.handle}`);
  await dialog.getByRole("button", { name: "Open conversation" }).click();
  await shown(page.getByText("This is the beginning"));
  await write(page, "Hello there");
  await shown(theirs.getByRole("link", { name: /Opener.*Hello there/ }));
});

test("the list goes on as it is scrolled, and is narrowed by typing", async () => {
  const me = await newPerson("Popular");
  const people = await Promise.all(
    Array.from({ length: 30 }, (_, index) => newPerson(`Friend ${String.fromCharCode(65 + index)}x`)),
  );
  for (const one of people) await direct(one, me);
  const page = await signedIn(me);
  await eventually(async () => (await titles(page)).length, (count) => count >= 25);
  await page.locator(".sidebar-scroll").hover();
  await page.mouse.wheel(0, 10_000);
  await eventually(async () => (await titles(page)).length, 30);
  await page.getByLabel("Find a conversation").fill("friend bx");
  await eventually(() => titles(page), (all) => all.join() === "Friend Bx");
  await page.getByLabel("Find a conversation").press("Enter");
  await shown(page.getByRole("heading", { name: "Friend Bx" }));
});

test("times are the reader's zone's", async () => {
  const [me, other] = [await newPerson("Traveller"), await newPerson("Correspondent")];
  const conversation = await direct(other, me);
  const message = await say(other, conversation, "What time is it there?");
  for (const timezoneId of ["Pacific/Auckland", "America/New_York"]) {
    const page = await signedIn(me, at(conversation), { timezoneId });
    const clock = new Intl.DateTimeFormat("en-GB", {
      hour: "2-digit",
      minute: "2-digit",
      timeZone: timezoneId,
    });
    const expected = clock.format(new Date(message.created_at));
    await shown(bubble(page, "What time is it").getByText(expected));
    await shown(page.locator(".conversations time", { hasText: expected }));
  }
});

test("an answer that is older than the events of its time undoes none of them", async () => {
  const [me, other, third] = [
    await newPerson("Reader"),
    await newPerson("Writer"),
    await newPerson("Quiet"),
  ];
  const conversation = await direct(other, me);
  await direct(third, me);
  let answers = 0;
  const prepare = (page) =>
    page.route(/\/v1\/conversations(\?|$)/, async (route) => {
      const response = await route.fetch();
      const list = await response.json();
      const answer = ++answers;
      // The second one is asked for when the live events have begun, and stays on its way until
      // they have told more than it says.
      if (answer === 2) {
        await say(other, conversation, "Later than the answer");
        await shown(page.getByText("1 unread message"));
      }
      for (const item of list.items) {
        if (item.other?.id === third.id) item.other.display_name = item.title = `Answer ${answer}`;
      }
      await route.fulfill({ response, json: list });
    });
  const page = await signedIn(me, "/", { prepare });
  await shown(page.getByText("Answer 2"));
  await shown(page.getByText("1 unread message"));
  await shown(page.locator(".conversations", { hasText: "Later than the answer" }));
});

test("a muted conversation is not counted in the title", async () => {
  const [me, other] = [await newPerson("Tired"), await newPerson("Talkative")];
  const conversation = await direct(other, me);
  const page = await signedIn(me, at(conversation));
  await page.getByRole("button", { name: "Details" }).click();
  await page.getByRole("switch", { name: "Mute" }).click();
  await eventually(
    async () => (await me.api("GET", `/v1/conversations/${conversation.id}`)).muted,
    true,
  );
  await page.goto("/");
  await shown(page.getByText("Muted."));
  await say(other, conversation, "Still there?");
  await shown(page.getByText("1 unread message"));
  assert.equal(await page.title(), "Parley");
});

test("who blocks cannot be written to until they unblock", async () => {
  const [me, other] = [await newPerson("Blocker"), await newPerson("Blocked One")];
  const conversation = await direct(other, me);
  const theirs = await signedIn(other, at(conversation), {}, /403/);
  const page = await signedIn(me, at(conversation));
  await page.getByRole("button", { name: "Details" }).click();
  await page.getByRole("button", { name: "Block Blocked One" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Block" }).click();
  await shown(page.getByText("You have blocked Blocked One."));
  await write(theirs, "Can you hear me?");
  await shown(theirs.getByText("one of you has blocked the other"));

  await page.goto("/settings");
  await page.getByRole("button", { name: "Unblock Blocked One" }).click();
  await shown(page.getByText("Nobody. Who is blocked"));
  await theirs.getByRole("button", { name: "Retry" }).click();
  await eventually(
    async () => (await me.api("GET", `/v1/conversations/${conversation.id}`)).last_message?.text,
    "Can you hear me?",
  );
});

test("a conversation that was removed comes back with the next message", async () => {
  const [me, other] = [await newPerson("Tidy"), await newPerson("Returning")];
  const conversation = await direct(me, other);
  await say(me, conversation, "Bye");
  const page = await signedIn(me, at(conversation));
  await page.getByRole("button", { name: "Details" }).click();
  await page.getByRole("button", { name: "Remove from my list" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await shown(page.getByText("It is quiet here"));
  await gone(page.getByRole("link", { name: /Returning/ }));
  await say(other, conversation, "Hello again");
  await shown(page.getByRole("link", { name: /Returning.*Hello again/ }));
});

test("a draft waits in its conversation", async () => {
  const [me, one, other] = [
    await newPerson("Drafter"),
    await newPerson("Draft Reader"),
    await newPerson("Somebody Else"),
  ];
  const first = await direct(me, one);
  await direct(me, other);
  const page = await signedIn(me, at(first));
  await composer(page).fill("Half a thought");
  await page.getByRole("link", { name: /Somebody Else/ }).click();
  await shown(page.getByRole("link", { name: /Draft Reader.*Draft: Half a thought/ }));
  await page.getByRole("link", { name: /Draft Reader/ }).click();
  await eventually(() => composer(page).inputValue(), "Half a thought");
});
