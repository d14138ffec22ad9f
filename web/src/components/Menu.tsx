// A button that opens a menu of actions.
import { useRef, useState } from "preact/hooks";
import { moveRoving } from "../lib/roving";
import { IconButton } from "./Button";
import { Icon, type IconName } from "./Icon";
import { Popover } from "./Popover";

export interface MenuItem {
  label: string;
  icon: IconName;
  danger?: boolean;
  onSelect: () => void;
}

interface Props {
  label: string;
  icon?: IconName;
  items: MenuItem[];
  tabIndex?: number;
}

export function Menu({ label, icon = "more", items, tabIndex }: Props) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const select = (item: MenuItem): void => {
    button.current?.focus();
    setOpen(false);
    item.onSelect();
  };
  return (
    <>
      <IconButton
        icon={icon}
        label={label}
        buttonRef={button}
        aria-haspopup="menu"
        aria-expanded={open}
        {...(tabIndex === undefined ? {} : { tabIndex })}
        onClick={() => setOpen(!open)}
      />
      {open && (
        <Popover anchor={button} onClose={() => setOpen(false)} class="menu">
          <div role="menu" aria-label={label} onKeyDown={(event) => moveRoving(event)}>
            {items.map((item, index) => (
              <button
                key={item.label}
                type="button"
                role="menuitem"
                data-roving
                tabIndex={index ? -1 : 0}
                class={item.danger ? "danger" : ""}
                onClick={() => select(item)}
              >
                <Icon name={item.icon} size={18} />
                {item.label}
              </button>
            ))}
          </div>
        </Popover>
      )}
    </>
  );
}
