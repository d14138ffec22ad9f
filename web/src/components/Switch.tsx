// On or off, at once.
interface Props {
  label: string;
  hint?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

export function Switch({ label, hint, checked, onChange }: Props) {
  return (
    <button
      type="button"
      class="switch-row"
      role="switch"
      aria-checked={checked}
      onClick={() => onChange(!checked)}
    >
      <span class="switch-text">
        <span>{label}</span>
        {hint && <span class="hint">{hint}</span>}
      </span>
      <span class="switch" aria-hidden="true" />
    </button>
  );
}
