// Sign-in: at the server itself (pick a person, or be a new one), or at an issuer.
import { useEffect, useState } from "preact/hooks";
import { api } from "../api/client";
import { inPlainWords } from "../api/problem";
import type { Person, SignInMode } from "../api/types";
import { Avatar } from "../components/Avatar";
import { Button } from "../components/Button";
import { Field, HANDLE_FIELD } from "../components/Field";
import { Icon } from "../components/Icon";
import { ListSkeleton } from "../components/Skeleton";
import { isHandle, normalHandle } from "../lib/text";
import { leaveForSignIn } from "../session/oidc";
import { signInLocally } from "../session/session";

interface Props {
  onSignedIn: () => void;
}

export function SignIn({ onSignedIn }: Props) {
  const [mode, setMode] = useState<SignInMode | null>(null);
  const [people, setPeople] = useState<Person[]>([]);
  const [problem, setProblem] = useState("");

  const load = async (): Promise<void> => {
    setProblem("");
    try {
      const answer = await api.signInMode();
      if (answer.mode === "local") setPeople((await api.signInPeople()).items);
      setMode(answer);
    } catch (error) {
      setProblem(inPlainWords(error));
    }
  };
  useEffect(() => {
    document.title = "Sign in – Parley";
    void load();
  }, []);

  return (
    <main class="sign-in">
      <div class="card">
        <header class="sign-in-head">
          <img src="/favicon.svg" alt="" width="52" height="52" />
          <h1>Welcome to Parley</h1>
          <p class="hint">Messages between people, live.</p>
        </header>
        {problem && (
          <div class="sign-in-problem" role="alert">
            <p>{problem}</p>
            <Button icon="retry" onClick={() => void load()}>
              Try again
            </Button>
          </div>
        )}
        {!mode && !problem && <ListSkeleton rows={3} />}
        {mode?.mode === "local" && <Local people={people} onSignedIn={onSignedIn} />}
        {mode?.mode === "oidc" && <Issuer mode={mode} onProblem={setProblem} />}
      </div>
    </main>
  );
}

function Local({ people, onSignedIn }: Props & { people: Person[] }) {
  const [handle, setHandle] = useState("");
  const [name, setName] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);

  const enter = async (who: string, displayName?: string): Promise<void> => {
    setBusy(true);
    setProblem("");
    try {
      await signInLocally(who, displayName);
      onSignedIn();
    } catch (error) {
      setProblem(inPlainWords(error));
      setBusy(false);
    }
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    const wanted = normalHandle(handle);
    if (!isHandle(wanted)) {
      setProblem("A handle is 1 to 30 of a–z, 0–9, dot, dash and underscore.");
      return;
    }
    void enter(wanted, name.trim() || undefined);
  };

  return (
    <>
      {people.length > 0 && (
        <section aria-labelledby="people-heading">
          <h2 id="people-heading">Continue as</h2>
          <ul class="sign-in-people">
            {people.map((person) => (
              <li key={person.id}>
                <button
                  type="button"
                  class="person-button"
                  disabled={busy}
                  onClick={() => void enter(person.handle)}
                >
                  <Avatar id={person.id} name={person.display_name} />
                  <span class="person-names">
                    <span class="name">{person.display_name}</span>
                    <span class="hint">@{person.handle}</span>
                  </span>
                  <Icon name="back" size={18} />
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section aria-labelledby="new-heading">
        <h2 id="new-heading">{people.length ? "Or be somebody new" : "Choose a handle"}</h2>
        <form onSubmit={submit}>
          <Field
            label="Handle"
            value={handle}
            onText={setHandle}
            problem={problem}
            required
            {...HANDLE_FIELD}
          />
          <Field label="Name (optional)" value={name} onText={setName} maxLength={50} />
          <Button kind="primary" type="submit" busy={busy} disabled={busy}>
            Continue
          </Button>
        </form>
      </section>
    </>
  );
}

interface IssuerProps {
  mode: Extract<SignInMode, { mode: "oidc" }>;
  onProblem: (problem: string) => void;
}

function Issuer({ mode, onProblem }: IssuerProps) {
  const [busy, setBusy] = useState(false);
  const leave = async (): Promise<void> => {
    setBusy(true);
    try {
      await leaveForSignIn(mode, location.pathname + location.search);
    } catch (error) {
      onProblem(inPlainWords(error));
      setBusy(false);
    }
  };
  return (
    <section class="sign-in-issuer">
      <Button kind="primary" busy={busy} disabled={busy} onClick={() => void leave()}>
        Sign in
      </Button>
      <p class="hint">You sign in at {new URL(mode.issuer).host} and come back here.</p>
    </section>
  );
}
