// A message's text cut into pieces that are shown differently: links, and what a search has found.
import { occurrences } from "./text";

export interface Segment {
  text: string;
  href?: string;
  found?: boolean;
}

const LINK = /https?:\/\/[^\s<>"]+/g;
const TRAILING = /[.,;:!?'")\]}]+$/;

function links(text: string): Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  for (const match of text.matchAll(LINK)) {
    const href = match[0].replace(TRAILING, "");
    if (match.index > at) segments.push({ text: text.slice(at, match.index) });
    segments.push({ text: href, href });
    at = match.index + href.length;
  }
  if (at < text.length) segments.push({ text: text.slice(at) });
  return segments;
}

export function segmentsOf(text: string, term: string): Segment[] {
  return links(text).flatMap((segment) => {
    const pieces: Segment[] = [];
    let at = 0;
    for (const [from, to] of occurrences(segment.text, term)) {
      if (from > at) pieces.push({ ...segment, text: segment.text.slice(at, from) });
      pieces.push({ ...segment, text: segment.text.slice(from, to), found: true });
      at = to;
    }
    if (at < segment.text.length) pieces.push({ ...segment, text: segment.text.slice(at) });
    return pieces;
  });
}

const EMOJI_ONLY = /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{RI}|\u200d|\ufe0f|\s)+$/u;

/** A few emojis and nothing else: they are shown large. */
export const isJumbo = (text: string): boolean =>
  text !== "" && text.length <= 16 && EMOJI_ONLY.test(text);
