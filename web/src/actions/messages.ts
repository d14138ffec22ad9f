// Sending (at once to the eye, in order on the wire), editing, deleting, reacting, typing.
import { api } from "../api/client";
import { inPlainWords, Problem } from "../api/problem";
import type { Message } from "../api/types";
import { randomToken } from "../lib/text";
import { reduce } from "../store/events";
import * as outbox from "../store/outbox";
import { getState, subscribe, update } from "../store/store";
import { changeMessage } from "../store/timeline";
import { jumpToLatest } from "./history";
import { attempt } from "./notices";

const ATTEMPTS_MAX = 3;
const RETRY_MS = 500;
const TYPING_EVERY_MS = 3_000;
const KEY = "parley.outbox";

/** A message as some reply gave it: the same as if it had come live. */
export function arrived(message: Message): void {
  update((state) => reduce(state, { type: "message", data: message }, Date.now()));
}

export async function send(conversation: string, text: string, replyTo?: string): Promise<void> {
  update((state) => ({
    ...state,
    outbox: outbox.queued(state.outbox, {
      client_token: randomToken(),
      conversation_id: conversation,
      text,
      written_at: new Date().toISOString(),
      status: "waiting",
      ...(replyTo ? { reply_to: replyTo } : {}),
    }),
  }));
  stopTyping(conversation);
  void attempt(() => jumpToLatest(conversation));
  await flush(conversation);
}

export function retry(conversation: string, token: string): void {
  attempts.delete(token);
  update((state) => ({ ...state, outbox: outbox.waiting(state.outbox, conversation, token) }));
  void flush(conversation);
}

export function discard(conversation: string, token: string): void {
  update((state) => ({ ...state, outbox: outbox.discarded(state.outbox, conversation, token) }));
}

const attempts = new Map<string, number>();

/** Sends what waits in a conversation, one after the other. */
export async function flush(conversation: string): Promise<void> {
  const next = outbox.nextToSend(getState().outbox, conversation);
  if (!next) return;
  const { client_token: token, text, reply_to } = next;
  update((state) => ({ ...state, outbox: outbox.sending(state.outbox, conversation, token) }));
  try {
    const body = { text, client_token: token, ...(reply_to ? { reply_to } : {}) };
    const message = await api.send(conversation, body);
    attempts.delete(token);
    // The reply is to us: it is our token even if the server does not repeat it.
    arrived({ ...message, client_token: token });
  } catch (error) {
    if (later(conversation, token, error)) return;
    update((state) => ({
      ...state,
      outbox: outbox.failed(state.outbox, conversation, token, inPlainWords(error)),
    }));
  }
  await flush(conversation);
}

/** Puts a message that did not go out back to wait, if waiting may help. */
function later(conversation: string, token: string, error: unknown): boolean {
  if (!(error instanceof Problem) || !error.isPassing) return false;
  const offline = error.status === 0 && getState().connection !== "live";
  // Only what may fail for ever is counted: not being offline, not being asked to wait.
  const isCounted = !offline && error.status !== 429;
  const tried = (attempts.get(token) ?? 0) + (isCounted ? 1 : 0);
  attempts.set(token, offline ? 0 : tried);
  if (tried >= ATTEMPTS_MAX) return false;
  update((state) => ({ ...state, outbox: outbox.waiting(state.outbox, conversation, token) }));
  // Without a connection, live.ts sends it when there is one again.
  if (!offline) {
    const wait = error.retryAfterS ? error.retryAfterS * 1000 : RETRY_MS * 2 ** Math.max(tried - 1, 0);
    setTimeout(() => void flush(conversation), wait);
  }
  return true;
}

export function flushAll(): void {
  for (const conversation of Object.keys(getState().outbox)) void flush(conversation);
}

/** What was on its way survives a reload: the client token keeps it from being doubled. */
export function keepOutbox(): () => void {
  let kept = getState().outbox;
  return subscribe(() => {
    const now = getState().outbox;
    if (now === kept) return;
    kept = now;
    sessionStorage.setItem(KEY, JSON.stringify(now));
  });
}

export function reviveOutbox(): void {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as outbox.Outbox;
    update((state) => ({ ...state, outbox: outbox.revived(kept) }));
  } catch {
    sessionStorage.removeItem(KEY);
  }
}

export async function edit(message: Message, text: string): Promise<void> {
  arrived(await api.edit(message.conversation_id, message.id, text));
}

export async function remove(message: Message): Promise<void> {
  arrived(await api.remove(message.conversation_id, message.id));
}

/** Adds one's reaction, or takes it back; shown at once, undone if the server refuses. */
export async function toggleReaction(message: Message, emoji: string): Promise<void> {
  const me = getState().me!.id;
  const { conversation_id: conversation, id } = message;
  const mine = message.reactions.some((one) => one.emoji === emoji && one.user_ids.includes(me));
  const put = (on: boolean): void =>
    update((state) => {
      const timeline = state.timelines[conversation];
      if (!timeline) return state;
      const changed = changeMessage(timeline, id, (known) => withReaction(known, emoji, me, on));
      return { ...state, timelines: { ...state.timelines, [conversation]: changed } };
    });
  put(!mine);
  try {
    arrived(await (mine ? api.unreact : api.react)(conversation, id, emoji));
  } catch (error) {
    put(mine);
    throw error;
  }
}

export function withReaction(message: Message, emoji: string, user: string, on: boolean): Message {
  const known = message.reactions.find((one) => one.emoji === emoji);
  const others = (known?.user_ids ?? []).filter((id) => id !== user);
  const user_ids = on ? [...others, user] : others;
  const next = known
    ? message.reactions.map((one) => (one.emoji === emoji ? { emoji, user_ids } : one))
    : [...message.reactions, { emoji, user_ids }];
  return { ...message, reactions: next.filter((one) => one.user_ids.length > 0) };
}

const typedAt = new Map<string, number>();

/** The reader is typing; the server is told now and then. */
export function typing(conversation: string): void {
  const now = Date.now();
  if (now - (typedAt.get(conversation) ?? 0) < TYPING_EVERY_MS) return;
  typedAt.set(conversation, now);
  api.typing(conversation, true).catch(() => undefined);
}

export function stopTyping(conversation: string): void {
  if (!typedAt.delete(conversation)) return;
  api.typing(conversation, false).catch(() => undefined);
}
