// The left pane: who I am, the list of conversations with a field to find one.
import { useEffect, useRef, useState } from "preact/hooks";
import { loadList, loadMoreOfList } from "../actions/conversations";
import type { Person } from "../api/types";
import { Avatar } from "../components/Avatar";
import { Button, IconButton } from "../components/Button";
import { Empty } from "../components/Empty";
import { Icon } from "../components/Icon";
import { Menu } from "../components/Menu";
import { ListSkeleton } from "../components/Skeleton";
import { focusRoving, moveRoving } from "../lib/roving";
import { go, type Route } from "../lib/router";
import { end } from "../session/session";
import { conversationsOf } from "../store/conversations";
import { useStore } from "../store/store";
import { ConversationRow } from "./ConversationRow";

interface Props {
  route: Route;
  me: Person;
  onDirect: () => void;
  onGroup: () => void;
  onHelp: () => void;
}

export function Sidebar({ route, me, onDirect, onGroup, onHelp }: Props) {
  const list = useStore((state) => state.list);
  const [filter, setFilter] = useState("");
  const box = useRef<HTMLUListElement>(null);
  const all = conversationsOf(list);
  const term = filter.trim().toLowerCase().replace(/^@/, "");
  const shown = term
    ? all.filter(({ title, other }) => `${title} ${other?.handle ?? ""}`.toLowerCase().includes(term))
    : all;
  const current = route.name === "conversation" ? route.id : null;
  const inTabOrder = shown.some(({ id }) => id === current) ? current : shown[0]?.id;

  return (
    <nav class="sidebar" aria-label="Conversations">
      <div class="sidebar-head">
        <a class="me" href="/settings" title="Settings">
          <Avatar id={me.id} name={me.display_name} online />
          <span class="person-names">
            <span class="name">{me.display_name}</span>
            <span class="hint">@{me.handle}</span>
          </span>
        </a>
        <IconButton icon="write" label="New conversation" onClick={onDirect} />
        <Menu
          label="More"
          items={[
            { label: "New group", icon: "group", onSelect: onGroup },
            { label: "Settings", icon: "gear", onSelect: () => go("/settings") },
            { label: "Keyboard shortcuts", icon: "help", onSelect: onHelp },
            { label: "Sign out", icon: "leave", onSelect: () => end() },
          ]}
        />
      </div>
      <div class="find">
        <Icon name="search" size={18} />
        <input
          id="find-conversation"
          type="search"
          aria-label="Find a conversation"
          placeholder="Find a conversation"
          autocomplete="off"
          value={filter}
          onInput={(event) => setFilter(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") setFilter("");
            else if (event.key === "ArrowDown" && box.current) focusRoving(box.current, 0);
            else if (event.key === "Enter") {
              box.current?.querySelector<HTMLElement>("[data-roving]")?.click();
            } else return;
            event.preventDefault();
          }}
        />
      </div>
      <div class="sidebar-scroll">
        {list.status === "loading" && <ListSkeleton />}
        {list.status === "error" && (
          <Empty icon="warning" title="The conversations could not be loaded">
            <Button icon="retry" onClick={() => void loadList()}>
              Try again
            </Button>
          </Empty>
        )}
        {list.status === "ready" && (
          <>
            <ul class="conversations" ref={box} onKeyDown={(event) => moveRoving(event)}>
              {shown.map((conversation) => (
                <ConversationRow
                  key={conversation.id}
                  conversation={conversation}
                  isCurrent={conversation.id === current}
                  inTabOrder={conversation.id === inTabOrder}
                />
              ))}
            </ul>
            {shown.length === 0 && (
              <Empty icon="write" title={term ? "Nothing found" : "No conversations yet"}>
                {term && <p class="hint">Only conversations that are loaded are searched.</p>}
                <Button icon="plus" onClick={onDirect}>
                  New conversation
                </Button>
              </Empty>
            )}
            {list.next && <MoreOfList />}
          </>
        )}
      </div>
    </nav>
  );
}

/** Loads the list's next page when it comes near. */
function MoreOfList() {
  const end = useRef<HTMLDivElement>(null);
  const next = useStore((state) => state.list.next);
  useEffect(() => {
    const observer = new IntersectionObserver(
      ([entry]) => entry?.isIntersecting && void loadMoreOfList(),
      { rootMargin: "300px" },
    );
    observer.observe(end.current!);
    return () => observer.disconnect();
  }, [next]);
  return (
    <div ref={end}>
      <ListSkeleton rows={2} />
    </div>
  );
}
