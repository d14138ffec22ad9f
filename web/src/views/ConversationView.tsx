// An open conversation: its head, history, composer and details; what is replied to, edited, sought.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { loadConversation, loadMembers } from "../actions/conversations";
import { findMessage, openTimeline } from "../actions/history";
import { notify } from "../actions/notices";
import type { Message, Person } from "../api/types";
import { Button } from "../components/Button";
import { Empty } from "../components/Empty";
import { HistorySkeleton } from "../components/Skeleton";
import { go } from "../lib/router";
import { isSingleKey } from "../lib/shortcuts";
import { useStore } from "../store/store";
import { messagesOf } from "../store/timeline";
import { Composer, type Composing } from "./Composer";
import { ConversationHead } from "./ConversationHead";
import { Details } from "./Details";
import { History } from "./History";
import { SearchBar } from "./SearchBar";

interface Props {
  id: string;
  me: Person;
  jumpTo?: string;
}

const isTouch = (): boolean => matchMedia("(pointer: coarse)").matches;

export function ConversationView({ id, me, jumpTo }: Props) {
  const conversation = useStore((state) => state.list.byId[id]);
  const timeline = useStore((state) => state.timelines[id]);
  const [missing, setMissing] = useState<"" | "none" | "failed">("");
  const [composing, setComposing] = useState<Composing | null>(null);
  const [searching, setSearching] = useState(false);
  const [term, setTerm] = useState("");
  const [details, setDetails] = useState(false);
  const [jump, setJump] = useState<{ id: string } | null>(null);
  const pane = useRef<HTMLElement>(null);

  const load = useCallback(async (): Promise<void> => {
    setMissing("");
    try {
      if (!(await loadConversation(id))) setMissing("none");
    } catch {
      setMissing("failed");
    }
  }, [id]);
  const isKnown = Boolean(conversation);
  useEffect(() => {
    if (!isKnown) {
      void load();
      return;
    }
    setMissing("");
    void openTimeline(id);
    void loadMembers(id);
    if (isTouch()) pane.current?.querySelector("h1")?.focus();
  }, [id, isKnown]);

  const jumpToMessage = useCallback(
    async (message: string): Promise<void> => {
      if (await findMessage(id, message)) setJump({ id: message });
      else notify("That message could not be found.", "error");
    },
    [id],
  );
  const isReady = timeline?.status === "ready";
  useEffect(() => {
    if (jumpTo && isReady) void jumpToMessage(jumpTo);
  }, [jumpTo, isReady]);

  const focusComposer = (): void =>
    pane.current?.querySelector<HTMLElement>(".composer textarea")?.focus();
  const closeSearch = (): void => {
    setSearching(false);
    setTerm("");
    focusComposer();
  };
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
      if (isSingleKey(event, "f")) setSearching(true);
      else if (isSingleKey(event, "i")) setDetails((open) => !open);
      else if (isSingleKey(event, "c")) focusComposer();
      else if (event.key === "Escape") {
        if (searching) closeSearch();
        else if (composing) setComposing(null);
        else if (details) setDetails(false);
        else if (!pane.current?.contains(document.activeElement)) return;
        else backToList(id);
      } else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [searching, composing, details, id]);

  if (!conversation) {
    return (
      <main id="main" class="pane" tabIndex={-1}>
        <h1 class="visually-hidden">Conversation</h1>
        {missing ? (
          <Empty
            icon="warning"
            title={
              missing === "none"
                ? "This conversation is not yours, or does not exist"
                : "The conversation could not be loaded"
            }
          >
            {missing === "failed" && (
              <Button icon="retry" onClick={() => void load()}>
                Try again
              </Button>
            )}
            <Button onClick={() => go("/")}>Back to the conversations</Button>
          </Empty>
        ) : (
          <HistorySkeleton />
        )}
      </main>
    );
  }

  const compose = (next: Composing | null): void => {
    setComposing(next);
    focusComposer();
  };
  return (
    <>
      <main id="main" class="pane conversation-pane" ref={pane} tabIndex={-1}>
        <ConversationHead
          conversation={conversation}
          detailsOpen={details}
          onBack={() => backToList(id)}
          onSearch={() => (searching ? closeSearch() : setSearching(true))}
          onDetails={() => setDetails(!details)}
        />
        {searching && (
          <SearchBar
            messages={messagesOf(timeline)}
            term={term}
            hasOlder={Boolean(timeline?.pages[0]?.older)}
            conversation={id}
            onTerm={setTerm}
            onJump={(message) => setJump({ id: message })}
            onClose={closeSearch}
          />
        )}
        <History
          conversation={conversation}
          timeline={timeline}
          me={me}
          term={term}
          jump={jump}
          onJump={(message) => void jumpToMessage(message)}
          onReply={(message: Message) => compose({ kind: "reply", message })}
          onEdit={(message: Message) => compose({ kind: "edit", message })}
        />
        <Composer
          key={composing?.kind === "edit" ? composing.message.id : "new"}
          conversation={conversation}
          composing={composing}
          onDone={() => compose(null)}
          onEditLast={() => {
            const mine = messagesOf(timeline).findLast(
              ({ sender, deleted_at }) => sender.id === me.id && !deleted_at,
            );
            if (mine) compose({ kind: "edit", message: mine });
          }}
        />
      </main>
      {details && (
        <Details conversation={conversation} me={me} onClose={() => setDetails(false)} />
      )}
    </>
  );
}

/** Back to the list, with the focus where it was. */
function backToList(id: string): void {
  go("/");
  requestAnimationFrame(() =>
    document.querySelector<HTMLElement>(`[data-conversation="${CSS.escape(id)}"]`)?.focus(),
  );
}
