// What live events tell while an answer of the server is on its way: the answer may have been made
// before, and must not undo it.
import type { LiveEvent } from "../api/types";
import { reduce } from "../store/events";
import type { State } from "../store/state";
import { update } from "../store/store";

const journals = new Set<LiveEvent[]>();

// Nothing that an answer could undo.
const PASSED_OVER = new Set<LiveEvent["type"]>(["ready", "typing"]);

/** To be told of every event, when it has been put into the state. */
export function noteEvent(event: LiveEvent): void {
  if (PASSED_OVER.has(event.type)) return;
  for (const journal of journals) journal.push(event);
}

/**
 * Puts what `ask` answers into the state, and what was told meanwhile once more on top of it, after
 * `told`, for which it is asked: events say what holds, so one too many does no harm. Throws what
 * `ask` throws.
 */
export async function readInto<T>(
  ask: () => Promise<T>,
  put: (state: State, answer: T) => State,
  told: readonly LiveEvent[] = [],
): Promise<T> {
  const journal = [...told];
  journals.add(journal);
  try {
    const answer = await ask();
    update((state) =>
      journal.reduce((known, event) => reduce(known, event, Date.now()), put(state, answer)),
    );
    return answer;
  } finally {
    journals.delete(journal);
  }
}
