// The conversation list, and what is done to a conversation as a whole.
import { api } from "../api/client";
import { Problem } from "../api/problem";
import type { Conversation, LiveEvent, Member, Role } from "../api/types";
import { changeConversation, withConversation } from "../store/conversations";
import { changeMembers, forget } from "../store/events";
import { getState, update } from "../store/store";
import { readInto } from "./meanwhile";

const PAGES_OF_MEMBERS_MAX = 20;

/** Reads the list anew from its top: at the start, and after a break that lost events. */
export async function loadList(): Promise<void> {
  try {
    const known = getState().list.byId;
    await readInto(
      async () => {
        let page = await api.conversations();
        const items = [...page.items];
        // As far as the reader had scrolled.
        while (page.next && items.length < Object.keys(known).length) {
          page = await api.conversations(page.next);
          items.push(...page.items);
        }
        return { items, next: page.next };
      },
      (state, { items, next }) => {
        // What has come meanwhile may be newer than the answer.
        const arrived = Object.values(state.list.byId).filter(({ id }) => !(id in known));
        const byId = Object.fromEntries([...arrived, ...items].map((one) => [one.id, one]));
        return { ...state, list: { status: "ready", byId, next, loadingMore: false } };
      },
    );
  } catch {
    update((state) =>
      state.list.status === "ready" ? state : { ...state, list: { ...state.list, status: "error" } },
    );
  }
}

export async function loadMoreOfList(): Promise<void> {
  const { list } = getState();
  if (!list.next || list.loadingMore) return;
  update((state) => ({ ...state, list: { ...state.list, loadingMore: true } }));
  try {
    const page = await api.conversations(list.next);
    update((state) => {
      const byId = { ...state.list.byId };
      for (const one of page.items) byId[one.id] ??= one;
      return { ...state, list: { ...state.list, byId, next: page.next, loadingMore: false } };
    });
  } catch {
    update((state) => ({ ...state, list: { ...state.list, loadingMore: false } }));
  }
}

interface Question {
  answer: Promise<Conversation | null>;
  /** What made somebody want to know. */
  told: LiveEvent[];
  /** There was more of it since the server was asked: what is refused may be there by now. */
  again: boolean;
}
const asking = new Map<string, Question>();

async function askFor(id: string, question: Question): Promise<Conversation | null> {
  for (;;) {
    question.again = false;
    try {
      return await readInto<Conversation>(() => api.conversation(id), withConversation, question.told);
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 403) throw error;
      if (question.again) continue;
      update((state) => forget(state, id));
      return null;
    }
  }
}

/**
 * Reads one conversation, because of what was `told`; null if it is not the reader's. One question
 * at a time for each.
 */
export function loadConversation(id: string, ...told: LiveEvent[]): Promise<Conversation | null> {
  const known = asking.get(id);
  if (known) {
    known.again = true;
    known.told.push(...told);
    return known.answer;
  }
  const question: Question = { answer: Promise.resolve(null), told, again: false };
  asking.set(id, question);
  question.answer = askFor(id, question).finally(() => asking.delete(id));
  return question.answer;
}

export async function openDirect(handle: string): Promise<Conversation> {
  const conversation = await api.openDirect(handle);
  update((state) => withConversation(state, conversation));
  return conversation;
}

export async function makeGroup(title: string, handles: string[]): Promise<Conversation> {
  const conversation = await api.makeGroup(title, handles);
  update((state) => withConversation(state, conversation));
  return conversation;
}

export async function rename(id: string, title: string): Promise<void> {
  await api.rename(id, title);
  update((state) => changeConversation(state, id, (known) => ({ ...known, title })));
}

export async function setMuted(id: string, muted: boolean): Promise<void> {
  const before = getState().list.byId[id]?.muted ?? false;
  const put = (value: boolean): void =>
    update((state) => changeConversation(state, id, (known) => ({ ...known, muted: value })));
  put(muted);
  try {
    await api.mute(id, muted);
  } catch (error) {
    put(before);
    throw error;
  }
}

export async function loadMembers(id: string): Promise<void> {
  try {
    await readInto(
      async () => {
        const items: Member[] = [];
        let cursor: string | undefined;
        let pages = 0;
        do {
          const page = await api.members(id, cursor);
          items.push(...page.items);
          cursor = page.next;
        } while (cursor && ++pages < PAGES_OF_MEMBERS_MAX);
        return items;
      },
      (state, items) => ({
        ...state,
        members: { ...state.members, [id]: { status: "ready", items } },
        online: items.reduce(
          (online, { user, online: is }) => (is ? { ...online, [user.id]: true } : online),
          state.online,
        ),
      }),
    );
  } catch {
    update((state) =>
      state.members[id]?.status === "ready"
        ? state
        : { ...state, members: { ...state.members, [id]: { status: "error", items: [] } } },
    );
  }
}

/** How many members there are then is told live, here and below. */
export async function invite(id: string, handle: string): Promise<void> {
  const member = await api.invite(id, handle);
  update((state) =>
    changeMembers(state, id, (items) => [
      ...items.filter(({ user }) => user.id !== member.user.id),
      member,
    ]),
  );
}

export async function setRole(id: string, user: string, role: Role): Promise<void> {
  const member = await api.setRole(id, user, role);
  update((state) => {
    const next = changeMembers(state, id, (items) =>
      items.map((one) => (one.user.id === user ? { ...one, role: member.role } : one)),
    );
    return user === state.me?.id
      ? changeConversation(next, id, (known) => ({ ...known, role }))
      : next;
  });
}

export async function removeMember(id: string, user: string): Promise<void> {
  await api.removeMember(id, user);
  update((state) => changeMembers(state, id, (items) => items.filter((one) => one.user.id !== user)));
}

export async function leave(id: string): Promise<void> {
  await api.removeMember(id, getState().me!.id);
  update((state) => forget(state, id));
}
