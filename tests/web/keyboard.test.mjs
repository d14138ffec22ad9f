// The app without a mouse.
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
  PHONE,
  say,
  shown,
  signedIn,
} from "./harness.mjs";

afterEach(closeWindows);

const focused = (page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute("aria-label") ?? element?.textContent ?? "";
  });
const press = (page, key) => page.keyboard.press(key);

/** One with two conversations, the newer open. */
async function someone() {
  const [me, one, other] = [
    await newPerson("Key Presser"),
    await newPerson("Upper"),
    await newPerson("Lower"),
  ];
  const lower = await direct(me, other);
  const upper = await direct(me, one);
  await say(one, upper, "First words");
  await say(me, upper, "Second words");
  const page = await signedIn(me, at(upper));
  await shown(bubble(page, "Second words"));
  return { me, one, upper, lower, page };
}

test("arrows go through the list, Enter opens, Alt and arrows go on", async () => {
  const { page } = await someone();
  await press(page, "Control+k");
  await eventually(() => focused(page), "Find a conversation");
  await press(page, "ArrowDown");
  await press(page, "ArrowDown");
  await eventually(() => focused(page), (text) => text.startsWith("LLower") || text.includes("Lower"));
  await press(page, "Enter");
  await shown(page.getByRole("heading", { name: "Lower", level: 1 }));
  await press(page, "Alt+ArrowUp");
  await shown(page.getByRole("heading", { name: "Upper", level: 1 }));
  await eventually(() => focused(page), "Message Upper");
});

test("messages are walked with arrows and answered with R, and Escape stops it", async () => {
  const { page } = await someone();
  await bubble(page, "Second words").focus();
  await press(page, "ArrowUp");
  await eventually(() => focused(page), (text) => text.startsWith("Upper,"));
  await press(page, "l");
  await shown(bubble(page, "First words").getByRole("button", { name: /^👍 1: you/ }));
  await press(page, "r");
  await shown(page.getByText("Reply to Upper"));
  await eventually(() => focused(page), "Message Upper");
  await press(page, "Escape");
  await gone(page.getByText("Reply to Upper"));
});

test("the arrow up in an empty field edits one's last message; Delete asks and deletes", async () => {
  const { page } = await someone();
  await composer(page).focus();
  await press(page, "ArrowUp");
  await shown(page.getByText("Edit your message"));
  await composer(page).fill("Better words");
  await press(page, "Enter");
  await shown(bubble(page, "Better words"));
  await eventually(() => focused(page), "Message Upper");
  await bubble(page, "Better words").focus();
  await press(page, "Delete");
  await shown(page.getByRole("dialog", { name: "Delete this message?" }));
  await press(page, "Tab");
  await press(page, "Enter");
  await shown(bubble(page, "Message deleted"));
});

test("menus are opened, walked and closed by keys, and give the focus back", async () => {
  const { page } = await someone();
  await bubble(page, "Second words").focus();
  await press(page, "Tab");
  await eventually(() => focused(page), "React");
  await press(page, "Enter");
  await eventually(() => focused(page), "thumbs up");
  await press(page, "ArrowRight");
  await press(page, "ArrowDown");
  await press(page, "Escape");
  await eventually(() => focused(page), "React");
  await press(page, "Tab");
  await press(page, "Tab");
  await press(page, "Enter");
  await shown(page.getByRole("menuitem", { name: "Edit" }));
  await press(page, "ArrowDown");
  await press(page, "Enter");
  await shown(page.getByText("Edit your message"));
});

test("dialogs keep the focus, close with Escape, and give it back", async () => {
  const { page } = await someone();
  await bubble(page, "Second words").focus();
  await press(page, "?");
  await shown(page.getByRole("dialog", { name: "Keyboard shortcuts" }));
  await press(page, "Tab");
  await press(page, "Tab");
  assert.equal(
    await page.evaluate(() => {
      const active = document.activeElement;
      return active === document.body || Boolean(active?.closest("dialog"));
    }),
    true,
  );
  await press(page, "Escape");
  await gone(page.getByRole("dialog"));
  await eventually(() => focused(page), (text) => text.startsWith("You,"));
  await press(page, "n");
  await shown(page.getByRole("dialog", { name: "New conversation" }));
  await eventually(
    () => page.evaluate(() => document.activeElement?.tagName),
    "INPUT",
  );
});

test("letters typed into the field are text, not shortcuts", async () => {
  const { page } = await someone();
  await composer(page).focus();
  await page.keyboard.type("no? gif");
  assert.equal(await composer(page).inputValue(), "no? gif");
  assert.equal(await page.getByRole("dialog").count(), 0);
});

test("shortcuts of a single key can be put off", async () => {
  const { page } = await someone();
  await press(page, "Control+,");
  await page.getByRole("switch", { name: /Shortcuts of a single key/ }).click();
  await press(page, "?");
  await press(page, "n");
  assert.equal(await page.getByRole("dialog").count(), 0);
});

test("on a phone one pane shows at a time, and back leads to the list", async () => {
  const [me, other] = [await newPerson("Phone Owner"), await newPerson("Caller")];
  const conversation = await direct(other, me);
  await say(other, conversation, "Pick up");
  const page = await signedIn(me, "/", { viewport: PHONE, hasTouch: true, isMobile: true });
  await page.getByRole("link", { name: /Caller/ }).tap();
  await shown(bubble(page, "Pick up"));
  await gone(page.getByLabel("Find a conversation"));
  await bubble(page, "Pick up").tap();
  await bubble(page, "Pick up").getByRole("button", { name: "Reply" }).tap();
  await shown(page.getByText("Reply to Caller"));
  await page.getByRole("button", { name: "Back to the conversations" }).tap();
  await shown(page.getByLabel("Find a conversation"));
  await gone(bubble(page, "Pick up"));
});
