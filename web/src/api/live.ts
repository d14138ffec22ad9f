// The live connection: reads /v1/events, comes back by itself with Last-Event-ID after a break.
import { authorization, refused } from "./client";
import { SseParser } from "./sse";
import type { LiveEvent } from "./types";

export type Connection = "connecting" | "live" | "offline";

const FIRST_DELAY_MS = 500;
const DELAY_MS_MAX = 15_000;
const SILENCE_MS_MAX = 45_000; // the server sends a comment every 20 s

const KNOWN = new Set([
  "ready",
  "message",
  "conversation",
  "read",
  "joined",
  "left",
  "member",
  "profile",
  "group",
  "typing",
  "presence",
]);

export interface Listener {
  event: (event: LiveEvent) => void;
  connection: (connection: Connection) => void;
}

/** How long to wait before the n-th attempt (from 0) after a break; `random` in 0..1 spreads them. */
export function delayMs(attempt: number, random: number): number {
  return Math.min(DELAY_MS_MAX, FIRST_DELAY_MS * 2 ** attempt) * (0.75 + random / 2);
}

/** Listens until the function it returns is called. */
export function listen(listener: Listener): () => void {
  let stopped = false;
  let attempt = 0;
  let lastEventId = "";
  let controller = new AbortController();
  let wake: () => void = () => undefined;

  const readOnce = async (): Promise<void> => {
    controller = new AbortController();
    let watchdog = setTimeout(() => controller.abort(), SILENCE_MS_MAX);
    try {
      const response = await fetch("/v1/events", {
        headers: {
          accept: "text/event-stream",
          ...authorization(),
          ...(lastEventId ? { "last-event-id": lastEventId } : {}),
        },
        cache: "no-store",
        signal: controller.signal,
      });
      if (response.status === 401) {
        stopped = true;
        refused();
        return;
      }
      if (!response.ok || !response.body) return;
      const parser = new SseParser(lastEventId);
      const reader = response.body.getReader();
      const decoder = new TextDecoder();
      for (;;) {
        const { done, value } = await reader.read();
        if (done || stopped) return;
        clearTimeout(watchdog);
        watchdog = setTimeout(() => controller.abort(), SILENCE_MS_MAX);
        for (const event of parser.push(decoder.decode(value, { stream: true }))) {
          if (!KNOWN.has(event.type)) continue;
          if (event.type === "ready") {
            attempt = 0;
            listener.connection("live");
          }
          listener.event({ type: event.type, data: JSON.parse(event.data) } as LiveEvent);
        }
        lastEventId = parser.lastEventId;
      }
    } catch {
      // The network, the server or the watchdog ended it: the loop comes back.
    } finally {
      clearTimeout(watchdog);
      controller.abort();
    }
  };

  const loop = async (): Promise<void> => {
    while (!stopped) {
      await readOnce();
      if (stopped) return;
      listener.connection(attempt === 0 ? "connecting" : "offline");
      const wait = delayMs(attempt++, Math.random());
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, wait);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };

  const lost = (): void => {
    attempt = Math.max(attempt, 1);
    controller.abort();
    listener.connection("offline");
  };
  const back = (): void => wake();
  const shown = (): void => {
    if (document.visibilityState === "visible") wake();
  };
  addEventListener("offline", lost);
  addEventListener("online", back);
  document.addEventListener("visibilitychange", shown);
  void loop();

  return () => {
    stopped = true;
    controller.abort();
    wake();
    removeEventListener("offline", lost);
    removeEventListener("online", back);
    document.removeEventListener("visibilitychange", shown);
  };
}
