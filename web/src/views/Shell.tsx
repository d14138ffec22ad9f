// The signed-in app: the list, what is open beside it, and what is above both.
import { useEffect, useState } from "preact/hooks";
import type { Person } from "../api/types";
import { go, conversationPath, type Route } from "../lib/router";
import { isTyping, runShortcut } from "../lib/shortcuts";
import { conversationsOf, unreadTotal } from "../store/conversations";
import { getState, useStore } from "../store/store";
import { Banner } from "./Banner";
import { ConversationView } from "./ConversationView";
import { HelpDialog } from "./HelpDialog";
import { Home } from "./Home";
import { NewConversation } from "./NewConversation";
import { Settings } from "./Settings";
import { Sidebar } from "./Sidebar";

type Open = "help" | "direct" | "group" | null;

/** To the conversation above or below the one that is open, in the list's order. */
function step(route: Route, by: number): void {
  const all = conversationsOf(getState().list);
  const at = route.name === "conversation" ? all.findIndex(({ id }) => id === route.id) : -1;
  const next = all[at < 0 ? 0 : at + by];
  if (next) go(conversationPath(next.id));
}

export function Shell({ route, me }: { route: Route; me: Person }) {
  const [open, setOpen] = useState<Open>(null);
  const unread = useStore((state) => unreadTotal(state.list));
  const title = useStore((state) =>
    route.name === "conversation" ? state.list.byId[route.id]?.title : undefined,
  );

  useEffect(() => {
    const place = route.name === "settings" ? "Settings" : title;
    document.title = `${unread ? `(${unread}) ` : ""}${place ? `${place} – ` : ""}Parley`;
  }, [unread, title, route.name]);

  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
      runShortcut(event, isTyping(event.target), {
        help: () => setOpen("help"),
        direct: () => setOpen("direct"),
        group: () => setOpen("group"),
        find: () => document.getElementById("find-conversation")?.focus(),
        next: () => step(route, 1),
        previous: () => step(route, -1),
        settings: () => go("/settings"),
      });
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [route]);

  const close = (): void => setOpen(null);
  const inPane = route.name === "conversation" || route.name === "settings";
  return (
    <div class={`shell ${inPane ? "in-pane" : "in-list"}`}>
      <a class="skip-link" href="#main">
        Skip to the conversation
      </a>
      <Banner />
      <Sidebar
        route={route}
        me={me}
        onDirect={() => setOpen("direct")}
        onGroup={() => setOpen("group")}
        onHelp={() => setOpen("help")}
      />
      {route.name === "conversation" ? (
        <ConversationView
          key={route.id}
          id={route.id}
          me={me}
          {...(route.message ? { jumpTo: route.message } : {})}
        />
      ) : route.name === "settings" ? (
        <Settings me={me} />
      ) : (
        <Home onDirect={() => setOpen("direct")} onHelp={() => setOpen("help")} />
      )}
      {open === "help" && <HelpDialog onClose={close} />}
      {(open === "direct" || open === "group") && (
        <NewConversation kind={open} onKind={setOpen} onClose={close} />
      )}
    </div>
  );
}
