// Every screen of the app, each as a function that leads there; what accessibility.test.mjs checks
// and takes pictures of.
import {
  at,
  bubble,
  composer,
  direct,
  group,
  newPerson,
  say,
  shown,
  signedIn,
  window,
  write,
} from "./harness.mjs";

/** People and conversations for the pictures. */
export async function scene() {
  const [ada, grace, alan, edsger] = await Promise.all(
    ["Ada Lovelace", "Grace Hopper", "Alan Turing", "Edsger Dijkstra"].map(newPerson),
  );
  const quiet = await direct(alan, ada);
  await say(alan, quiet, "Can machines think?");
  await say(alan, quiet, "Asking for a friend.");
  const muted = await direct(edsger, ada);
  await say(edsger, muted, "Simplicity is a great virtue, but it requires hard work to achieve it.");
  await ada.api("PATCH", `/v1/conversations/${muted.id}/settings`, { muted: true });
  const team = await group(ada, "Analytical Engine", [grace, alan, edsger]);
  const plan = await say(grace, team, "Shall we meet on Thursday to look at the new cards?");
  await say(ada, team, "Thursday is good. I bring the notes on Bernoulli numbers.");
  await say(alan, team, "I will be there. Is there tea?", { reply_to: plan.id });
  await react(alan, team, plan, "👍");
  await react(ada, team, plan, "👍");
  await react(edsger, team, plan, "🎉");
  const main = await direct(ada, grace);
  const question = await say(grace, main, "Good morning! Did the translation of the memoir arrive?");
  await say(ada, main, "It did, thank you. I have added a few notes to it.");
  await say(ada, main, "They became rather longer than the memoir itself.");
  await react(grace, main, question, "❤️");
  const long = await say(
    grace,
    main,
    "I had a look. Note G is the one everybody will talk about: it is, if I read it rightly, the first description of how to make the engine do something that nobody had worked out by hand.\n\nSee https://example.org/notes for the printed version.",
  );
  await say(ada, main, "You are too kind.", { reply_to: long.id });
  await say(ada, main, "🎉");
  const gone = await say(grace, main, "Sent to the wrong window");
  await grace.api("DELETE", `/v1/conversations/${main.id}/messages/${gone.id}`);
  await say(grace, main, "Tea at four?");
  return { ada, grace, alan, edsger, main, team, quiet, muted };
}

async function react(person, conversation, message, emoji) {
  const route = `/v1/conversations/${conversation.id}/messages/${message.id}/reactions/`;
  await person.api("PUT", route + encodeURIComponent(emoji));
}

const byKey = (page, key) => page.keyboard.press(key);

/** {name, phone: also at a phone's width, open(scene, options) -> page} */
export const SCREENS = [
  {
    name: "sign-in",
    phone: true,
    open: async (_, options) => {
      const page = await window(options);
      await page.goto("/");
      await shown(page.getByRole("button", { name: "Continue", exact: true }));
      return page;
    },
  },
  {
    name: "home",
    phone: true,
    open: async ({ ada }, options) => {
      const page = await signedIn(ada, "/", options);
      await shown(page.getByRole("link", { name: /Grace Hopper/ }));
      return page;
    },
  },
  {
    name: "home-empty",
    open: async (_, options) => {
      const page = await signedIn(await newPerson("Nobody Yet"), "/", options);
      await shown(page.getByText("It is quiet here"));
      return page;
    },
  },
  {
    name: "conversation",
    phone: true,
    open: async ({ ada, grace, main }, options) => {
      const other = await signedIn(grace, at(main));
      await shown(bubble(other, "Tea at four?"));
      const page = await signedIn(ada, at(main), options);
      await shown(page.getByText("· online"));
      await shown(bubble(page, "Tea at four?"));
      return page;
    },
  },
  {
    name: "conversation-empty",
    open: async ({ ada }, options) => {
      const conversation = await direct(ada, await newPerson("Charles Babbage"));
      const page = await signedIn(ada, at(conversation), options);
      await shown(page.getByText("This is the beginning"));
      return page;
    },
  },
  {
    name: "group",
    phone: true,
    open: async ({ grace, team }, options) => {
      const page = await signedIn(grace, at(team), options);
      await shown(bubble(page, "Is there tea?").getByText("In reply to"));
      return page;
    },
  },
  {
    name: "message-focus-and-menu",
    phone: true,
    open: async ({ ada, main }, options) => {
      const page = await signedIn(ada, at(main), options);
      await bubble(page, "rather longer").focus();
      await bubble(page, "rather longer").getByRole("button", { name: "More actions" }).click();
      await shown(page.getByRole("menuitem", { name: "Edit" }));
      return page;
    },
  },
  {
    name: "emoji-picker",
    open: async ({ ada, main }, options) => {
      const page = await signedIn(ada, at(main), options);
      await bubble(page, "Tea at four?").hover();
      await bubble(page, "Tea at four?").getByRole("button", { name: "React" }).click();
      await shown(page.getByRole("button", { name: "party popper" }));
      return page;
    },
  },
  {
    name: "reply-and-countdown",
    phone: true,
    open: async ({ ada, main }, options) => {
      const page = await signedIn(ada, at(main), options);
      await bubble(page, "Tea at four?").focus();
      await byKey(page, "r");
      await composer(page).fill(`Yes. ${"And cake. ".repeat(99)}`);
      await shown(page.getByText("Reply to Grace Hopper"));
      return page;
    },
  },
  {
    name: "too-long-and-failed",
    open: async ({ ada, main }, options) => {
      const page = await signedIn(ada, at(main), options, /ERR_FAILED/);
      await shown(bubble(page, "Tea at four?"));
      await page.route("**/messages", (route) =>
        route.request().method() === "POST" ? route.abort() : route.continue(),
      );
      await write(page, "This one does not go out");
      await shown(page.getByRole("button", { name: "Retry" }));
      await composer(page).fill("x".repeat(1030));
      return page;
    },
  },
  {
    name: "search",
    phone: true,
    open: async ({ ada, main }, options) => {
      const page = await signedIn(ada, at(main), options);
      await shown(bubble(page, "Tea at four?"));
      await page.getByRole("button", { name: "Search in this conversation" }).click();
      await page.getByLabel("Search the loaded messages").fill("the");
      await shown(page.locator("mark"));
      return page;
    },
  },
  {
    name: "details-direct",
    phone: true,
    open: async ({ ada, main }, options) => {
      const page = await signedIn(ada, at(main), options);
      await page.getByRole("button", { name: "Details" }).click();
      await shown(page.getByRole("button", { name: "Block Grace Hopper" }));
      return page;
    },
  },
  {
    name: "details-group",
    phone: true,
    open: async ({ ada, team }, options) => {
      const page = await signedIn(ada, at(team), options);
      await page.getByRole("button", { name: "Details" }).click();
      await shown(page.getByText("Owner"));
      return page;
    },
  },
  {
    name: "new-conversation",
    phone: true,
    open: async ({ ada }, options) => {
      const page = await signedIn(ada, "/", options, /404/);
      await page.getByRole("button", { name: "New conversation" }).first().click();
      await page.getByRole("dialog").getByLabel("Handle").fill("nobody-of-that-name");
      await byKey(page, "Enter");
      await shown(page.getByText("Nobody here has that handle."));
      return page;
    },
  },
  {
    name: "new-group",
    open: async ({ ada, grace, alan }, options) => {
      const page = await signedIn(ada, "/", options);
      await shown(page.getByRole("link", { name: /Grace Hopper/ }));
      await byKey(page, "g");
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Title").fill("Programme committee");
      for (const { handle, name } of [grace, alan]) {
        await dialog.getByLabel("Add people by handle").fill(handle);
        await dialog.getByRole("button", { name: "Add" }).click();
        await shown(dialog.getByText(name));
      }
      return page;
    },
  },
  {
    name: "help",
    phone: true,
    open: async ({ ada }, options) => {
      const page = await signedIn(ada, "/", options);
      await shown(page.getByRole("link", { name: /Grace Hopper/ }));
      await byKey(page, "?");
      await shown(page.getByRole("dialog", { name: "Keyboard shortcuts" }));
      return page;
    },
  },
  {
    name: "settings",
    phone: true,
    open: async ({ ada }, options) => {
      const page = await signedIn(ada, "/settings", options);
      await shown(page.getByRole("heading", { name: "Profile" }));
      return page;
    },
  },
  {
    name: "erase",
    open: async ({ ada }, options) => {
      const page = await signedIn(ada, "/settings", options);
      await page.getByRole("button", { name: "Erase account" }).click();
      await shown(page.getByRole("dialog"));
      return page;
    },
  },
  {
    name: "not-a-member",
    open: async ({ ada }, options) => {
      const nowhere = "/c/00000000-0000-7000-8000-000000000000";
      const page = await signedIn(ada, nowhere, options, /403/);
      await shown(page.getByText("This conversation is not yours"));
      return page;
    },
  },
  {
    name: "offline",
    phone: true,
    open: async ({ ada, main }, options) => {
      const page = await signedIn(ada, at(main), options, /ERR_INTERNET_DISCONNECTED/);
      await shown(bubble(page, "Tea at four?"));
      await page.waitForFunction(() => document.querySelector(".me .dot"));
      await page.context().setOffline(true);
      await shown(page.getByText("You are offline."));
      return page;
    },
  },
];


