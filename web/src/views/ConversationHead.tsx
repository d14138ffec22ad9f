// The head of an open conversation: who, whether they are there or typing, and its buttons.
import type { Conversation } from "../api/types";
import { Avatar } from "../components/Avatar";
import { IconButton } from "../components/Button";
import { nameList, plural } from "../lib/text";
import { useStore } from "../store/store";

interface Props {
  conversation: Conversation;
  detailsOpen: boolean;
  onBack: () => void;
  onSearch: () => void;
  onDetails: () => void;
}

export function ConversationHead(props: Props) {
  const { conversation, detailsOpen, onBack, onSearch, onDetails } = props;
  const { id, other, title } = conversation;
  const online = useStore((state) => Boolean(other && state.online[other.id]));
  return (
    <header class="pane-head">
      <IconButton
        icon="back"
        label="Back to the conversations"
        class="icon-button only-narrow"
        onClick={onBack}
      />
      <Avatar id={other?.id ?? id} name={title} online={online} />
      <div class="pane-title">
        <h1 tabIndex={-1}>{title}</h1>
        <Subtitle conversation={conversation} online={online} />
      </div>
      <IconButton icon="search" label="Search in this conversation" onClick={onSearch} />
      <IconButton icon="info" label="Details" aria-expanded={detailsOpen} onClick={onDetails} />
    </header>
  );
}

function Subtitle({ conversation, online }: { conversation: Conversation; online: boolean }) {
  const { id, kind, other, member_count } = conversation;
  const typing = useStore((state) => state.typing[id]);
  const members = useStore((state) => state.members[id]);
  if (typing) {
    const names = Object.keys(typing).map(
      (user) =>
        members?.items.find((member) => member.user.id === user)?.user.display_name ?? "Somebody",
    );
    const words =
      kind === "direct"
        ? "typing…"
        : `${nameList(names)} ${names.length === 1 ? "is" : "are"} typing…`;
    return (
      <p class="subtitle typing" role="status">
        {words}
      </p>
    );
  }
  if (kind === "direct") {
    return (
      <p class="subtitle">
        {other && `@${other.handle}`}
        {online && " · online"}
      </p>
    );
  }
  return <p class="subtitle">{plural(member_count, "member")}</p>;
}
