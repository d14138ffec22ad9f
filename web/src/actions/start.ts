// A session's beginning and end: what is read first, what live events lead to besides the store.
import { listen } from "../api/live";
import type { LiveEvent } from "../api/types";
import { announce } from "../lib/announce";
import { currentRoute } from "../lib/router";
import { expireTyping, reduce } from "../store/events";
import { EMPTY, type State } from "../store/state";
import { getState, update } from "../store/store";
import { loadConversation, loadList, loadMembers } from "./conversations";
import { refreshTimeline } from "./history";
import { noteEvent } from "./meanwhile";
import { flushAll, keepOutbox, reviveOutbox } from "./messages";
import { notify } from "./notices";
import { loadBlocked, loadMe } from "./people";

const TICK_MS = 1_000;
const MINUTE_MS = 60_000;

/** Everything again, since events were missed. */
function refetch(): void {
  void loadList();
  void loadBlocked().catch(() => undefined);
  const state = getState();
  for (const id of Object.keys(state.timelines)) void refreshTimeline(id);
  for (const id of Object.keys(state.members)) void loadMembers(id);
}

function isOpen(conversation: string): boolean {
  const route = currentRoute();
  return route.name === "conversation" && route.id === conversation;
}

/** Says in an open group who has come or gone; and that one has been taken out oneself. */
function tellChange(event: LiveEvent & { type: "joined" | "left" }, before: State): void {
  const { conversation_id: id } = event.data;
  const conversation = before.list.byId[id];
  if (conversation?.kind !== "group") return;
  if (event.type === "left" && event.data.user_id === before.me?.id) {
    notify(`You are no longer a member of ${conversation.title}.`);
    return;
  }
  if (!isOpen(id)) return;
  const nameOf = (user: string): string | undefined =>
    before.members[id]?.items.find((member) => member.user.id === user)?.user.display_name;
  if (event.type === "left") {
    notify(`${nameOf(event.data.user_id) ?? "Somebody"} is no longer in the group.`);
  } else if (event.data.invited_by !== before.me?.id) {
    const by = nameOf(event.data.invited_by);
    const who = event.data.user.display_name;
    notify(by ? `${by} added ${who}.` : `${who} joined the group.`);
  }
}

/** `before`: the state that the event found. */
function follow(event: LiveEvent, before: State): void {
  const state = getState();
  switch (event.type) {
    case "ready":
      // The first time too: what was read before this moment may have changed since.
      if (!event.data.resumed) refetch();
      flushAll();
      return;
    case "message": {
      const { conversation_id: id, sender, text, edited_at, deleted_at } = event.data;
      if (!state.list.byId[id]) void loadConversation(id, event).catch(() => undefined);
      const members = state.members[id];
      if (members?.status === "ready" && !members.items.some(({ user }) => user.id === sender.id)) {
        void loadMembers(id);
      }
      const isNew = !edited_at && !deleted_at && event.data.reactions.length === 0;
      if (isNew && sender.id !== state.me?.id && isOpen(id)) {
        announce(`${sender.display_name}: ${text}`);
      }
      return;
    }
    case "conversation":
    case "group":
      if (!state.list.byId[event.data.conversation_id]) {
        void loadConversation(event.data.conversation_id, event).catch(() => undefined);
      }
      return;
    case "joined":
    case "left":
      tellChange(event, before);
      return;
    default:
  }
}

let stopAll: () => void = () => undefined;

/** Signed in: loads and listens. Throws what `GET /v1/me` threw. */
export async function start(): Promise<void> {
  stopAll();
  reviveOutbox();
  await loadMe();
  const stopKeeping = keepOutbox();
  const stopListening = listen({
    event: (event) => {
      const before = getState();
      update((state) => reduce(state, event, Date.now()));
      noteEvent(event);
      follow(event, before);
    },
    connection: (connection) => update((state) => ({ ...state, connection })),
  });
  const ticking = setInterval(() => {
    const now = Date.now();
    update((state) => {
      const next = expireTyping(state, now);
      return Math.floor(now / MINUTE_MS) === Math.floor(state.now / MINUTE_MS)
        ? next
        : { ...next, now };
    });
  }, TICK_MS);
  stopAll = () => {
    stopListening();
    stopKeeping();
    clearInterval(ticking);
  };
  void loadList();
  void loadBlocked().catch(() => undefined);
}

export function stop(): void {
  stopAll();
  stopAll = () => undefined;
  update(() => ({ ...EMPTY, now: Date.now() }));
}
