// Messages and conversations for the unit tests.
import type { Conversation, HistoryPage, Message, Person } from "../api/types";
import { EMPTY, type State } from "./state";

export const ME: Person = { id: "me", handle: "me", display_name: "Me" };
export const ADA: Person = { id: "ada", handle: "ada", display_name: "Ada" };

/** A message whose time is `minute` minutes after noon. */
export function message(id: string, minute: number, more: Partial<Message> = {}): Message {
  return {
    id,
    conversation_id: "c",
    sender: ADA,
    text: `text of ${id}`,
    created_at: new Date(Date.UTC(2026, 10, 22, 12, minute)).toISOString().replace("Z", "000Z"),
    reactions: [],
    ...more,
  };
}

/** A page as the server sends it, from messages in the order of their times. */
export function page(messages: Message[], ends: Omit<HistoryPage, "items"> = {}): HistoryPage {
  return { items: [...messages].reverse(), ...ends };
}

export function conversation(id: string, more: Partial<Conversation> = {}): Conversation {
  return {
    id,
    kind: "direct",
    title: "Ada",
    other: ADA,
    member_count: 2,
    unread: 0,
    muted: false,
    role: "member",
    created_at: "2026-11-01T00:00:00.000000Z",
    ...more,
  };
}

export function state(more: Partial<State> = {}): State {
  return {
    ...EMPTY,
    me: ME,
    list: { status: "ready", byId: { c: conversation("c") }, loadingMore: false },
    ...more,
  };
}
