// A message's reactions: each emoji with how many; pressing one joins or leaves it.
import { toggleReaction } from "../actions/messages";
import { attempt } from "../actions/notices";
import type { Message, Person } from "../api/types";
import { nameList } from "../lib/text";
import { useStore } from "../store/store";

interface Props {
  message: Message;
  me: Person;
  conversation: string;
}

export function Reactions({ message, me, conversation }: Props) {
  const members = useStore((state) => state.members[conversation]);
  if (message.reactions.length === 0) return null;
  const nameOf = (id: string): string =>
    id === me.id
      ? "you"
      : (members?.items.find(({ user }) => user.id === id)?.user.display_name ?? "somebody");
  return (
    <ul class="reactions" aria-label="Reactions">
      {message.reactions.map(({ emoji, user_ids }) => {
        const who = nameList(user_ids.map(nameOf));
        return (
          <li key={emoji}>
            <button
              type="button"
              class="reaction"
              aria-pressed={user_ids.includes(me.id)}
              aria-label={`${emoji} ${user_ids.length}: ${who}`}
              title={who}
              onClick={() => void attempt(() => toggleReaction(message, emoji))}
            >
              <span aria-hidden="true">{emoji}</span>
              <span aria-hidden="true">{user_ids.length}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
