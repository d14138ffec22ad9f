// Notices at the window's edge; read out by screen readers as they come.
import { dismiss } from "../actions/notices";
import { useStore } from "../store/store";
import { IconButton } from "./Button";
import { Icon } from "./Icon";

export function Notices() {
  const notices = useStore((state) => state.notices);
  return (
    <div class="notices" role="status">
      {notices.map((notice) => (
        <div class={`notice ${notice.kind}`} key={notice.id}>
          <Icon name={notice.kind === "error" ? "warning" : "info"} size={18} />
          <span>{notice.text}</span>
          <IconButton icon="close" size={16} label="Dismiss" onClick={() => dismiss(notice.id)} />
        </div>
      ))}
    </div>
  );
}
