// The reader's own profile and account, and whom they have blocked.
import { api } from "../api/client";
import type { Person } from "../api/types";
import { getState, update } from "../store/store";

export async function loadMe(): Promise<void> {
  const me = await api.me();
  update((state) => ({ ...state, me }));
}

export async function changeMe(change: { display_name?: string; handle?: string }): Promise<void> {
  const me = await api.changeMe(change);
  update((state) => ({ ...state, me }));
}

export async function loadBlocked(): Promise<void> {
  const { items } = await api.blocks();
  update((state) => ({ ...state, blocked: items }));
}

export async function block(person: Person): Promise<void> {
  await api.block(person.id);
  update((state) => ({
    ...state,
    blocked: [...(state.blocked ?? []).filter(({ id }) => id !== person.id), person],
  }));
}

export async function unblock(person: Person): Promise<void> {
  await api.unblock(person.id);
  update((state) => ({
    ...state,
    blocked: (state.blocked ?? []).filter(({ id }) => id !== person.id),
  }));
}

/** Everything the server holds about the reader, as a file. */
export async function downloadExport(): Promise<void> {
  const url = URL.createObjectURL(await api.exportMe());
  const link = document.createElement("a");
  link.href = url;
  link.download = `parley-${getState().me?.handle ?? "me"}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
