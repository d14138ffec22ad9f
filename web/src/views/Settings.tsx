// The reader's own page: profile, looks, keyboard, blocked people, data, leaving.
import { useEffect, useState } from "preact/hooks";
import { attempt, notify } from "../actions/notices";
import { changeMe, downloadExport, loadBlocked, unblock } from "../actions/people";
import { api } from "../api/client";
import { inPlainWords, Problem } from "../api/problem";
import type { Person } from "../api/types";
import { Avatar } from "../components/Avatar";
import { Button, IconButton } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { Field, HANDLE_FIELD } from "../components/Field";
import { Switch } from "../components/Switch";
import { setSingleKeys, singleKeysOn } from "../lib/preferences";
import { go } from "../lib/router";
import { normalHandle } from "../lib/text";
import { setTheme, theme, type Theme } from "../lib/theme";
import { end } from "../session/session";
import { useStore } from "../store/store";

export function Settings({ me }: { me: Person }) {
  const [erasing, setErasing] = useState(false);
  return (
    <main id="main" class="pane settings" tabIndex={-1}>
      <header class="pane-head">
        <IconButton icon="back" label="Back to the conversations" class="icon-button only-narrow" onClick={() => go("/")} />
        <h1>Settings</h1>
      </header>
      <div class="settings-scroll">
        <Profile me={me} />
        <Looks />
        <Keyboard />
        <Blocked />
        <section class="settings-section" aria-labelledby="data-heading">
          <h2 id="data-heading">Your data</h2>
          <div class="settings-row">
            <p>Everything Parley holds about you, in one file.</p>
            <Button icon="download" onClick={() => void attempt(downloadExport)}>
              Export
            </Button>
          </div>
          <div class="settings-row">
            <p>End the session in this tab.</p>
            <Button icon="leave" onClick={() => end()}>
              Sign out
            </Button>
          </div>
          <div class="settings-row">
            <p>Erase the account: your profile, your messages and your memberships, for good.</p>
            <Button kind="danger" icon="trash" onClick={() => setErasing(true)}>
              Erase account
            </Button>
          </div>
        </section>
      </div>
      {erasing && <Erase me={me} onClose={() => setErasing(false)} />}
    </main>
  );
}

function Profile({ me }: { me: Person }) {
  const [name, setName] = useState(me.display_name);
  const [handle, setHandle] = useState(me.handle);
  const [problem, setProblem] = useState<{ field: "name" | "handle"; text: string } | null>(null);
  const [busy, setBusy] = useState(false);
  const changed = name.trim() !== me.display_name || normalHandle(handle) !== me.handle;

  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    setProblem(null);
    if (!name.trim()) {
      setProblem({ field: "name", text: "A name needs at least one character." });
      return;
    }
    setBusy(true);
    try {
      await changeMe({
        ...(name.trim() !== me.display_name ? { display_name: name.trim() } : {}),
        ...(normalHandle(handle) !== me.handle ? { handle: normalHandle(handle) } : {}),
      });
      notify("Saved.");
    } catch (error) {
      const field =
        error instanceof Problem && error.type.startsWith("handle") ? "handle" : "name";
      setProblem({ field, text: inPlainWords(error) });
    } finally {
      setBusy(false);
    }
  };

  return (
    <section class="settings-section" aria-labelledby="profile-heading">
      <h2 id="profile-heading">Profile</h2>
      <form onSubmit={(event) => void save(event)}>
        <div class="profile-head">
          <Avatar id={me.id} name={name || me.display_name} size="large" />
          <p class="hint">
            Others see your name and find you by your handle.
          </p>
        </div>
        <Field
          label="Name"
          value={name}
          maxLength={50}
          onText={setName}
          problem={problem?.field === "name" ? problem.text : ""}
        />
        <Field
          label="Handle"
          value={handle}
          onText={setHandle}
          problem={problem?.field === "handle" ? problem.text : ""}
          {...HANDLE_FIELD}
        />
        <Button kind="primary" type="submit" busy={busy} disabled={busy || !changed}>
          Save
        </Button>
      </form>
    </section>
  );
}

const THEMES: [theme: Theme, label: string][] = [
  ["system", "System"],
  ["light", "Light"],
  ["dark", "Dark"],
];

function Looks() {
  const [chosen, setChosen] = useState(theme);
  return (
    <section class="settings-section" aria-labelledby="looks-heading">
      <h2 id="looks-heading">Appearance</h2>
      <fieldset class="segmented">
        <legend class="visually-hidden">Theme</legend>
        {THEMES.map(([value, label]) => (
          <label key={value}>
            <input
              type="radio"
              name="theme"
              checked={chosen === value}
              onChange={() => {
                setTheme(value);
                setChosen(value);
              }}
            />
            <span>{label}</span>
          </label>
        ))}
      </fieldset>
    </section>
  );
}

function Keyboard() {
  const [on, setOn] = useState(singleKeysOn);
  return (
    <section class="settings-section" aria-labelledby="keyboard-heading">
      <h2 id="keyboard-heading">Keyboard</h2>
      <Switch
        label="Shortcuts of a single key"
        hint="Such as N for a new conversation. Off is better for speech input."
        checked={on}
        onChange={(checked) => {
          setSingleKeys(checked);
          setOn(checked);
        }}
      />
    </section>
  );
}

function Blocked() {
  const blocked = useStore((state) => state.blocked);
  useEffect(() => {
    void attempt(loadBlocked);
  }, []);
  return (
    <section class="settings-section" aria-labelledby="blocked-heading">
      <h2 id="blocked-heading">Blocked people</h2>
      {blocked?.length ? (
        <ul class="people">
          {blocked.map((person) => (
            <li key={person.id} class="person">
              <Avatar id={person.id} name={person.display_name} />
              <span class="person-names">
                <span class="name">{person.display_name}</span>
                <span class="hint">@{person.handle}</span>
              </span>
              <Button
                aria-label={`Unblock ${person.display_name}`}
                onClick={() => void attempt(() => unblock(person))}
              >
                Unblock
              </Button>
            </li>
          ))}
        </ul>
      ) : (
        <p class="hint">Nobody. Who is blocked cannot write to you, nor you to them.</p>
      )}
    </section>
  );
}

function Erase({ me, onClose }: { me: Person; onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const erase = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (normalHandle(typed) !== me.handle) {
      setProblem(`Type ${me.handle} to confirm.`);
      return;
    }
    setBusy(true);
    try {
      await api.eraseMe();
      onClose();
      go("/", "replace");
      end("Your account is being erased. Goodbye.");
    } catch (error) {
      setProblem(inPlainWords(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title="Erase your account" onClose={onClose}>
      <form onSubmit={(event) => void erase(event)}>
        <p>
          Your messages become empty, you leave every conversation, and your handle becomes free.
          This cannot be undone.
        </p>
        <Field
          label={`Type your handle, ${me.handle}, to confirm`}
          value={typed}
          onText={setTyped}
          problem={problem}
          data-autofocus
          {...HANDLE_FIELD}
        />
        <div class="dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="danger" type="submit" busy={busy} disabled={busy}>
            Erase my account
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
