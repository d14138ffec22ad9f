// Begin a conversation of two by handle, or a group with a title and handles.
import { useRef, useState } from "preact/hooks";
import { makeGroup, openDirect } from "../actions/conversations";
import { api } from "../api/client";
import { inPlainWords } from "../api/problem";
import type { Person } from "../api/types";
import { Avatar } from "../components/Avatar";
import { Button, IconButton } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { Field, HANDLE_FIELD } from "../components/Field";
import { conversationPath, go } from "../lib/router";
import { isHandle, normalHandle } from "../lib/text";

const TITLE_CHARACTERS_MAX = 100;

interface Props {
  kind: "direct" | "group";
  onKind: (kind: "direct" | "group") => void;
  onClose: () => void;
}

export function NewConversation({ kind, onKind, onClose }: Props) {
  return (
    <Dialog title={kind === "direct" ? "New conversation" : "New group"} onClose={onClose}>
      {kind === "direct" ? <Direct onClose={onClose} /> : <Group onClose={onClose} />}
      <p class="dialog-switch">
        <button
          type="button"
          class="link"
          onClick={() => onKind(kind === "direct" ? "group" : "direct")}
        >
          {kind === "direct" ? "Make a group instead" : "Write to one person instead"}
        </button>
      </p>
    </Dialog>
  );
}

function Direct({ onClose }: { onClose: () => void }) {
  const [handle, setHandle] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const wanted = normalHandle(handle);
    if (!isHandle(wanted)) {
      setProblem("Write the handle of the person you want to reach.");
      return;
    }
    setBusy(true);
    try {
      const conversation = await openDirect(wanted);
      onClose();
      go(conversationPath(conversation.id));
    } catch (error) {
      setProblem(inPlainWords(error));
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Field
        label="Handle"
        hint="The name after the @, as they gave it to you."
        value={handle}
        onText={(text) => {
          setHandle(text);
          setProblem("");
        }}
        problem={problem}
        data-autofocus
        {...HANDLE_FIELD}
      />
      <div class="dialog-actions">
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" type="submit" busy={busy} disabled={busy}>
          Open conversation
        </Button>
      </div>
    </form>
  );
}

function Group({ onClose }: { onClose: () => void }) {
  const [title, setTitle] = useState("");
  const [people, setPeople] = useState<Person[]>([]);
  const [handle, setHandle] = useState("");
  const [titleProblem, setTitleProblem] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);

  /** Looks the typed handle up and puts the person on the list; false if there is none. */
  const add = async (): Promise<Person[] | null> => {
    const wanted = normalHandle(handle);
    if (!wanted) return people;
    try {
      const person = await api.person(wanted);
      const next = [...people.filter(({ id }) => id !== person.id), person];
      setPeople(next);
      setHandle("");
      setProblem("");
      field.current?.focus();
      return next;
    } catch (error) {
      setProblem(inPlainWords(error));
      return null;
    }
  };

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!title.trim()) {
      setTitleProblem("A group needs a title.");
      return;
    }
    setBusy(true);
    try {
      const all = await add();
      if (!all) return;
      const conversation = await makeGroup(
        title.trim(),
        all.map((person) => person.handle),
      );
      onClose();
      go(conversationPath(conversation.id));
    } catch (error) {
      setProblem(inPlainWords(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form onSubmit={(event) => void submit(event)}>
      <Field
        label="Title"
        value={title}
        maxLength={TITLE_CHARACTERS_MAX}
        onText={(text) => {
          setTitle(text);
          setTitleProblem("");
        }}
        problem={titleProblem}
        data-autofocus
      />
      <div class="field-with-button">
        <Field
          label="Add people by handle"
          value={handle}
          inputRef={field}
          onText={(text) => {
            setHandle(text);
            setProblem("");
          }}
          problem={problem}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || !handle.trim()) return;
            event.preventDefault();
            void add();
          }}
          {...HANDLE_FIELD}
        />
        <Button onClick={() => void add()}>Add</Button>
      </div>
      {people.length > 0 && (
        <ul class="chips" aria-label="People in the group">
          {people.map((person) => (
            <li key={person.id} class="chip">
              <Avatar id={person.id} name={person.display_name} size="small" />
              <span>{person.display_name}</span>
              <IconButton
                icon="close"
                size={14}
                label={`Remove ${person.display_name}`}
                onClick={() => setPeople(people.filter(({ id }) => id !== person.id))}
              />
            </li>
          ))}
        </ul>
      )}
      <div class="dialog-actions">
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" type="submit" busy={busy} disabled={busy}>
          Make group
        </Button>
      </div>
    </form>
  );
}
