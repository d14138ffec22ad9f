// Groups: making, naming, inviting, roles, removing, leaving.
import { afterEach, test } from "node:test";
import {
  act,
  at,
  bubble,
  closeWindows,
  eventually,
  gone,
  group,
  newPerson,
  say,
  shown,
  signedIn,
  write,
} from "./harness.mjs";

afterEach(closeWindows);

// What a window still asked for while its person was taken out is refused.
const OUT = /403/;

const menuOf = (page, name) => page.getByRole("button", { name: `Actions for ${name}` });

test("a group is made with people by handle, who see it and its messages live", async () => {
  const [owner, one, other] = [
    await newPerson("Group Maker"),
    await newPerson("Group One"),
    await newPerson("Group Other"),
  ];
  // Who asks for it before it is complete is refused, and told again when it is.
  const theirs = await signedIn(one, "/", {}, /403/);
  await shown(theirs.getByText("It is quiet here"));
  const page = await signedIn(owner);
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "New group" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Make group" }).click();
  await shown(dialog.getByText("A group needs a title."));
  await dialog.getByLabel("Title").fill("Book club");
  await dialog.getByLabel("Add people by handle").fill(one.handle);
  await dialog.getByLabel("Add people by handle").press("Enter");
  await shown(dialog.getByText("Group One"));
  // What is still in the field counts.
  await dialog.getByLabel("Add people by handle").fill(other.handle);
  await dialog.getByRole("button", { name: "Make group" }).click();
  await shown(page.getByRole("heading", { name: "Book club" }));
  await shown(page.getByText("3 members"));
  await write(page, "Welcome, readers");
  await theirs.getByRole("link", { name: /Book club.*Welcome, readers/ }).click();
  await shown(bubble(theirs, "Welcome, readers").getByText("Group Maker"));
});

test("an owner renames, invites, promotes and removes; all of it is seen live", async () => {
  const [owner, one, late] = [
    await newPerson("Owner Person"),
    await newPerson("Member Person"),
    await newPerson("Late Person"),
  ];
  const team = await group(owner, "Old name", [one]);
  const page = await signedIn(owner, at(team), {}, /404/);
  const theirs = await signedIn(one, at(team), {}, OUT);
  const lates = await signedIn(late, "/", {}, OUT);
  await shown(lates.getByText("It is quiet here"));
  await page.getByRole("button", { name: "Details" }).click();

  await page.getByLabel("Title").fill("New name");
  await page.getByLabel("Title").press("Enter");
  await shown(theirs.getByRole("heading", { name: "New name" }));

  await page.getByLabel("Invite by handle").fill("nobody-at-all");
  await page.getByRole("button", { name: "Invite" }).click();
  await shown(page.getByText("Nobody here has that handle."));
  await page.getByLabel("Invite by handle").fill(late.handle);
  await page.getByRole("button", { name: "Invite" }).click();
  await shown(page.locator(".person", { hasText: "Late Person" }));
  await shown(theirs.getByText("Owner Person added Late Person."));
  await shown(theirs.getByText("3 members"));
  await shown(lates.getByRole("link", { name: /New name/ }));

  await menuOf(page, "Member Person").click();
  await page.getByRole("menuitem", { name: "Make owner" }).click();
  await shown(page.locator(".person", { hasText: "Member Person" }).getByText("Owner"));
  await theirs.getByRole("button", { name: "Details" }).click();
  await shown(menuOf(theirs, "Late Person")); // an owner's tool

  await menuOf(page, "Late Person").click();
  await page.getByRole("menuitem", { name: "Remove" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await gone(page.locator(".person", { hasText: "Late Person" }));
  await gone(lates.getByRole("link", { name: /New name/ }));
  await shown(lates.getByText("You are no longer a member of New name."));
  await shown(theirs.getByText("Late Person is no longer in the group."));
  await gone(theirs.locator(".person", { hasText: "Late Person" }));
});

test("a member has no owner's tools, and may leave", async () => {
  const [owner, one] = [await newPerson("Staying"), await newPerson("Leaving")];
  const team = await group(owner, "Short stay", [one]);
  const page = await signedIn(owner, at(team));
  const theirs = await signedIn(one, at(team), {}, OUT);
  await page.getByRole("button", { name: "Details" }).click();
  await theirs.getByRole("button", { name: "Details" }).click();
  await shown(theirs.locator(".person", { hasText: "Staying" }));
  await gone(theirs.getByLabel("Title"));
  await gone(menuOf(theirs, "Staying"));
  await theirs.getByRole("button", { name: "Leave the group" }).click();
  await theirs.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
  await gone(theirs.getByRole("link", { name: /Short stay/ }));
  await gone(page.locator(".person", { hasText: "Leaving" }));
  await shown(page.getByRole("heading", { name: "1 member" }));
});

test("an owner may delete what others wrote", async () => {
  const [owner, one] = [await newPerson("Keeper"), await newPerson("Loud")];
  const team = await group(owner, "Quiet room", [one]);
  await say(one, team, "SHOUTING");
  const page = await signedIn(owner, at(team));
  const theirs = await signedIn(one, at(team));
  await shown(bubble(theirs, "SHOUTING"));
  await act(page, "SHOUTING", "Delete");
  await shown(bubble(theirs, "Message deleted"));
});

test("a group's ticks tell how many have read", async () => {
  const [owner, one, other] = [
    await newPerson("Asker"),
    await newPerson("Prompt"),
    await newPerson("Slow"),
  ];
  const team = await group(owner, "Readers", [one, other]);
  const page = await signedIn(owner, at(team));
  await shown(page.getByText("3 members"));
  await write(page, "Who has read this?");
  await shown(bubble(page, "Who has read this?").getByTitle("Sent"));
  await signedIn(one, at(team));
  await shown(bubble(page, "Who has read this?").getByTitle("Read by 1 person"));
  await signedIn(other, at(team));
  await shown(bubble(page, "Who has read this?").getByTitle("Read by everybody"));
  await eventually(() => bubble(page, "Who has read this?").count(), 1);
});
