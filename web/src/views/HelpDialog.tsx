// All keyboard shortcuts.
import { Dialog } from "../components/Dialog";
import { singleKeysOn } from "../lib/preferences";

const isMac = /mac|iphone|ipad/i.test(navigator.userAgent);
const COMMAND = isMac ? "⌘" : "Ctrl";
const ALT = isMac ? "⌥" : "Alt";

const SECTIONS: [title: string, keys: [keys: string[], what: string][]][] = [
  [
    "Everywhere",
    [
      [[ALT, "↓"], "Next conversation"],
      [[ALT, "↑"], "Previous conversation"],
      [[COMMAND, "K"], "Find a conversation"],
      [[COMMAND, ","], "Settings"],
      [["N"], "New conversation"],
      [["G"], "New group"],
      [["/"], "Find a conversation"],
      [["?"], "This list"],
    ],
  ],
  [
    "In a conversation",
    [
      [["Enter"], "Send"],
      [["Shift", "Enter"], "New line"],
      [["↑"], "In an empty message: edit your last one"],
      [["F"], "Search"],
      [["I"], "Details"],
      [["C"], "Go to the message field"],
      [["Esc"], "Close what is open, then go back"],
    ],
  ],
  [
    "On a message",
    [
      [["↑", "↓"], "The message before, after"],
      [["Home", "End"], "The first, the last"],
      [["R"], "Reply"],
      [["E"], "Edit"],
      [["L"], "React with 👍"],
      [["Delete"], "Delete"],
    ],
  ],
];

export function HelpDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose} wide>
      <div class="shortcuts">
        {SECTIONS.map(([title, keys]) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(([combination, what]) => (
                <div key={what + combination.join()}>
                  <dt>
                    {combination.map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      {!singleKeysOn() && (
        <p class="hint">Shortcuts of a single letter are off; the settings turn them on.</p>
      )}
    </Dialog>
  );
}
