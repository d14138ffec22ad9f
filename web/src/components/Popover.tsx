// Something small beside what opened it, above everything else; Escape, a click elsewhere or the
// focus leaving closes it.
import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

const GAP_PX = 6;
const EDGE_PX = 8;

interface Props {
  anchor: RefObject<HTMLElement>;
  onClose: () => void;
  children: ComponentChildren;
  class?: string;
}

export function Popover({ anchor, onClose, children, class: name = "" }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = box.current!;
    element.showPopover?.();
    const from = anchor.current!.getBoundingClientRect();
    const { width, height } = element.getBoundingClientRect();
    const below = from.bottom + GAP_PX;
    const top = below + height + EDGE_PX > innerHeight ? from.top - GAP_PX - height : below;
    const left = Math.min(from.right - width, innerWidth - width - EDGE_PX);
    element.style.top = `${Math.max(top, EDGE_PX)}px`;
    element.style.left = `${Math.max(left, EDGE_PX)}px`;
    element.querySelector<HTMLElement>("[data-roving]")?.focus();
  }, []);
  useEffect(() => {
    const away = (event: Event): void => {
      const target = event.target as Node;
      if (!box.current?.contains(target) && !anchor.current?.contains(target)) onClose();
    };
    document.addEventListener("pointerdown", away);
    document.addEventListener("focusin", away);
    addEventListener("resize", onClose);
    return () => {
      document.removeEventListener("pointerdown", away);
      document.removeEventListener("focusin", away);
      removeEventListener("resize", onClose);
    };
  }, [onClose]);
  return (
    <div
      ref={box}
      popover="manual"
      class={`popover ${name}`}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key !== "Escape" && event.key !== "Tab") return;
        event.preventDefault();
        anchor.current?.focus();
        onClose();
      }}
    >
      {children}
    </div>
  );
}
