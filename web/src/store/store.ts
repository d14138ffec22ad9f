// The one store: holds the State, tells who listens that it has changed.
import { useEffect, useReducer, useRef } from "preact/hooks";
import { EMPTY, type State } from "./state";

let state: State = { ...EMPTY, now: Date.now() };
const listeners = new Set<() => void>();

export const getState = (): State => state;

export function update(change: (state: State) => State): void {
  const next = change(state);
  if (next === state) return;
  state = next;
  for (const listener of [...listeners]) listener();
}

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What `select` gives of the state; the component renders again when that is another value. */
export function useStore<T>(select: (state: State) => T): T {
  const [, render] = useReducer<number, void>((count) => count + 1, 0);
  const value = select(state);
  const latest = useRef({ select, value });
  latest.current = { select, value };
  useEffect(() => {
    const check = (): void => {
      if (!Object.is(latest.current.select(state), latest.current.value)) render();
    };
    check();
    return subscribe(check);
  }, []);
  return value;
}
