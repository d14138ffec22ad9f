// How a run of messages is laid out: where a day begins, where reading stopped, who goes on speaking.
import type { Message } from "../api/types";
import { isSameDay } from "./time";

const SAME_BREATH_MS = 5 * 60_000;

export interface Placed {
  message: Message;
  /** A day begins with this message. */
  day: boolean;
  /** The first that was unread when the conversation was opened. */
  unread: boolean;
  /** Not a continuation of the message before: shows who and, below the last, when. */
  first: boolean;
  last: boolean;
}

const before = new WeakMap<Message, Placed>();

/** The same object as last time, if it says the same: rows render again only when they change. */
function settled(placed: Placed): Placed {
  const known = before.get(placed.message);
  const keys = ["day", "unread", "first", "last"] as const;
  if (known && keys.every((key) => known[key] === placed[key])) return known;
  before.set(placed.message, placed);
  return placed;
}

/** `readUntil`: up to which time the reader had read; `me` has read all of their own. */
export function place(messages: Message[], readUntil: string | null, me: string): Placed[] {
  const placed: Placed[] = [];
  let unreadFound = readUntil === null;
  for (const message of messages) {
    const previous = placed.at(-1);
    const day = !previous || !isSameDay(previous.message.created_at, message.created_at);
    const unread: boolean =
      !unreadFound && message.created_at > readUntil! && message.sender.id !== me;
    unreadFound ||= unread;
    const first =
      day ||
      unread ||
      previous!.message.sender.id !== message.sender.id ||
      Date.parse(message.created_at) - Date.parse(previous!.message.created_at) > SAME_BREATH_MS;
    if (previous && !first) previous.last = false;
    placed.push({ message, day, unread, first, last: true });
  }
  return placed.map(settled);
}
