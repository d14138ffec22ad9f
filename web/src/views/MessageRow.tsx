// One message: text, quote, reactions, ticks, and what can be done with it.
import { useState } from "preact/hooks";
import { remove, toggleReaction } from "../actions/messages";
import { attempt, notify } from "../actions/notices";
import type { Conversation, Message, Person, Role } from "../api/types";
import { Avatar } from "../components/Avatar";
import { IconButton } from "../components/Button";
import { Confirm } from "../components/Confirm";
import { EmojiButton } from "../components/EmojiButton";
import { Menu, type MenuItem } from "../components/Menu";
import { MessageText } from "../components/MessageText";
import type { Placed } from "../lib/layout";
import { memo } from "../lib/memo";
import { isJumbo } from "../lib/segments";
import { clockTime, fullTime } from "../lib/time";
import { singleKeysOn } from "../lib/preferences";
import { Quote } from "./Quote";
import { Reactions } from "./Reactions";
import { ReadTicks } from "./ReadTicks";

interface Props {
  placed: Placed;
  conversation: string;
  kind: Conversation["kind"];
  role: Role;
  me: Person;
  term: string;
  isActive: boolean;
  isFlashing: boolean;
  onActive: (message: string) => void;
  onJump: (message: string) => void;
  onReply: (message: Message) => void;
  onEdit: (message: Message) => void;
}

export const MessageRow = memo(function MessageRow(props: Props) {
  const { placed, conversation, kind, me, term, isActive, isFlashing } = props;
  const { message, first, last } = placed;
  const { sender, text, created_at, deleted_at, edited_at, reply_to } = message;
  const mine = sender.id === me.id;
  const inGroup = kind === "group";
  const [deleting, setDeleting] = useState(false);
  const actions = actionsOf(props, mine, () => setDeleting(true));
  const classes = [
    "message",
    mine ? "mine" : "theirs",
    first ? "first" : "",
    last ? "last" : "",
    isFlashing ? "flash" : "",
    deleted_at ? "deleted" : "",
  ];
  return (
    <article
      class={classes.filter(Boolean).join(" ")}
      data-message={message.id}
      tabIndex={isActive ? 0 : -1}
      aria-label={`${mine ? "You" : sender.display_name}, ${clockTime(created_at)}: ${text || "deleted"}`}
      onFocus={() => props.onActive(message.id)}
      onKeyDown={(event) => {
        if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey) return;
        const action = event.key === "Delete" || singleKeysOn() ? actions.keys[event.key] : null;
        if (!action) return;
        event.preventDefault();
        event.stopPropagation();
        action();
      }}
    >
      {inGroup && !mine && (
        <span class="message-avatar">
          {last && <Avatar id={sender.id} name={sender.display_name} size="small" />}
        </span>
      )}
      <div class="message-column">
        <div class="bubble-line">
          <div class={isJumbo(text) && !reply_to ? "bubble only-emoji" : "bubble"}>
            {inGroup && !mine && first && <p class="sender">{sender.display_name}</p>}
            {reply_to && !deleted_at && (
              <Quote conversation={conversation} id={reply_to} onJump={props.onJump} />
            )}
            <div class="bubble-body">
              {deleted_at ? (
                <p class="text">Message deleted</p>
              ) : (
                <MessageText text={text} term={term} />
              )}
              <p class="meta">
                {edited_at && !deleted_at && <span title={fullTime(edited_at)}>edited</span>}
                <time dateTime={created_at} title={fullTime(created_at)}>
                  {clockTime(created_at)}
                </time>
                {mine && !deleted_at && (
                  <ReadTicks conversation={conversation} kind={kind} message={message} me={me} />
                )}
              </p>
            </div>
          </div>
          {!deleted_at && (
            <div class="message-actions" role="group" aria-label="Actions">
              <EmojiButton
                label="React"
                tabIndex={isActive ? 0 : -1}
                onPick={(emoji) => void attempt(() => toggleReaction(message, emoji))}
              />
              <IconButton
                icon="reply"
                label="Reply"
                tabIndex={isActive ? 0 : -1}
                onClick={() => props.onReply(message)}
              />
              <Menu
                label="More actions"
                tabIndex={isActive ? 0 : -1}
                items={actions.items}
              />
            </div>
          )}
        </div>
        {!deleted_at && <Reactions message={message} me={me} conversation={conversation} />}
      </div>
      {deleting && (
        <Confirm
          title="Delete this message?"
          text="It is taken away for everybody. That it was there stays visible."
          action="Delete"
          onConfirm={() => remove(message)}
          onClose={() => setDeleting(false)}
        />
      )}
    </article>
  );
});

function actionsOf(
  { placed: { message }, kind, role, onReply, onEdit }: Props,
  mine: boolean,
  askToDelete: () => void,
): { items: MenuItem[]; keys: Record<string, () => void> } {
  const copy = (): void =>
    void navigator.clipboard
      ?.writeText(message.text)
      .then(() => notify("Copied."))
      .catch(() => notify("Copying is not allowed here.", "error"));
  const reply = (): void => onReply(message);
  const items: MenuItem[] = [{ label: "Copy text", icon: "copy", onSelect: copy }];
  if (message.deleted_at) return { items, keys: {} };
  const like = (): void => void attempt(() => toggleReaction(message, "👍"));
  const keys: Record<string, () => void> = { r: reply, l: like };
  if (mine) {
    const edit = (): void => onEdit(message);
    items.push({ label: "Edit", icon: "edit", onSelect: edit });
    keys.e = edit;
  }
  if (mine || (kind === "group" && role === "owner")) {
    items.push({ label: "Delete", icon: "trash", danger: true, onSelect: askToDelete });
    keys.Delete = askToDelete;
  }
  return { items, keys };
}
