// Loading history: at opening, at both ends, anew after a break, back to a message that is quoted.
import { api } from "../api/client";
import { Problem } from "../api/problem";
import type { HistoryPage } from "../api/types";
import { changeConversation } from "../store/conversations";
import { getState, update } from "../store/store";
import {
  fromLatest,
  LOADING,
  messagesOf,
  newerCursor,
  olderCursor,
  PAGES_MAX,
  reconciled,
  withNewer,
  withOlder,
  type Timeline,
} from "../store/timeline";

const FIND_PAGES_MAX = 40;

function put(id: string, change: (timeline: Timeline) => Timeline): void {
  update((state) => {
    const known = state.timelines[id];
    if (!known) return state;
    return { ...state, timelines: { ...state.timelines, [id]: change(known) } };
  });
}

/** The newest page, unless the conversation is loaded already. */
export async function openTimeline(id: string): Promise<void> {
  const known = getState().timelines[id];
  if (known && known.status !== "error") return;
  update((state) => ({ ...state, timelines: { ...state.timelines, [id]: LOADING } }));
  try {
    const page = await api.history(id);
    put(id, (timeline) => reconciled(timeline, fromLatest([page])));
  } catch {
    put(id, (timeline) => ({ ...timeline, status: "error" }));
  }
}

export async function loadOlder(id: string): Promise<boolean> {
  const timeline = getState().timelines[id];
  const older = timeline && olderCursor(timeline);
  if (!timeline || !older || timeline.loading) return false;
  put(id, (known) => ({ ...known, loading: "older" }));
  try {
    const page = await api.history(id, { older });
    put(id, (known) => withOlder(known, page));
    return true;
  } catch {
    put(id, (known) => ({ ...known, loading: null }));
    return false;
  }
}

export async function loadNewer(id: string): Promise<void> {
  const timeline = getState().timelines[id];
  const newer = timeline && newerCursor(timeline);
  if (!timeline || !newer || timeline.loading) return;
  put(id, (known) => ({ ...known, loading: "newer", missed: false }));
  try {
    const page = await api.history(id, { newer });
    put(id, (known) => withNewer(known, page));
  } catch {
    put(id, (known) => ({ ...known, loading: null }));
  }
}

/** Reads again whatever is loaded, from the newest back to the oldest that is shown. */
export async function refreshTimeline(id: string): Promise<void> {
  const known = getState().timelines[id];
  if (!known) return;
  const oldest = messagesOf(known)[0]?.created_at;
  try {
    const pages: HistoryPage[] = [];
    let older: string | undefined;
    do {
      const page = await api.history(id, older ? { older } : {});
      pages.push(page);
      older = page.older;
    } while (
      older &&
      pages.length < PAGES_MAX &&
      oldest !== undefined &&
      (pages.at(-1)!.items.at(-1)?.created_at ?? "") > oldest
    );
    put(id, (timeline) => reconciled(timeline, fromLatest(pages)));
  } catch {
    // The next break or visit reads it again.
  }
}

/** Gives up the loaded past and shows the end of the conversation. */
export async function jumpToLatest(id: string): Promise<void> {
  if (getState().timelines[id]?.atLatest) return;
  const page = await api.history(id);
  put(id, () => fromLatest([page]));
}

/** Loads into the past until the message is there; false if it is not found. */
export async function findMessage(id: string, message: string): Promise<boolean> {
  const isThere = (): boolean =>
    messagesOf(getState().timelines[id]).some((one) => one.id === message);
  for (let pages = 0; !isThere(); pages++) {
    if (pages === FIND_PAGES_MAX || !(await loadOlder(id))) return isThere();
  }
  return true;
}

/** A quoted message that no loaded page holds. */
export async function loadQuoted(conversation: string, id: string): Promise<void> {
  if (id in getState().quoted) return;
  try {
    const message = await api.message(conversation, id);
    update((state) => ({ ...state, quoted: { ...state.quoted, [id]: message } }));
  } catch (error) {
    if (error instanceof Problem && error.isPassing) return;
    update((state) => ({ ...state, quoted: { ...state.quoted, [id]: null } }));
  }
}

const marking = new Set<string>();

/** Everything that is loaded has been seen. */
export async function markRead(id: string): Promise<void> {
  const state = getState();
  const conversation = state.list.byId[id];
  const newest = messagesOf(state.timelines[id]).at(-1);
  if (!conversation || !newest || marking.has(id) || !state.timelines[id]?.atLatest) return;
  const seen = (conversation.last_read_at ?? "") >= newest.created_at;
  if (conversation.unread === 0 && (seen || newest.sender.id === state.me?.id)) return;
  marking.add(id);
  try {
    const { unread, last_read_at } = await api.read(id, newest.id);
    update((next) =>
      changeConversation(next, id, (known) => ({ ...known, unread, last_read_at })),
    );
  } catch {
    // The next message, or the next visit, tries again.
  } finally {
    marking.delete(id);
  }
}
