// What each live event changes. Pure: whatever must be asked of the server is live.ts's affair.
import type { LiveEvent, Member } from "../api/types";
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
      const { conversation_id, unread, muted, last_read_at, role } = event.data;
      return changeConversation(state, conversation_id, (known) => ({
        ...known,
        unread,
        muted,
        ...(role ? { role } : {}),
        ...(last_read_at && last_read_at > (known.last_read_at ?? "") ? { last_read_at } : {}),
      }));
    }

    case "read": {
      const { conversation_id, user_id, last_read_at } = event.data;
      return changeMembers(state, conversation_id, (items) =>
        items.map((member) =>
          member.user.id === user_id && last_read_at > (member.last_read_at ?? "")
            ? { ...member, last_read_at }
            : member,
        ),
      );
    }

    case "joined": {
      const { conversation_id, user, role, joined_at } = event.data;
      const online = Boolean(state.online[user.id]);
      return changeMembers(state, conversation_id, (items) => [
        ...items.filter((member) => member.user.id !== user.id),
        { user, role, joined_at, online },
      ]);
    }

    case "left": {
      const { conversation_id, user_id } = event.data;
      if (user_id === state.me?.id) return forget(state, conversation_id);
      return changeMembers(state, conversation_id, (items) =>
        items.filter((member) => member.user.id !== user_id),
      );
    }

    case "member": {
      const { conversation_id, user, role } = event.data;
      const next = changeConversation(state, conversation_id, (known) =>
        known.other?.id === user.id ? { ...known, other: user, title: user.display_name } : known,
      );
      return changeMembers(next, conversation_id, (items) =>
        items.map((member) => (member.user.id === user.id ? { ...member, user, role } : member)),
      );
    }

    case "profile": {
      const { user } = event.data;
      if (state.me?.id !== user.id) return state;
      return Object.keys(state.members).reduce<State>(
        (known, id) =>
          changeMembers(known, id, (items) =>
            items.map((member) => (member.user.id === user.id ? { ...member, user } : member)),
          ),
        { ...state, me: user },
      );
    }

    case "group": {
      const { conversation_id, title, member_count } = event.data;
      return changeConversation(state, conversation_id, (known) => ({
        ...known,
        title,
        member_count,
      }));
    }

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

/** Changes the loaded members of a conversation. */
export function changeMembers(
  state: State,
  id: string,
  change: (items: Member[]) => Member[],
): State {
  const known = state.members[id];
  if (!known) return state;
  return { ...state, members: { ...state.members, [id]: { ...known, items: change(known.items) } } };
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
