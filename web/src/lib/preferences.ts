// Choices that stay with this browser.

const read = (key: string): string | null => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
};

const SINGLE_KEYS = "parley.single-keys";

/** Shortcuts of one letter can be in the way of speech input (WCAG 2.1.4): they can be put off. */
export const singleKeysOn = (): boolean => read(SINGLE_KEYS) !== "off";

export function setSingleKeys(on: boolean): void {
  try {
    if (on) localStorage.removeItem(SINGLE_KEYS);
    else localStorage.setItem(SINGLE_KEYS, "off");
  } catch {
    // Not kept, then.
  }
}
