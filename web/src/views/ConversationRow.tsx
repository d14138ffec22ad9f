// One conversation in the list.
import type { Conversation } from "../api/types";
import { Avatar } from "../components/Avatar";
import { Icon } from "../components/Icon";
import { conversationPath } from "../lib/router";
import { plural } from "../lib/text";
import { fullTime, shortTime } from "../lib/time";
import { activityOf, senderText, UNREAD_MAX, unreadText } from "../store/conversations";
import { useStore } from "../store/store";

interface Props {
  conversation: Conversation;
  isCurrent: boolean;
  inTabOrder: boolean;
}

export function ConversationRow({ conversation, isCurrent, inTabOrder }: Props) {
  const { id, kind, title, other, unread, muted } = conversation;
  const now = useStore((state) => state.now);
  const online = useStore((state) => Boolean(other && state.online[other.id]));
  const time = activityOf(conversation);
  return (
    <li>
      <a
        href={conversationPath(id)}
        class={`conversation ${unread ? "unread" : ""} ${muted ? "muted" : ""}`}
        data-roving
        data-conversation={id}
        tabIndex={inTabOrder ? 0 : -1}
        {...(isCurrent ? { "aria-current": "page" } : {})}
      >
        <Avatar id={other?.id ?? id} name={title} online={online} />
        <span class="conversation-text">
          <span class="conversation-top">
            <span class="title">
              {kind === "group" && <Icon name="group" size={15} />}
              <span class="title-text" dir="auto">{title}</span>
            </span>
            {time && (
              <time dateTime={time} title={fullTime(time)}>
                {shortTime(time, now)}
              </time>
            )}
          </span>
          <span class="conversation-bottom">
            <Preview conversation={conversation} isCurrent={isCurrent} />
            {muted && (
              <>
                <Icon name="bellOff" size={15} />
                <span class="visually-hidden">Muted.</span>
              </>
            )}
            {unread > 0 && (
              <span class="badge">
                <span aria-hidden="true">{unreadText(unread)}</span>
                <span class="visually-hidden">
                  {unread >= UNREAD_MAX
                    ? "More than 99 unread messages"
                    : plural(unread, "unread message")}
                </span>
              </span>
            )}
            {online && <span class="visually-hidden">Online.</span>}
          </span>
        </span>
      </a>
    </li>
  );
}

function Preview({ conversation, isCurrent }: { conversation: Conversation; isCurrent: boolean }) {
  const draft = useStore((state) => state.drafts[conversation.id]);
  const typing = useStore((state) => Boolean(state.typing[conversation.id]));
  const me = useStore((state) => state.me?.id);
  const last = conversation.last_message;
  if (typing) return <span class="preview typing">typing…</span>;
  if (draft && !isCurrent) {
    return (
      <span class="preview">
        <em class="draft">Draft:</em> {draft}
      </span>
    );
  }
  if (!last) return <span class="preview faint">No messages yet</span>;
  const who = senderText(conversation, me);
  if (!last.text) return <span class="preview faint">{who}Message deleted</span>;
  return who ? (
    <span class="preview">
      {who}
      <bdi>{last.text}</bdi>
    </span>
  ) : (
    <span class="preview" dir="auto">
      {last.text}
    </span>
  );
}
