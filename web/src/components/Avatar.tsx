// Initials on a colour of their own; a dot for who is online.
import { colourOf, initials } from "../lib/avatar";

interface Props {
  id: string;
  name: string;
  size?: "small" | "medium" | "large";
  online?: boolean;
}

/** Decoration: whoever shows one names the person beside it. */
export function Avatar({ id, name, size = "medium", online = false }: Props) {
  return (
    <span class={`avatar ${size} c${colourOf(id)}`} aria-hidden="true">
      {initials(name)}
      {online && <span class="dot" />}
    </span>
  );
}
