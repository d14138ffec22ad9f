// One tick: the server has it. Two: everybody else in the conversation has read it.
import type { Conversation, Message, Person } from "../api/types";
import { Icon } from "../components/Icon";
import { plural } from "../lib/text";
import { useStore } from "../store/store";

interface Props {
  conversation: string;
  kind: Conversation["kind"];
  message: Message;
  me: Person;
}

export function ReadTicks({ conversation, kind, message, me }: Props) {
  const members = useStore((state) => state.members[conversation]);
  const others = (members?.items ?? []).filter(({ user }) => user.id !== me.id);
  const readers = others.filter(({ last_read_at }) => (last_read_at ?? "") >= message.created_at);
  const byAll = others.length > 0 && readers.length === others.length;
  let words = "Sent";
  if (byAll) words = kind === "direct" ? "Read" : "Read by everybody";
  else if (readers.length) words = `Read by ${plural(readers.length, "person", "people")}`;
  return (
    <span class={`ticks ${byAll ? "read" : ""}`} title={words}>
      <Icon name={byAll ? "checks" : "check"} size={15} />
      <span class="visually-hidden">{words}</span>
    </span>
  );
}
