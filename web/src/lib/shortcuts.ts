// The keyboard's shortcuts: what works everywhere. Those of a focused message are in
// views/MessageRow.tsx; views/HelpDialog.tsx lists all.
import { singleKeysOn } from "./preferences";

export interface ShortcutActions {
  help: () => void;
  direct: () => void;
  group: () => void;
  find: () => void;
  next: () => void;
  previous: () => void;
  settings: () => void;
}

const SINGLE: Record<string, keyof ShortcutActions> = {
  "?": "help",
  n: "direct",
  g: "group",
  "/": "find",
};

const WITH_ALT: Record<string, keyof ShortcutActions> = {
  ArrowDown: "next",
  ArrowUp: "previous",
};

const WITH_COMMAND: Record<string, keyof ShortcutActions> = { k: "find", ",": "settings" };

/** Whether keys belong to the text under the cursor. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("input, textarea, select"))
  );
}

/** Whether `event` is the single key `key`, pressed where nobody is typing. */
export function isSingleKey(event: KeyboardEvent, key: string): boolean {
  return (
    event.key === key &&
    !event.ctrlKey &&
    !event.metaKey &&
    !event.altKey &&
    !isTyping(event.target) &&
    singleKeysOn()
  );
}

export function runShortcut(
  event: KeyboardEvent,
  typing: boolean,
  actions: ShortcutActions,
): void {
  const command = event.ctrlKey || event.metaKey;
  let action: keyof ShortcutActions | undefined;
  if (command && !event.altKey) action = WITH_COMMAND[event.key];
  else if (event.altKey && !command) action = WITH_ALT[event.key];
  else if (!typing && !event.altKey && singleKeysOn()) action = SINGLE[event.key];
  if (!action) return;
  event.preventDefault();
  actions[action]();
}
