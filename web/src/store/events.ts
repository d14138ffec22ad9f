// What each live event changes. Pure: whatever must be asked of the server is live.ts's affair.
import type { LiveEvent } from "../api/types";
import { changeConversation, withPreview } from "./conversations";
import { delivered } from "./outbox";
import { without, type State } from "./state";
import { withMessage } from "./timeline";

export const TYPING_MS = 6_000;

export function reduce(state: State, event: LiveEvent, now: number): State {
  switch (event.type) {
    case "ready":
      return {
        ...state,
        online: Object.fromEntries(event.data.online.map((id) => [id, true])),
        typing: {},
      };

    case "message": {
      const message = event.data;
      const timeline = state.timelines[message.conversation_id];
      const next = withPreview(state, message);
      return {
        ...next,
        outbox: delivered(state.outbox, message),
        timelines: timeline
          ? { ...state.timelines, [message.conversation_id]: withMessage(timeline, message) }
          : state.timelines,
        typing: withoutTyping(state, message.conversation_id, message.sender.id),
        quoted: message.id in state.quoted ? { ...state.quoted, [message.id]: message } : state.quoted,
      };
    }

    case "conversation": {
      const { conversation_id, unread, muted, last_read_at } = event.data;
      return changeConversation(state, conversation_id, (known) => ({
        ...known,
        unread,
        muted,
        ...(last_read_at && last_read_at > (known.last_read_at ?? "") ? { last_read_at } : {}),
      }));
    }

    case "read": {
      const { conversation_id, user_id, last_read_at } = event.data;
      const members = state.members[conversation_id];
      if (!members) return state;
      const items = members.items.map((member) =>
        member.user.id === user_id && last_read_at > (member.last_read_at ?? "")
          ? { ...member, last_read_at }
          : member,
      );
      return { ...state, members: { ...state.members, [conversation_id]: { ...members, items } } };
    }

    case "left": {
      const { conversation_id, user_id } = event.data;
      if (user_id === state.me?.id) return forget(state, conversation_id);
      const members = state.members[conversation_id];
      const next = changeConversation(state, conversation_id, (known) => ({
        ...known,
        member_count: Math.max(known.member_count - 1, 1),
      }));
      if (!members) return next;
      const items = members.items.filter((member) => member.user.id !== user_id);
      return { ...next, members: { ...state.members, [conversation_id]: { ...members, items } } };
    }

    case "renamed":
      return changeConversation(state, event.data.conversation_id, (known) => ({
        ...known,
        title: event.data.title,
      }));

    case "typing": {
      const { conversation_id, user_id, typing } = event.data;
      if (user_id === state.me?.id) return state;
      if (!typing) return { ...state, typing: withoutTyping(state, conversation_id, user_id) };
      const people = { ...state.typing[conversation_id], [user_id]: now + TYPING_MS };
      return { ...state, typing: { ...state.typing, [conversation_id]: people } };
    }

    case "presence":
      return {
        ...state,
        online: event.data.online
          ? { ...state.online, [event.data.user_id]: true }
          : without(state.online, event.data.user_id),
      };
  }
}

/** Takes a conversation out of everything: one has left, or was removed. */
export function forget(state: State, conversation: string): State {
  return {
    ...state,
    list: { ...state.list, byId: without(state.list.byId, conversation) },
    timelines: without(state.timelines, conversation),
    members: without(state.members, conversation),
    typing: without(state.typing, conversation),
    outbox: without(state.outbox, conversation),
  };
}

/** Typing that nobody has confirmed for a while is over. */
export function expireTyping(state: State, now: number): State {
  let changed = false;
  const typing: State["typing"] = {};
  for (const [conversation, people] of Object.entries(state.typing)) {
    const still = Object.entries(people).filter(([, until]) => until > now);
    changed ||= still.length !== Object.keys(people).length;
    if (still.length) typing[conversation] = Object.fromEntries(still);
  }
  return changed ? { ...state, typing } : state;
}

function withoutTyping(state: State, conversation: string, user: string): State["typing"] {
  const people = state.typing[conversation];
  if (!people || !(user in people)) return state.typing;
  const others = without(people, user);
  return Object.keys(others).length
    ? { ...state.typing, [conversation]: others }
    : without(state.typing, conversation);
}
