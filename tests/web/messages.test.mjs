// Sending, and what is done with a message; two windows see each other.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import {
  act,
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

/** Two people in conversation, each in a window of their own. */
async function two(allow = null) {
  const [ada, grace] = [await newPerson("Ada Two"), await newPerson("Grace Two")];
  const conversation = await direct(ada, grace);
  const adas = await signedIn(ada, at(conversation), {}, allow);
  const graces = await signedIn(grace, at(conversation), {}, allow);
  await shown(adas.getByText("This is the beginning"));
  await shown(graces.getByText("This is the beginning"));
  await shown(adas.getByText("· online"));
  return { ada, grace, conversation, adas, graces };
}

const history = (person, conversation) =>
  person.api("GET", `/v1/conversations/${conversation.id}/messages?limit=100`);

test("two windows see each other's messages live, with ticks when they are read", async () => {
  const { adas, graces } = await two();
  await write(adas, "Can you see this?");
  await shown(bubble(graces, "Can you see this?"));
  await shown(bubble(adas, "Can you see this?").getByTitle("Read"));
  await write(graces, "At once.");
  await shown(bubble(adas, "At once."));
  await shown(adas.locator("#announce-polite p", { hasText: "Grace Two: At once." }));
});

test("typing shows, and ends with the message", async () => {
  const { adas, graces } = await two();
  await composer(adas).pressSequentially("Hm");
  await shown(graces.locator(".pane-head", { hasText: "typing…" }));
  await shown(graces.locator(".preview", { hasText: "typing…" }));
  await composer(adas).press("Enter");
  await shown(bubble(graces, "Hm"));
  await gone(graces.locator(".pane-head", { hasText: "typing…" }));
});

test("who closes the window is no longer online", async () => {
  const { adas, graces } = await two();
  await graces.close();
  await gone(adas.getByText("· online"));
});

test("an edit and a deletion arrive on the other side", async () => {
  const { adas, graces } = await two();
  await write(adas, "Teh first draft");
  await shown(bubble(graces, "Teh first draft"));
  await act(adas, "Teh first draft", "Edit");
  await eventually(() => composer(adas).inputValue(), "Teh first draft");
  await composer(adas).fill("The first draft");
  await composer(adas).press("Enter");
  await shown(bubble(graces, "The first draft").getByText("edited"));
  await shown(graces.locator(".preview", { hasText: "The first draft" }));

  await act(adas, "The first draft", "Delete");
  await shown(bubble(graces, "Message deleted"));
  await shown(graces.locator(".preview", { hasText: "Message deleted" }));
  await gone(bubble(graces, "The first draft"));
});

test("nobody is offered to edit or delete another's message in a conversation of two", async () => {
  const { adas, graces } = await two();
  await write(adas, "Mine alone");
  const message = bubble(graces, "Mine alone");
  await message.hover();
  await message.getByRole("button", { name: "More actions" }).click();
  await shown(graces.getByRole("menuitem", { name: "Copy text" }));
  assert.equal(await graces.getByRole("menuitem").count(), 1);
});

test("a reaction is counted on both sides and taken back by pressing it", async () => {
  const { adas, graces } = await two();
  await write(adas, "Shall we celebrate?");
  const theirs = bubble(graces, "Shall we celebrate?");
  await theirs.hover();
  await theirs.getByRole("button", { name: "React" }).click();
  await graces.getByRole("button", { name: "party popper" }).click();
  const reaction = bubble(adas, "Shall we celebrate?").getByRole("button", { name: /^🎉 1/ });
  await shown(reaction);
  assert.equal(await reaction.getAttribute("aria-pressed"), "false");
  await reaction.click();
  const both = theirs.getByRole("button", { name: /^🎉 2/ });
  await shown(both);
  await both.click();
  await shown(bubble(adas, "Shall we celebrate?").getByRole("button", { name: /^🎉 1: you/ }));
});

test("a reply quotes what it answers and leads there", async () => {
  const { adas, graces } = await two();
  await write(adas, "Where shall we meet?");
  await shown(bubble(graces, "Where shall we meet?"));
  await bubble(graces, "Where shall we meet?").hover();
  await bubble(graces, "Where shall we meet?").getByRole("button", { name: "Reply" }).click();
  await shown(graces.getByText("Reply to Ada Two"));
  await write(graces, "Under the clock");
  const quote = bubble(adas, "Under the clock").locator("button.quote");
  await shown(quote.getByText("Where shall we meet?"));
  await quote.click();
  await eventually(
    () => adas.evaluate(() => document.activeElement?.textContent ?? ""),
    (text) => text.startsWith("Where shall we meet?"),
  );
});

test("the countdown counts characters, and 1025 cannot be sent", async () => {
  const { adas, graces } = await two();
  const counter = adas.locator(".counter");
  await composer(adas).fill("🎉".repeat(1000));
  await eventually(() => counter.textContent(), "24 characters left");
  await composer(adas).fill("x".repeat(1025));
  await eventually(() => counter.textContent(), "-1 characters left");
  assert.equal(await adas.getByRole("button", { name: "Send" }).isDisabled(), true);
  await composer(adas).fill("y".repeat(1024));
  await composer(adas).press("Enter");
  await shown(bubble(graces, "y".repeat(1024)));
});

test("blank text is not sent", async () => {
  const { adas } = await two();
  await composer(adas).fill("  \n ");
  assert.equal(await adas.getByRole("button", { name: "Send" }).isDisabled(), true);
});

test("a message whose reply is lost is sent again, and is there once", async () => {
  const { ada, adas, graces, conversation } = await two(/ERR_FAILED/);
  let broken = true;
  // The server takes each, yet no reply comes back.
  await adas.route("**/messages", async (route) => {
    if (route.request().method() !== "POST" || !broken) return route.continue();
    await route.fetch();
    return route.abort();
  });
  // Live events would tell that it has arrived: this window hears none.
  await adas.route("**/v1/events", (route) => route.abort());
  await adas.reload();
  await shown(adas.getByText("This is the beginning"));
  await write(adas, "Only once, please");
  await shown(bubble(graces, "Only once, please"));
  broken = false;
  await adas.unroute("**/v1/events");
  await gone(adas.locator(".outgoing"));
  await shown(bubble(adas, "Only once, please"));
  const { items } = await history(ada, conversation);
  assert.deepEqual(items.map(({ text }) => text), ["Only once, please"]);
});

test("a message that the server does not get says so, and goes with Retry", async () => {
  const { adas, graces } = await two(/ERR_FAILED/);
  await adas.route("**/messages", (route) =>
    route.request().method() === "POST" ? route.abort() : route.continue(),
  );
  await write(adas, "Knock knock");
  await shown(adas.getByText("Not sent. The server cannot be reached."));
  await adas.unroute("**/messages");
  await adas.getByRole("button", { name: "Retry" }).click();
  await shown(bubble(graces, "Knock knock"));
  await gone(adas.locator(".outgoing"));
});

test("a failed message can be thrown away", async () => {
  const { adas } = await two(/ERR_FAILED/);
  await adas.route("**/messages", (route) =>
    route.request().method() === "POST" ? route.abort() : route.continue(),
  );
  await write(adas, "Better not");
  await adas.getByRole("button", { name: "Discard" }).click();
  await gone(bubble(adas, "Better not"));
});

test("what is written offline is sent, and what was missed is shown, when back", async () => {
  const { grace, conversation, adas, graces } = await two(/ERR_INTERNET_DISCONNECTED/);
  await write(adas, "Before the tunnel");
  await shown(bubble(graces, "Before the tunnel"));
  await adas.context().setOffline(true);
  await shown(adas.getByText("You are offline."));
  await write(adas, "From the tunnel");
  await shown(adas.getByText("What you write is sent as soon as"));
  await say(grace, conversation, "Are you there?");
  await adas.context().setOffline(false);
  await shown(bubble(adas, "Are you there?"));
  await shown(bubble(graces, "From the tunnel"));
  await gone(adas.locator(".banner"));
  await gone(adas.locator(".outgoing"));
});

test("searching finds, counts and steps through the loaded messages", async () => {
  const { ada, conversation, adas } = await two();
  for (const text of ["A lighthouse", "A boat", "The light is on", "LIGHT again"]) {
    await say(ada, conversation, text);
  }
  await shown(bubble(adas, "LIGHT again"));
  await adas.getByRole("button", { name: "Search in this conversation" }).click();
  const field = adas.getByLabel("Search the loaded messages");
  await field.fill("light");
  await eventually(() => adas.locator(".search-result").textContent(), "1 of 3");
  assert.equal(await adas.locator("mark").count(), 3);
  await field.press("Enter");
  await eventually(() => adas.locator(".search-result").textContent(), "2 of 3");
  await field.fill("nothing like it");
  await eventually(() => adas.locator(".search-result").textContent(), "No match");
  await field.press("Escape");
  await gone(field);
});
