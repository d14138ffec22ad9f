// Messages that are on their way: shown at once, sent in order, each under a client token so that
// sending again never doubles it.
import type { Message } from "../api/types";

export interface Outgoing {
  client_token: string;
  conversation_id: string;
  text: string;
  reply_to?: string;
  /** When it was written, by the reader's clock: for display alone. */
  written_at: string;
  /** waiting: goes out as soon as it can; failed: a person must decide. */
  status: "waiting" | "sending" | "failed";
  problem?: string;
}

export type Outbox = Record<string, Outgoing[]>;

function inConversation(
  outbox: Outbox,
  conversation: string,
  change: (items: Outgoing[]) => Outgoing[],
): Outbox {
  const before = outbox[conversation] ?? [];
  const after = change(before);
  if (after.length === 0) {
    if (!(conversation in outbox)) return outbox;
    const { [conversation]: _, ...rest } = outbox;
    return rest;
  }
  return { ...outbox, [conversation]: after };
}

export function queued(outbox: Outbox, outgoing: Outgoing): Outbox {
  return inConversation(outbox, outgoing.conversation_id, (items) => [...items, outgoing]);
}

/** The next one to send in a conversation: none while one is on its way, so that order holds. */
export function nextToSend(outbox: Outbox, conversation: string): Outgoing | undefined {
  const items = outbox[conversation] ?? [];
  if (items.some(({ status }) => status === "sending")) return undefined;
  return items.find(({ status }) => status === "waiting");
}

function marked(
  outbox: Outbox,
  conversation: string,
  token: string,
  change: (outgoing: Outgoing) => Outgoing,
): Outbox {
  return inConversation(outbox, conversation, (items) =>
    items.map((one) => (one.client_token === token ? change(one) : one)),
  );
}

const bare = ({ problem: _, ...rest }: Outgoing): Outgoing => rest;

export const sending = (outbox: Outbox, conversation: string, token: string): Outbox =>
  marked(outbox, conversation, token, (one) => ({ ...bare(one), status: "sending" }));

/** Did not go out, for a reason that passes (or that a person has put right). */
export const waiting = (outbox: Outbox, conversation: string, token: string): Outbox =>
  marked(outbox, conversation, token, (one) => ({ ...bare(one), status: "waiting" }));

export const failed = (
  outbox: Outbox,
  conversation: string,
  token: string,
  problem: string,
): Outbox => marked(outbox, conversation, token, (one) => ({ ...one, status: "failed", problem }));

export const discarded = (outbox: Outbox, conversation: string, token: string): Outbox =>
  inConversation(outbox, conversation, (items) =>
    items.filter((one) => one.client_token !== token),
  );

/** `message` has arrived, by whichever way: if it was on its way it is so no longer. */
export function delivered(outbox: Outbox, message: Message): Outbox {
  const token = message.client_token;
  const items = outbox[message.conversation_id];
  if (!token || !items?.some((one) => one.client_token === token)) return outbox;
  return discarded(outbox, message.conversation_id, token);
}

/** As after a reload: whatever was on its way is sent again. */
export function revived(outbox: Outbox): Outbox {
  return Object.fromEntries(
    Object.entries(outbox).map(([conversation, items]) => [
      conversation,
      items.map((one) => (one.status === "sending" ? { ...one, status: "waiting" } : one)),
    ]),
  );
}
