// A conversation's loaded history: a run of pages without gaps, oldest first. Both ends may be
// extended; the far end is given up when the run grows too long, and its cursor brings it back.
import type { HistoryPage, Message } from "../api/types";

export const PAGES_MAX = 10;

export interface TimelinePage {
  items: Message[]; // oldest first
  older?: string | undefined;
  newer?: string | undefined;
}

export interface Timeline {
  status: "loading" | "ready" | "error";
  pages: TimelinePage[];
  /** The newest page is the end of the conversation: live messages belong after it. */
  atLatest: boolean;
  loading: "older" | "newer" | null;
  /** A live message was passed over since the last loading of newer ones began. */
  missed: boolean;
}

export const LOADING: Timeline = {
  status: "loading",
  pages: [],
  atLatest: true,
  loading: null,
  missed: false,
};

const flattened = new WeakMap<TimelinePage[], Message[]>();

/** All loaded messages, oldest first; the same array for the same pages. */
export function messagesOf(timeline: Timeline | undefined): Message[] {
  if (!timeline) return [];
  let messages = flattened.get(timeline.pages);
  if (!messages) {
    messages = timeline.pages.flatMap((page) => page.items);
    flattened.set(timeline.pages, messages);
  }
  return messages;
}

export function olderCursor(timeline: Timeline): string | undefined {
  return timeline.pages[0]?.older;
}

export function newerCursor(timeline: Timeline): string | undefined {
  return timeline.atLatest ? undefined : timeline.pages.at(-1)?.newer;
}

function pageOf(page: HistoryPage, known: ReadonlySet<string>): TimelinePage {
  return {
    items: page.items.filter((message) => !known.has(message.id)).reverse(),
    older: page.older,
    newer: page.newer,
  };
}

const idsOf = (timeline: Timeline): Set<string> =>
  new Set(messagesOf(timeline).map((message) => message.id));

/** Made of pages as the server gave them, the newest page first. */
export function fromLatest(pages: HistoryPage[]): Timeline {
  let timeline: Timeline = { ...LOADING, status: "ready" };
  for (const page of pages) timeline = withOlder(timeline, page);
  return timeline;
}

export function withOlder(timeline: Timeline, page: HistoryPage): Timeline {
  const pages = [pageOf(page, idsOf(timeline)), ...timeline.pages];
  const kept = pages.slice(0, PAGES_MAX);
  return {
    ...timeline,
    pages: kept,
    atLatest: timeline.atLatest && kept.length === pages.length,
    loading: null,
  };
}

export function withNewer(timeline: Timeline, page: HistoryPage): Timeline {
  const fresh = pageOf(page, idsOf(timeline));
  const pages = fresh.items.length ? [...timeline.pages, fresh] : timeline.pages;
  return {
    ...timeline,
    pages: pages.slice(-PAGES_MAX),
    atLatest: (page.items.length === 0 || !page.newer) && !timeline.missed,
    loading: null,
  };
}

/** `fresh`, read while live messages went on changing `known`: neither loses anything. */
export function reconciled(known: Timeline | undefined, fresh: Timeline): Timeline {
  const newest = messagesOf(fresh).at(-1)?.created_at ?? "";
  let timeline = fresh;
  for (const message of messagesOf(known)) {
    if (message.created_at > newest) timeline = withMessage(timeline, message);
    else timeline = changeMessage(timeline, message.id, (read) => newestState(message, read));
  }
  return timeline;
}

/** What is known of a message after `next` has arrived: an older state never undoes a newer one. */
export function newestState(known: Message, next: Message): Message {
  if (known.deleted_at && !next.deleted_at) return known;
  if ((known.edited_at ?? "") > (next.edited_at ?? "")) return { ...known, reactions: next.reactions };
  return next;
}

/** A message that is new, or has changed. One outside the loaded run is passed over. */
export function withMessage(timeline: Timeline, message: Message): Timeline {
  const index = timeline.pages.findIndex((page) => page.items.some(({ id }) => id === message.id));
  if (index >= 0) {
    const replace = (known: Message): Message =>
      known.id === message.id ? newestState(known, message) : known;
    return { ...timeline, pages: withItems(timeline.pages, index, (items) => items.map(replace)) };
  }
  const all = messagesOf(timeline);
  const newest = all.at(-1);
  const oldest = all[0];
  if (!newest || message.created_at > newest.created_at) {
    if (!timeline.atLatest) return timeline.missed ? timeline : { ...timeline, missed: true };
    const pages = timeline.pages.length ? timeline.pages : [{ items: [] }];
    return { ...timeline, pages: withItems(pages, pages.length - 1, (items) => [...items, message]) };
  }
  // Landed late, between others: it goes where its time says, if that is loaded.
  if (message.created_at < oldest!.created_at && olderCursor(timeline)) return timeline;
  const found = timeline.pages.findIndex((page) => {
    const last = page.items.at(-1);
    return last !== undefined && last.created_at > message.created_at;
  });
  const at = Math.max(found, 0);
  return {
    ...timeline,
    pages: withItems(timeline.pages, at, (items) =>
      [...items, message].sort((a, b) => (a.created_at < b.created_at ? -1 : 1)),
    ),
  };
}

export function changeMessage(
  timeline: Timeline,
  id: string,
  change: (message: Message) => Message,
): Timeline {
  const index = timeline.pages.findIndex((page) => page.items.some((message) => message.id === id));
  if (index < 0) return timeline;
  const one = (message: Message): Message => (message.id === id ? change(message) : message);
  return { ...timeline, pages: withItems(timeline.pages, index, (items) => items.map(one)) };
}

function withItems(
  pages: TimelinePage[],
  index: number,
  change: (items: Message[]) => Message[],
): TimelinePage[] {
  return pages.map((page, at) => (at === index ? { ...page, items: change(page.items) } : page));
}
