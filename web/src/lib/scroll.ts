// Keeps the eye where it is: at the end while the reader is at the end, else at the message that
// was on top, whatever is added, taken away or resized around it.
import type { RefObject } from "preact";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

const NEAR_END_PX = 48;

interface Anchor {
  element: HTMLElement;
  top: number;
}

export interface Scroll {
  /** The reader is at the end. */
  atEnd: boolean;
  toEnd: () => void;
  /** Brings an element to the middle; false if there is none with that id. */
  toMessage: (id: string) => HTMLElement | null;
}

export function messageElement(scroller: HTMLElement, id: string): HTMLElement | null {
  return scroller.querySelector<HTMLElement>(`[data-message="${CSS.escape(id)}"]`);
}

function firstVisible(scroller: HTMLElement): Anchor | null {
  const messages = [...scroller.querySelectorAll<HTMLElement>("[data-message]")];
  const edge = scroller.getBoundingClientRect().top;
  let [from, to] = [0, messages.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (messages[middle]!.getBoundingClientRect().bottom > edge) to = middle;
    else from = middle + 1;
  }
  const element = messages[from];
  return element ? { element, top: element.getBoundingClientRect().top - edge } : null;
}

export function useScroll(scroller: RefObject<HTMLElement>): Scroll {
  const [atEnd, setAtEnd] = useState(true);
  const stuck = useRef(true);
  const anchor = useRef<Anchor | null>(null);

  const remember = useCallback(() => {
    const element = scroller.current!;
    const rest = element.scrollHeight - element.scrollTop - element.clientHeight;
    stuck.current = rest < NEAR_END_PX;
    anchor.current = stuck.current ? null : firstVisible(element);
    setAtEnd(stuck.current);
  }, []);

  const restore = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    const kept = anchor.current;
    if (stuck.current) element.scrollTop = element.scrollHeight;
    else if (kept?.element.isConnected) {
      const top =
        kept.element.getBoundingClientRect().top - element.getBoundingClientRect().top;
      if (Math.abs(top - kept.top) > 0.5) element.scrollTop += top - kept.top;
    } else remember();
  }, []);

  useLayoutEffect(restore);
  useEffect(() => {
    const element = scroller.current!;
    const observer = new ResizeObserver(restore);
    observer.observe(element);
    observer.observe(element.firstElementChild!);
    element.addEventListener("scroll", remember, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", remember);
    };
  }, []);

  return {
    atEnd,
    toEnd: () => {
      stuck.current = true;
      anchor.current = null;
      restore();
      setAtEnd(true);
    },
    toMessage: (id) => {
      const element = messageElement(scroller.current!, id);
      if (!element) return null;
      stuck.current = false;
      element.scrollIntoView({ block: "center" });
      remember();
      return element;
    },
  };
}
