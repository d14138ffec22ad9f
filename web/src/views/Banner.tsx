// Says when the app is cut off from the server, and that it is coming back.
import { useEffect, useState } from "preact/hooks";
import { useStore } from "../store/store";

const PATIENCE_MS = 1_500;

export function Banner() {
  const cutOff = useStore((state) => state.connection !== "live");
  const offline = useStore((state) => state.connection === "offline");
  const waiting = useStore((state) => Object.keys(state.outbox).length > 0);
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (!cutOff) {
      setShown(false);
      return undefined;
    }
    // A short break is nobody's business.
    const timer = setTimeout(() => setShown(true), offline && !navigator.onLine ? 0 : PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [cutOff, offline]);
  return (
    <div class="banner-place" role="status">
      {shown && (
        <p class="banner">
          {navigator.onLine ? "Connecting to the server…" : "You are offline."}
          {waiting && " What you write is sent as soon as there is a connection."}
        </p>
      )}
    </div>
  );
}
