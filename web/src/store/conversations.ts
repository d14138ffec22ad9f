// The conversation list: order, what a message or an event changes in it.
import type { Conversation, Message } from "../api/types";
import type { ConversationList, State } from "./state";

export const UNREAD_MAX = 100; // the server's count ends here, and means "so many or more"

export const activityOf = (conversation: Conversation): string =>
  conversation.last_message?.created_at ?? conversation.created_at ?? "";

const sorted = new WeakMap<Record<string, Conversation>, Conversation[]>();

/** Newest first; the same array for the same list. */
export function conversationsOf(list: ConversationList): Conversation[] {
  let all = sorted.get(list.byId);
  if (!all) {
    all = Object.values(list.byId).sort((a, b) => (activityOf(a) < activityOf(b) ? 1 : -1));
    sorted.set(list.byId, all);
  }
  return all;
}

/** What the window's title counts: a muted conversation asks for nobody's attention. */
export function unreadTotal(list: ConversationList): number {
  return conversationsOf(list).reduce(
    (sum, { unread, muted }) => (muted ? sum : sum + unread),
    0,
  );
}

export const unreadText = (unread: number): string =>
  unread >= UNREAD_MAX ? `${UNREAD_MAX - 1}+` : String(unread);

/** Whose the last message is, as a list says it: "You: "; in groups the others' names too. */
export function senderText({ kind, last_message }: Conversation, me: string | undefined): string {
  const sender = last_message?.sender;
  if (!sender) return "";
  if (sender.id === me) return "You: ";
  return kind === "group" ? `${sender.display_name}: ` : "";
}

export function withConversation(state: State, conversation: Conversation): State {
  const known = state.list.byId[conversation.id];
  // A reply that crossed with a live message must not take the list back in time.
  const kept =
    known && activityOf(known) > activityOf(conversation)
      ? { ...conversation, last_message: known.last_message! }
      : conversation;
  return {
    ...state,
    list: { ...state.list, byId: { ...state.list.byId, [conversation.id]: kept } },
  };
}

export function changeConversation(
  state: State,
  id: string,
  change: (conversation: Conversation) => Conversation,
): State {
  const known = state.list.byId[id];
  if (!known) return state;
  const next = change(known);
  return next === known
    ? state
    : { ...state, list: { ...state.list, byId: { ...state.list.byId, [id]: next } } };
}

/** The list's preview after `message`: a newer message, or a change of the one that it shows. */
export function withPreview(state: State, message: Message): State {
  return changeConversation(state, message.conversation_id, (conversation) => {
    const shown = conversation.last_message;
    if (shown && shown.created_at > message.created_at) return conversation;
    if (shown?.created_at === message.created_at && shown.text === message.text) return conversation;
    return {
      ...conversation,
      last_message: {
        text: message.text,
        created_at: message.created_at,
        sender: message.sender,
      },
    };
  });
}
