// Who is signed in here. The token lives as long as the tab: two tabs can be two people, and
// nobody stays signed in on a machine that was lent.
import { api, authorize } from "../api/client";
import type { Token } from "../api/types";
import { renew } from "./oidc";

const KEY = "parley.session";
const RENEW_BEFORE_MS = 60_000;
const TIMER_MS_MAX = 2 ** 31 - 1;

interface Kept {
  token: string;
  until: number;
  refresh?: string;
}

let timer: ReturnType<typeof setTimeout> | undefined;
let ended: (reason: string) => void = () => undefined;

export type Session = Token & { refresh_token?: string };

/** To be called once, before anything else here. */
export function onSessionEnd(callback: (reason: string) => void): void {
  ended = callback;
}

function adopt(kept: Kept): void {
  authorize(kept.token, () => end("Your session has ended. Sign in again."));
  clearTimeout(timer);
  if (!kept.refresh) return;
  const wait = Math.min(Math.max(kept.until - Date.now() - RENEW_BEFORE_MS, 0), TIMER_MS_MAX);
  timer = setTimeout(() => {
    // If it fails, the token is used until the server refuses it.
    void renew(kept.refresh!).then(begin, () => undefined);
  }, wait);
}

export function begin(session: Session): void {
  const kept: Kept = {
    token: session.access_token,
    until: Date.now() + session.expires_in * 1000,
    ...(session.refresh_token ? { refresh: session.refresh_token } : {}),
  };
  sessionStorage.setItem(KEY, JSON.stringify(kept));
  adopt(kept);
}

/** Takes up the session of before a reload; false if there is none, or it is over. */
export function resume(): boolean {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Kept | null;
    if (!kept?.token || (kept.until < Date.now() && !kept.refresh)) return false;
    adopt(kept);
    return true;
  } catch {
    return false;
  }
}

export function end(reason = ""): void {
  clearTimeout(timer);
  sessionStorage.clear();
  authorize(null);
  ended(reason);
}

export async function signInLocally(handle: string, displayName?: string): Promise<void> {
  begin(await api.signIn({ handle, ...(displayName ? { display_name: displayName } : {}) }));
}
