// Where messages are written: new ones, replies, edits.
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { edit, send, stopTyping, typing } from "../actions/messages";
import { attempt } from "../actions/notices";
import { unblock } from "../actions/people";
import type { Conversation, Message } from "../api/types";
import { Button, IconButton } from "../components/Button";
import { EmojiButton } from "../components/EmojiButton";
import { Icon } from "../components/Icon";
import { announce } from "../lib/announce";
import { characterCount, MESSAGE_CHARACTERS_MAX } from "../lib/text";
import { without } from "../store/state";
import { getState, update, useStore } from "../store/store";

const HEIGHT_PX_MAX = 200;
const FEW = 100;
const ANNOUNCED = [100, 50, 20, 10, 0];

export interface Composing {
  kind: "reply" | "edit";
  message: Message;
}

interface Props {
  conversation: Conversation;
  composing: Composing | null;
  onDone: () => void;
  onEditLast: () => void;
}

function keepDraft(id: string, text: string): void {
  update((state) => ({
    ...state,
    drafts: text.trim() ? { ...state.drafts, [id]: text } : without(state.drafts, id),
  }));
}

export function Composer({ conversation, composing, onDone, onEditLast }: Props) {
  const { id, other } = conversation;
  const editing = composing?.kind === "edit" ? composing.message : null;
  const [text, setText] = useState(() => editing?.text ?? getState().drafts[id] ?? "");
  const blocked = useStore((state) =>
    Boolean(other && state.blocked?.some((person) => person.id === other.id)),
  );
  const area = useRef<HTMLTextAreaElement>(null);
  const counter = useId();
  const left = MESSAGE_CHARACTERS_MAX - characterCount(text);
  const isSendable = text.trim() !== "" && left >= 0 && text !== editing?.text;

  useLayoutEffect(() => {
    const element = area.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight, HEIGHT_PX_MAX)}px`;
  }, [text]);
  useEffect(() => {
    if (composing || !matchMedia("(pointer: coarse)").matches) area.current?.focus();
    if (editing) area.current?.setSelectionRange(text.length, text.length);
    return () => stopTyping(id);
  }, []);
  useEffect(() => {
    if (ANNOUNCED.includes(left)) announce(`${left} characters left`);
    else if (left === -1) announce("The message is too long", "assertive");
  }, [left]);

  const change = (next: string): void => {
    setText(next);
    if (editing) return;
    keepDraft(id, next);
    if (next.trim()) typing(id);
    else stopTyping(id);
  };
  const submit = (): void => {
    if (!isSendable) return;
    if (editing) void attempt(() => edit(editing, text.trim()));
    else {
      setText("");
      keepDraft(id, "");
      void send(id, text.trim(), composing?.message.id);
    }
    onDone();
  };
  const insert = (emoji: string): void => {
    const element = area.current!;
    element.focus();
    element.setRangeText(emoji, element.selectionStart, element.selectionEnd, "end");
    change(element.value);
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) submit();
    else if (event.key === "ArrowUp" && !event.altKey && text === "" && !composing) onEditLast();
    else return;
    event.preventDefault();
  };

  if (blocked && other) {
    return (
      <div class="composer blocked">
        <p>You have blocked {other.display_name}.</p>
        <Button onClick={() => void attempt(() => unblock(other))}>Unblock</Button>
      </div>
    );
  }
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {composing && (
        <div class="composing">
          <Icon name={editing ? "edit" : "reply"} size={18} />
          <div class="composing-text">
            <strong>
              {editing ? "Edit your message" : `Reply to ${composing.message.sender.display_name}`}
            </strong>
            <span>{composing.message.text}</span>
          </div>
          <IconButton
            icon="close"
            size={18}
            label={editing ? "Stop editing" : "Do not reply"}
            onClick={onDone}
          />
        </div>
      )}
      <div class={`composer-line ${left < 0 ? "over" : ""}`}>
        <EmojiButton label="Insert an emoji" onPick={insert} />
        <textarea
          ref={area}
          rows={1}
          dir="auto"
          value={text}
          placeholder={`Message ${conversation.title}`}
          aria-label={`Message ${conversation.title}`}
          aria-describedby={counter}
          aria-invalid={left < 0}
          onInput={(event) => change(event.currentTarget.value)}
          onKeyDown={pressed}
        />
        <span
          id={counter}
          class={`counter ${left < 0 ? "over" : left <= FEW ? "few" : ""} ${text ? "" : "idle"}`}
        >
          {left}
          <span class="visually-hidden"> characters left</span>
        </span>
        <button
          type="submit"
          class="send"
          aria-label={editing ? "Save" : "Send"}
          title={editing ? "Save" : "Send"}
          disabled={!isSendable}
        >
          <Icon name={editing ? "check" : "send"} />
        </button>
      </div>
    </form>
  );
}
