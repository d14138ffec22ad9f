// The settings page.
import assert from "node:assert/strict";
import fs from "node:fs";
import { afterEach, test } from "node:test";
import {
  closeWindows,
  eventually,
  newPerson,
  shown,
  signedIn,
} from "./harness.mjs";

afterEach(closeWindows);

test("name and handle are changed; a handle that is taken is refused in words", async () => {
  const [me, other] = [await newPerson("Old Name"), await newPerson("Taken")];
  const page = await signedIn(me, "/settings", {}, /409|422/);
  await page.getByLabel("Name").fill("New Name");
  await page.getByRole("button", { name: "Save" }).click();
  await shown(page.locator(".me", { hasText: "New Name" }));
  await page.getByLabel("Handle").fill(other.handle);
  await page.getByRole("button", { name: "Save" }).click();
  await shown(page.getByText("Somebody else has that handle."));
  await page.getByLabel("Handle").fill(`${me.handle}x`);
  await page.getByRole("button", { name: "Save" }).click();
  await shown(page.locator(".me", { hasText: `@${me.handle}x` }));
  assert.equal((await me.api("GET", "/v1/me")).display_name, "New Name");
});

test("a new name shows in one's other windows", async () => {
  const me = await newPerson("Old Name");
  const elsewhere = await signedIn(me, "/");
  await shown(elsewhere.locator(".me", { hasText: "Old Name" }));
  await me.api("PATCH", "/v1/me", { display_name: "New Name" });
  await shown(elsewhere.locator(".me", { hasText: "New Name" }));
});

test("the theme follows the system until one is chosen, which stays", async () => {
  const me = await newPerson("Night Owl");
  const page = await signedIn(me, "/settings", { colorScheme: "dark" });
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await shown(page.getByText("Appearance"));
  const dark = await background();
  await page.getByText("Light", { exact: true }).click();
  const light = await eventually(background, (now) => now !== dark);
  await page.reload();
  await shown(page.getByText("Appearance"));
  await eventually(background, light);
  await page.getByText("System", { exact: true }).click();
  await eventually(background, dark);
});

test("the export is a file of what the server holds", async () => {
  const me = await newPerson("Archivist");
  const page = await signedIn(me, "/settings");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Export" }).click(),
  ]);
  assert.equal(download.suggestedFilename(), `parley-${me.handle}.json`);
  assert.ok(fs.readFileSync(await download.path(), "utf8").includes(me.handle));
});

test("the account is erased only after its handle has been typed", async () => {
  const me = await newPerson("Leaver");
  const page = await signedIn(me, "/settings", {}, /40[134]/);
  await page.getByRole("button", { name: "Erase account" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").fill("something-else");
  await dialog.getByRole("button", { name: "Erase my account" }).click();
  await shown(dialog.getByText(`Type ${me.handle} to confirm.`));
  await dialog.getByRole("textbox").fill(me.handle);
  await dialog.getByRole("button", { name: "Erase my account" }).click();
  await shown(page.getByText("Your account is being erased."));
  await shown(page.getByRole("heading", { name: "Welcome to Parley" }));
  await eventually(
    () => me.api("GET", "/v1/me").then(() => "there", () => "gone"),
    "gone",
  );
});
