// Search within the loaded history, newest match first.
import { useEffect, useMemo, useState } from "preact/hooks";
import { loadOlder } from "../actions/history";
import type { Message } from "../api/types";
import { Button, IconButton } from "../components/Button";
import { Icon } from "../components/Icon";
import { occurrences, plural } from "../lib/text";

interface Props {
  messages: Message[];
  term: string;
  conversation: string;
  hasOlder: boolean;
  onTerm: (term: string) => void;
  onJump: (message: string) => void;
  onClose: () => void;
}

export function SearchBar(props: Props) {
  const { messages, term, conversation, hasOlder, onTerm, onJump, onClose } = props;
  const found = useMemo(
    () => messages.filter(({ text }) => occurrences(text, term).length > 0).map(({ id }) => id),
    [messages, term],
  );
  const [current, setCurrent] = useState<string | null>(null);
  // The newest match is the first one shown.
  useEffect(() => {
    const newest = found.at(-1) ?? null;
    setCurrent(newest);
    if (newest) onJump(newest);
  }, [term]);
  const at = current ? found.indexOf(current) : -1;
  const step = (by: number): void => {
    const next = found[(at + by + found.length) % found.length];
    if (!next) return;
    setCurrent(next);
    onJump(next);
  };
  let result = "";
  if (term) result = found.length ? `${found.length - at} of ${found.length}` : "No match";
  return (
    <search class="search-bar">
      <Icon name="search" size={18} />
      <input
        type="search"
        aria-label="Search the loaded messages"
        placeholder="Search the loaded messages"
        autocomplete="off"
        value={term}
        ref={(element) => {
          if (element && !element.dataset.once) {
            element.dataset.once = "1";
            element.focus();
          }
        }}
        onInput={(event) => onTerm(event.currentTarget.value.trimStart())}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          step(event.shiftKey ? 1 : -1);
        }}
      />
      <span class="search-result" role="status">
        {result}
      </span>
      {hasOlder && (
        <Button
          kind="quiet"
          title={`${plural(messages.length, "message")} loaded`}
          onClick={() => void loadOlder(conversation)}
        >
          Load older
        </Button>
      )}
      <IconButton icon="up" label="Older match" disabled={!found.length} onClick={() => step(-1)} />
      <IconButton icon="down" label="Newer match" disabled={!found.length} onClick={() => step(1)} />
      <IconButton icon="close" label="Close the search" onClick={onClose} />
    </search>
  );
}
