// A labelled input with a hint and, when something is wrong with it, the reason.
import type { InputHTMLAttributes, Ref } from "preact";
import { useId } from "preact/hooks";

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, "prefix"> {
  label: string;
  hint?: string;
  problem?: string;
  prefix?: string;
  onText: (text: string) => void;
  inputRef?: Ref<HTMLInputElement>;
}

export function Field({ label, hint, problem, prefix, onText, inputRef, ...rest }: Props) {
  const id = useId();
  const described = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="input">
        {prefix && (
          <span class="prefix" aria-hidden="true">
            {prefix}
          </span>
        )}
        <input
          id={id}
          {...(inputRef ? { ref: inputRef } : {})}
          aria-invalid={Boolean(problem)}
          {...(described ? { "aria-describedby": described } : {})}
          onInput={(event) => onText(event.currentTarget.value)}
          autocomplete="off"
          {...rest}
        />
      </div>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {problem && (
        <p class="form-problem" id={`${id}-problem`} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

/** What a handle's field says of itself. */
export const HANDLE_FIELD = {
  prefix: "@",
  maxLength: 31,
  autocapitalize: "none",
  autocorrect: "off",
  spellcheck: false,
} as const;
