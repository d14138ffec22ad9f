// A group's members: roles, who is online, inviting and removing.
import { useState } from "preact/hooks";
import { invite, loadMembers, removeMember, setRole } from "../actions/conversations";
import { attempt } from "../actions/notices";
import { inPlainWords } from "../api/problem";
import type { Conversation, Member, Person } from "../api/types";
import { Avatar } from "../components/Avatar";
import { Button } from "../components/Button";
import { Confirm } from "../components/Confirm";
import { Field, HANDLE_FIELD } from "../components/Field";
import { Menu, type MenuItem } from "../components/Menu";
import { ListSkeleton } from "../components/Skeleton";
import { normalHandle, plural } from "../lib/text";
import { useStore } from "../store/store";

interface Props {
  conversation: Conversation;
  me: Person;
}

export function Members({ conversation, me }: Props) {
  const { id, member_count } = conversation;
  const members = useStore((state) => state.members[id]);
  const [removing, setRemoving] = useState<Member | null>(null);
  return (
    <section class="members" aria-labelledby="members-heading">
      <h3 id="members-heading">{plural(member_count, "member")}</h3>
      <Invite id={id} />
      {(!members || members.status === "loading") && <ListSkeleton rows={3} />}
      {members?.status === "error" && (
        <Button icon="retry" onClick={() => void loadMembers(id)}>
          Load the members again
        </Button>
      )}
      <ul class="people">
        {members?.items.map((member) => (
          <MemberRow
            key={member.user.id}
            member={member}
            conversation={conversation}
            me={me}
            onRemove={() => setRemoving(member)}
          />
        ))}
      </ul>
      {removing && (
        <Confirm
          title={`Remove ${removing.user.display_name}?`}
          text="They will not see the group's messages any more."
          action="Remove"
          onConfirm={() => removeMember(id, removing.user.id)}
          onClose={() => setRemoving(null)}
        />
      )}
    </section>
  );
}

interface RowProps extends Props {
  member: Member;
  onRemove: () => void;
}

function MemberRow({ member, conversation, me, onRemove }: RowProps) {
  const { user, role } = member;
  const online = useStore((state) => Boolean(state.online[user.id]));
  const isMe = user.id === me.id;
  const items: MenuItem[] = [];
  if (conversation.role === "owner") {
    const next = role === "owner" ? "member" : "owner";
    items.push({
      label: next === "owner" ? "Make owner" : "Make member",
      icon: next === "owner" ? "up" : "down",
      onSelect: () => void attempt(() => setRole(conversation.id, user.id, next)),
    });
    if (!isMe) items.push({ label: "Remove", icon: "leave", danger: true, onSelect: onRemove });
  }
  return (
    <li class="person">
      <Avatar id={user.id} name={user.display_name} online={online} />
      <span class="person-names">
        <span class="name">
          {user.display_name}
          {isMe && " (you)"}
        </span>
        <span class="hint">
          @{user.handle}
          {online && " · online"}
        </span>
      </span>
      {role === "owner" && <span class="role">Owner</span>}
      {items.length > 0 && <Menu label={`Actions for ${user.display_name}`} items={items} />}
    </li>
  );
}

function Invite({ id }: { id: string }) {
  const [handle, setHandle] = useState("");
  const [problem, setProblem] = useState("");
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const wanted = normalHandle(handle);
    if (!wanted) return;
    try {
      await invite(id, wanted);
      setHandle("");
    } catch (error) {
      setProblem(inPlainWords(error));
    }
  };
  return (
    <form class="field-with-button" onSubmit={(event) => void submit(event)}>
      <Field
        label="Invite by handle"
        value={handle}
        onText={(text) => {
          setHandle(text);
          setProblem("");
        }}
        problem={problem}
        {...HANDLE_FIELD}
      />
      <Button type="submit">Invite</Button>
    </form>
  );
}
