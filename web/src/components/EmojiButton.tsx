// A button that opens the small emoji picker.
import { useRef, useState } from "preact/hooks";
import { EMOJIS } from "../lib/emojis";
import { moveRoving } from "../lib/roving";
import { IconButton } from "./Button";
import { Popover } from "./Popover";

const COLUMNS = 8;

interface Props {
  label: string;
  tabIndex?: number;
  onPick: (emoji: string) => void;
}

export function EmojiButton({ label, tabIndex, onPick }: Props) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const pick = (emoji: string): void => {
    button.current?.focus();
    setOpen(false);
    onPick(emoji);
  };
  return (
    <>
      <IconButton
        icon="smile"
        label={label}
        buttonRef={button}
        aria-haspopup="dialog"
        aria-expanded={open}
        {...(tabIndex === undefined ? {} : { tabIndex })}
        onClick={() => setOpen(!open)}
      />
      {open && (
        <Popover anchor={button} onClose={() => setOpen(false)} class="emojis">
          <div
            role="group"
            aria-label="Emojis"
            onKeyDown={(event) => moveRoving(event, COLUMNS)}
          >
            {EMOJIS.map(([emoji, name], index) => (
              <button
                key={emoji}
                type="button"
                data-roving
                tabIndex={index ? -1 : 0}
                aria-label={name}
                title={name}
                onClick={() => pick(emoji)}
              >
                {emoji}
              </button>
            ))}
          </div>
        </Popover>
      )}
    </>
  );
}
