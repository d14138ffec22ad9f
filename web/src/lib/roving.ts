// Arrow keys move among the `[data-roving]` elements of a container; Tab leaves it. The one that
// was last focused keeps the container's place in the tab order.

export function focusRoving(container: HTMLElement, to: number | HTMLElement): void {
  const items = [...container.querySelectorAll<HTMLElement>("[data-roving]")];
  const target = typeof to === "number" ? items.at(to) : to;
  if (!target) return;
  for (const item of items) item.tabIndex = item === target ? 0 : -1;
  target.focus();
}

/** `columns`: more than one makes a grid, where up and down go by rows. */
export function moveRoving(event: KeyboardEvent, columns = 1): void {
  const container = event.currentTarget as HTMLElement;
  const items = [...container.querySelectorAll<HTMLElement>("[data-roving]")];
  const at = items.findIndex((item) => item.contains(document.activeElement));
  if (at < 0) return;
  const steps: Record<string, number> = {
    ArrowDown: columns,
    ArrowUp: -columns,
    ...(columns > 1 ? { ArrowRight: 1, ArrowLeft: -1 } : {}),
  };
  let next: number;
  if (event.key === "Home") next = 0;
  else if (event.key === "End") next = items.length - 1;
  else if (event.key in steps) next = at + steps[event.key]!;
  else return;
  if (next < 0 || next >= items.length || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  focusRoving(container, next);
}
