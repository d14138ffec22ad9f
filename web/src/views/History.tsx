// The messages: days, what is unread, both ends loading by themselves, one of them in the tab order.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { jumpToLatest, loadNewer, loadOlder, markRead, openTimeline } from "../actions/history";
import { attempt } from "../actions/notices";
import type { Conversation, Message, Person } from "../api/types";
import { Avatar } from "../components/Avatar";
import { Button } from "../components/Button";
import { Empty } from "../components/Empty";
import { Icon } from "../components/Icon";
import { HistorySkeleton } from "../components/Skeleton";
import { place } from "../lib/layout";
import { useScroll } from "../lib/scroll";
import { dayHeading } from "../lib/time";
import { unreadText } from "../store/conversations";
import type { Outgoing } from "../store/outbox";
import { getState, useStore } from "../store/store";
import { messagesOf, newerCursor, olderCursor, type Timeline } from "../store/timeline";
import { MessageRow } from "./MessageRow";
import { OutgoingRow } from "./OutgoingRow";

const FLASH_MS = 1_600;
const NONE: Outgoing[] = [];

interface Props {
  conversation: Conversation;
  timeline: Timeline | undefined;
  me: Person;
  term: string;
  /** Brought to the middle and lit up, once for each new object. */
  jump: { id: string } | null;
  onJump: (message: string) => void;
  onReply: (message: Message) => void;
  onEdit: (message: Message) => void;
}

export function History(props: Props) {
  const { conversation, timeline, me, term, jump, onJump, onReply, onEdit } = props;
  const { id } = conversation;
  const outgoing = useStore((state) => state.outbox[id] ?? NONE);
  const now = useStore((state) => state.now);
  const scroller = useRef<HTMLDivElement>(null);
  const scroll = useScroll(scroller);
  const messages = messagesOf(timeline);
  const [readUntil] = useState(() =>
    conversation.unread > 0 ? (conversation.last_read_at ?? "") : null,
  );
  const placed = useMemo(() => place(messages, readUntil, me.id), [messages, readUntil, me.id]);
  const [active, setActive] = useState<string | null>(null);
  const [flash, setFlash] = useState<string | null>(null);

  useEffect(() => {
    if (!jump) return undefined;
    const element = scroll.toMessage(jump.id);
    if (!element) return undefined;
    setActive(jump.id);
    setFlash(jump.id);
    const searching = document.activeElement?.matches("input[type=search]");
    if (!searching) element.focus({ preventScroll: true });
    const timer = setTimeout(() => setFlash(null), FLASH_MS);
    return () => clearTimeout(timer);
  }, [jump]);

  // What is written goes to the end, and the eye with it.
  const written = outgoing.at(-1)?.client_token;
  useEffect(() => {
    if (written) scroll.toEnd();
  }, [written]);

  useEffect(() => {
    const seen = (): void => {
      if (scroll.atEnd && document.visibilityState === "visible" && document.hasFocus()) {
        void markRead(id);
      }
    };
    seen();
    document.addEventListener("visibilitychange", seen);
    addEventListener("focus", seen);
    return () => {
      document.removeEventListener("visibilitychange", seen);
      removeEventListener("focus", seen);
    };
  }, [id, messages, scroll.atEnd, conversation.unread, conversation.last_read_at]);

  const moveFocus = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const target = event.target as HTMLElement;
    if (!target.matches("[data-message]")) return;
    const at = messages.findIndex((message) => message.id === target.dataset.message);
    const next = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: messages.length - 1 }[
      event.key
    ];
    if (next === undefined || !messages[next]) return;
    event.preventDefault();
    setActive(messages[next].id);
    scroller.current
      ?.querySelector<HTMLElement>(`[data-message="${CSS.escape(messages[next].id)}"]`)
      ?.focus();
  };

  const isLatest = timeline?.atLatest ?? true;
  const inTabOrder = messages.some((message) => message.id === active)
    ? active
    : messages.at(-1)?.id;
  const toLatest = (): void => {
    void attempt(() => jumpToLatest(id)).then(() => requestAnimationFrame(scroll.toEnd));
  };
  return (
    <div class="history-place">
      <div class="history" ref={scroller} tabIndex={-1}>
        <div class="history-content">
          {timeline?.status === "error" && (
            <Empty icon="warning" title="The messages could not be loaded">
              <Button icon="retry" onClick={() => void openTimeline(id)}>
                Try again
              </Button>
            </Empty>
          )}
          {(!timeline || timeline.status === "loading") && <HistorySkeleton />}
          {timeline?.status === "ready" && (
            <>
              {olderCursor(timeline) ? (
                <EndOfLoaded
                  key={olderCursor(timeline)}
                  label="Loading older messages"
                  onNear={() => void loadOlder(id)}
                />
              ) : (
                <Beginning conversation={conversation} isEmpty={messages.length === 0} />
              )}
              <ol class="messages" aria-label="Messages" onKeyDown={moveFocus}>
                {placed.map((one) => (
                  <li key={one.message.id} class={one.first ? "first" : ""}>
                    {one.day && (
                      <h2 class="day">
                        <time dateTime={one.message.created_at.slice(0, 10)}>
                          {dayHeading(one.message.created_at, now)}
                        </time>
                      </h2>
                    )}
                    {one.unread && <p class="unread-line">New</p>}
                    <MessageRow
                      placed={one}
                      conversation={id}
                      kind={conversation.kind}
                      role={conversation.role}
                      me={me}
                      term={term}
                      isActive={one.message.id === inTabOrder}
                      isFlashing={one.message.id === flash}
                      onActive={setActive}
                      onJump={onJump}
                      onReply={onReply}
                      onEdit={onEdit}
                    />
                  </li>
                ))}
                {isLatest &&
                  outgoing.map((one, index) => (
                    <li key={one.client_token} class={index ? "" : "first"}>
                      <OutgoingRow outgoing={one} />
                    </li>
                  ))}
              </ol>
              {newerCursor(timeline) && (
                <EndOfLoaded
                  key={newerCursor(timeline)}
                  label="Loading newer messages"
                  onNear={() => void loadNewer(id)}
                />
              )}
            </>
          )}
        </div>
      </div>
      {(!scroll.atEnd || !isLatest) && (
        <button type="button" class="to-latest" onClick={toLatest}>
          <Icon name="down" size={18} />
          <span>{conversation.unread ? `${unreadText(conversation.unread)} new` : "Latest"}</span>
        </button>
      )}
    </div>
  );
}

/** At an end that has more behind it: loads it when it comes near. */
function EndOfLoaded({ label, onNear }: { label: string; onNear: () => void }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && onNear(), {
      root: element.current!.closest(".history"),
      rootMargin: "800px",
    });
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, []);
  return (
    <div class="end-of-loaded" ref={element}>
      <span class="spinner" />
      <span class="visually-hidden">{label}</span>
    </div>
  );
}

function Beginning({ conversation, isEmpty }: { conversation: Conversation; isEmpty: boolean }) {
  const { id, kind, title, other } = conversation;
  const me = getState().me!;
  return (
    <div class="beginning">
      <Avatar id={other?.id ?? id} name={title} size="large" />
      <p class="beginning-title">{title}</p>
      <p>
        {kind === "direct"
          ? `This is the beginning of your conversation with @${other?.handle ?? ""}.`
          : "This is the beginning of the group."}
      </p>
      {isEmpty && <p class="hint">Say hello, {me.display_name.split(" ")[0]}.</p>}
    </div>
  );
}
