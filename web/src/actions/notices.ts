// Short notices at the window's edge, and what wraps an action that may fail.
import { inPlainWords } from "../api/problem";
import { update } from "../store/store";

const SHOWN_MS = 6_000;
let count = 0;

export function notify(text: string, kind: "info" | "error" = "info"): void {
  const id = ++count;
  update((state) => ({ ...state, notices: [...state.notices.slice(-2), { id, text, kind }] }));
  setTimeout(() => dismiss(id), kind === "error" ? SHOWN_MS * 1.5 : SHOWN_MS);
}

export function dismiss(id: number): void {
  update((state) => ({ ...state, notices: state.notices.filter((notice) => notice.id !== id) }));
}

/** Runs `action`; if it fails, says so in a notice and gives undefined. */
export async function attempt<T>(action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    notify(inPlainWords(error), "error");
    return undefined;
  }
}
