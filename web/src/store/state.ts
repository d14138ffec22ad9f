// Everything the app knows, as one immutable value.
import type { Connection } from "../api/live";
import type { Conversation, Member, Message, Person } from "../api/types";
import type { Outgoing } from "./outbox";
import type { Timeline } from "./timeline";

export interface Notice {
  id: number;
  text: string;
  kind: "info" | "error";
}

export interface ConversationList {
  status: "loading" | "ready" | "error";
  byId: Record<string, Conversation>;
  next?: string | undefined;
  loadingMore: boolean;
}

export interface Members {
  status: "loading" | "ready" | "error";
  items: Member[];
}

export interface State {
  me: Person | null;
  connection: Connection;
  list: ConversationList;
  timelines: Record<string, Timeline>;
  outbox: Record<string, Outgoing[]>;
  members: Record<string, Members>;
  online: Record<string, boolean>;
  /** By conversation and person: until when (ms since the epoch) they count as typing. */
  typing: Record<string, Record<string, number>>;
  /** Messages that others quote but no loaded page holds; null: it is gone. */
  quoted: Record<string, Message | null>;
  blocked: Person[] | null;
  drafts: Record<string, string>;
  notices: Notice[];
  /** Rises each minute, so that "Yesterday" is right after midnight. */
  now: number;
}

export const EMPTY: State = {
  me: null,
  connection: "connecting",
  list: { status: "loading", byId: {}, loadingMore: false },
  timelines: {},
  outbox: {},
  members: {},
  online: {},
  typing: {},
  quoted: {},
  blocked: null,
  drafts: {},
  notices: [],
  now: 0,
};

export function without<T>(record: Record<string, T>, key: string): Record<string, T> {
  if (!(key in record)) return record;
  const { [key]: _, ...rest } = record;
  return rest;
}
