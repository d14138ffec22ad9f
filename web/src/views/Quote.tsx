// What a message replies to, in short; leads there.
import { useEffect } from "preact/hooks";
import { loadQuoted } from "../actions/history";
import { useStore } from "../store/store";
import { messagesOf } from "../store/timeline";

interface Props {
  conversation: string;
  id: string;
  onJump: (message: string) => void;
}

export function Quote({ conversation, id, onJump }: Props) {
  const quoted = useStore(
    (state) =>
      messagesOf(state.timelines[conversation]).find((message) => message.id === id) ??
      state.quoted[id],
  );
  const isUnknown = quoted === undefined;
  useEffect(() => {
    if (isUnknown) void loadQuoted(conversation, id);
  }, [conversation, id, isUnknown]);
  if (!quoted) {
    return <p class="quote faint">{quoted === null ? "A message that is gone" : "…"}</p>;
  }
  return (
    <button type="button" class="quote" tabIndex={-1} onClick={() => onJump(id)}>
      <span class="visually-hidden">In reply to </span>
      <span class="quote-name">{quoted.sender.display_name}</span>
      <span class="quote-text" dir="auto">{quoted.deleted_at ? "Message deleted" : quoted.text}</span>
    </button>
  );
}
