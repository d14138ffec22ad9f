// A message's text, with its links and what a search has found in it.
import { isJumbo, segmentsOf } from "../lib/segments";

export function MessageText({ text, term }: { text: string; term: string }) {
  return (
    <p class={isJumbo(text) ? "text jumbo" : "text"} dir="auto">
      {segmentsOf(text, term).map((segment, index) => {
        const inner = segment.found ? <mark>{segment.text}</mark> : segment.text;
        return segment.href ? (
          <a key={index} href={segment.href} target="_blank" rel="noopener noreferrer">
            {inner}
          </a>
        ) : (
          <span key={index}>{inner}</span>
        );
      })}
    </p>
  );
}
