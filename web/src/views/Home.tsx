// What is beside the list while no conversation is open.
import { Button } from "../components/Button";
import { Empty } from "../components/Empty";
import { conversationsOf } from "../store/conversations";
import { useStore } from "../store/store";

interface Props {
  onDirect: () => void;
  onHelp: () => void;
}

export function Home({ onDirect, onHelp }: Props) {
  const isEmpty = useStore(
    (state) => state.list.status === "ready" && conversationsOf(state.list).length === 0,
  );
  return (
    <main id="main" class="pane home" tabIndex={-1}>
      <h1 class="visually-hidden">Parley</h1>
      <Empty icon="write" title={isEmpty ? "It is quiet here" : "Pick a conversation"}>
        <p class="hint">
          {isEmpty
            ? "Write to somebody whose handle you know, or make a group."
            : "Choose one on the left, or begin a new one."}
        </p>
        <div class="empty-actions">
          <Button kind="primary" icon="write" onClick={onDirect}>
            New conversation
          </Button>
          <Button icon="help" onClick={onHelp}>
            Keyboard shortcuts
          </Button>
        </div>
      </Empty>
    </main>
  );
}
