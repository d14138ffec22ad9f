// Tells screen readers what happens away from the focus. App.tsx renders the two regions.

export function announce(text: string, urgency: "polite" | "assertive" = "polite"): void {
  const region = document.getElementById(`announce-${urgency}`);
  if (!region) return;
  const line = document.createElement("p");
  line.textContent = text;
  region.append(line);
  // Long enough to be read out, short enough that the region stays small.
  setTimeout(() => line.remove(), 10_000);
}
