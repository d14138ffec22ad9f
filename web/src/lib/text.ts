// Small things about texts.

export const MESSAGE_CHARACTERS_MAX = 1024;

/** Unicode code points, which is what the server counts. */
export function characterCount(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

export const normalHandle = (typed: string): string =>
  typed.trim().replace(/^@+/, "").toLowerCase();

export const isHandle = (handle: string): boolean => /^[a-z0-9_.-]{1,30}$/.test(handle);

/** The positions of `term` in `text`, in any case; none for an empty term. */
export function occurrences(text: string, term: string): [number, number][] {
  if (!term) return [];
  const found: [number, number][] = [];
  const [hay, needle] = [text.toLowerCase(), term.toLowerCase()];
  // A few letters change their length in lower case: then positions would lie.
  if (hay.length !== text.length) return [];
  for (let at = hay.indexOf(needle); at >= 0; at = hay.indexOf(needle, at + needle.length)) {
    found.push([at, at + needle.length]);
  }
  return found;
}

/** "Ada", "Ada and Bob", "Ada, Bob and 2 others" */
export function nameList(names: string[]): string {
  if (names.length <= 2) return names.join(" and ");
  if (names.length === 3) return `${names[0]}, ${names[1]} and ${names[2]}`;
  return `${names[0]}, ${names[1]} and ${names.length - 2} others`;
}

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/** 24 random hexadecimal digits (crypto.randomUUID wants a secure context; this does not). */
export function randomToken(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
