// A session's beginning and end: what is read first, what live events lead to besides the store.
import { listen } from "../api/live";
import type { LiveEvent } from "../api/types";
import { announce } from "../lib/announce";
import { currentRoute } from "../lib/router";
import { expireTyping, reduce } from "../store/events";
import { EMPTY } from "../store/state";
import { getState, update } from "../store/store";
import { loadConversation, loadList, loadMembers } from "./conversations";
import { refreshTimeline } from "./history";
import { flushAll, keepOutbox, reviveOutbox } from "./messages";
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

function follow(event: LiveEvent): void {
  const state = getState();
  switch (event.type) {
    case "ready":
      // The first time too: what was read before this moment may have changed since.
      if (!event.data.resumed) refetch();
      flushAll();
      return;
    case "message": {
      const { conversation_id: id, sender, text, edited_at, deleted_at } = event.data;
      if (!state.list.byId[id]) void loadConversation(id).catch(() => undefined);
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
    case "renamed":
      if (!state.list.byId[event.data.conversation_id]) {
        void loadConversation(event.data.conversation_id).catch(() => undefined);
      }
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
      update((state) => reduce(state, event, Date.now()));
      follow(event);
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
