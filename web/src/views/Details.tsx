// The pane beside a conversation: who is in it, and what can be done with it as a whole.
import { useEffect, useRef, useState } from "preact/hooks";
import { leave, loadMembers, rename, setMuted } from "../actions/conversations";
import { attempt } from "../actions/notices";
import { block, unblock } from "../actions/people";
import { inPlainWords } from "../api/problem";
import type { Conversation, Person } from "../api/types";
import { Avatar } from "../components/Avatar";
import { Button, IconButton } from "../components/Button";
import { Confirm } from "../components/Confirm";
import { Field } from "../components/Field";
import { Switch } from "../components/Switch";
import { go } from "../lib/router";
import { calendarDate } from "../lib/time";
import { useStore } from "../store/store";
import { Members } from "./Members";

interface Props {
  conversation: Conversation;
  me: Person;
  onClose: () => void;
}

export function Details({ conversation, me, onClose }: Props) {
  const { id, kind, title, other, created_at, muted, role } = conversation;
  const [asking, setAsking] = useState<"leave" | "block" | null>(null);
  const online = useStore((state) => Boolean(other && state.online[other.id]));
  const blocked = useStore((state) =>
    Boolean(other && state.blocked?.some((person) => person.id === other.id)),
  );
  const close = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    close.current?.focus();
    void loadMembers(id);
  }, [id]);

  return (
    <aside class="details" aria-label="Details">
      <header class="pane-head">
        <h2>Details</h2>
        <IconButton icon="close" label="Close the details" buttonRef={close} onClick={onClose} />
      </header>
      <div class="details-scroll">
        <div class="details-top">
          <Avatar id={other?.id ?? id} name={title} size="large" online={online} />
          {kind === "group" && role === "owner" ? (
            <Title key={title} id={id} title={title} />
          ) : (
            <p class="details-title">{title}</p>
          )}
          <p class="hint">
            {other ? `@${other.handle}${online ? " · online" : ""}` : "Group"}
            {created_at && ` · since ${calendarDate(created_at)}`}
          </p>
        </div>
        <Switch
          label="Mute"
          hint="Not counted in the window's title."
          checked={muted}
          onChange={(checked) => void attempt(() => setMuted(id, checked))}
        />
        {kind === "group" && <Members conversation={conversation} me={me} />}
        <div class="details-actions">
          {other &&
            (blocked ? (
              <Button icon="block" onClick={() => void attempt(() => unblock(other))}>
                Unblock {other.display_name}
              </Button>
            ) : (
              <Button kind="danger" icon="block" onClick={() => setAsking("block")}>
                Block {other.display_name}
              </Button>
            ))}
          <Button kind="danger" icon="leave" onClick={() => setAsking("leave")}>
            {kind === "group" ? "Leave the group" : "Remove from my list"}
          </Button>
        </div>
      </div>
      {asking === "leave" && (
        <Confirm
          title={kind === "group" ? `Leave ${title}?` : "Remove this conversation?"}
          text={
            kind === "group"
              ? "You will not see its messages any more, unless somebody invites you again."
              : "It comes back with the next message, from either of you."
          }
          action={kind === "group" ? "Leave" : "Remove"}
          onConfirm={async () => {
            await leave(id);
            go("/");
          }}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === "block" && other && (
        <Confirm
          title={`Block ${other.display_name}?`}
          text="Neither of you will be able to write to the other. They are not told."
          action="Block"
          onConfirm={() => block(other)}
          onClose={() => setAsking(null)}
        />
      )}
    </aside>
  );
}

/** A group's title, for its owners: a field that saves with Enter or the button. */
function Title({ id, title }: { id: string; title: string }) {
  const [text, setText] = useState(title);
  const [problem, setProblem] = useState("");
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      if (text.trim() !== title) await rename(id, text.trim());
    } catch (error) {
      setProblem(inPlainWords(error));
    }
  };
  return (
    <form class="title-form" onSubmit={(event) => void save(event)}>
      <Field label="Title" value={text} maxLength={100} onText={setText} problem={problem} />
      {text.trim() !== title && (
        <Button type="submit" kind="primary" disabled={!text.trim()}>
          Save title
        </Button>
      )}
    </form>
  );
}
