// Buttons: with words, or with an icon and a label for who cannot see it.
import type { ButtonHTMLAttributes, ComponentChildren, Ref } from "preact";
import { Icon, type IconName } from "./Icon";

type Attributes = Omit<ButtonHTMLAttributes<HTMLButtonElement>, "icon" | "size">;

interface ButtonProps extends Attributes {
  kind?: "primary" | "plain" | "danger" | "quiet";
  busy?: boolean;
  icon?: IconName;
  children?: ComponentChildren;
}

export function Button({ kind = "plain", busy = false, icon, children, ...rest }: ButtonProps) {
  return (
    <button type="button" class={`button ${kind}`} aria-busy={busy} {...rest}>
      {icon && <Icon name={icon} size={18} />}
      {children}
    </button>
  );
}

interface IconButtonProps extends Attributes {
  icon: IconName;
  label: string;
  size?: number;
  buttonRef?: Ref<HTMLButtonElement>;
}

export function IconButton({ icon, label, size, buttonRef, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      {...(buttonRef ? { ref: buttonRef } : {})}
      {...rest}
    >
      <Icon name={icon} {...(size ? { size } : {})} />
    </button>
  );
}
