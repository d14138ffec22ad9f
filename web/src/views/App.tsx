// Signed in or not, and the live regions that are always there.
import { useCallback, useEffect, useState } from "preact/hooks";
import { notify } from "../actions/notices";
import { start, stop } from "../actions/start";
import { inPlainWords, Problem } from "../api/problem";
import { Button } from "../components/Button";
import { Empty } from "../components/Empty";
import { Notices } from "../components/Notices";
import { go, useRoute } from "../lib/router";
import { end, onSessionEnd, resume } from "../session/session";
import { useStore } from "../store/store";
import { Shell } from "./Shell";
import { SignedIn } from "./SignedIn";
import { SignIn } from "./SignIn";

type Phase = "signed-out" | "starting" | "failed" | "running";

export function App() {
  const route = useRoute();
  const me = useStore((state) => state.me);
  const [phase, setPhase] = useState<Phase>("signed-out");
  const [problem, setProblem] = useState("");

  const begin = useCallback(async (): Promise<void> => {
    setPhase("starting");
    try {
      await start();
      setPhase("running");
    } catch (error) {
      // Refused: onSessionEnd has dealt with it.
      if (error instanceof Problem && error.status === 401) return;
      setProblem(inPlainWords(error));
      setPhase("failed");
    }
  }, []);

  useEffect(() => {
    onSessionEnd((reason) => {
      stop();
      setPhase("signed-out");
      if (reason) notify(reason, "info");
    });
    if (resume()) void begin();
  }, []);

  const signedIn = (returnTo: string): void => {
    go(returnTo, "replace");
    void begin();
  };

  let screen;
  if (phase === "running" && me) screen = <Shell route={route} me={me} />;
  else if (phase === "starting" || phase === "running") screen = <Starting />;
  else if (phase === "failed") {
    screen = (
      <main class="centre">
        <h1 class="visually-hidden">Parley</h1>
        <Empty icon="warning" title={problem}>
          <Button kind="primary" icon="retry" onClick={() => void begin()}>
            Try again
          </Button>
          <Button onClick={() => end()}>Sign out</Button>
        </Empty>
      </main>
    );
  } else if (route.name === "signed-in") {
    screen = <SignedIn parameters={route.parameters} onSignedIn={signedIn} />;
  } else screen = <SignIn onSignedIn={() => signedIn(location.pathname + location.search)} />;

  return (
    <>
      {screen}
      <Notices />
      <div id="announce-polite" class="visually-hidden" role="log" aria-live="polite" />
      <div id="announce-assertive" class="visually-hidden" role="alert" />
    </>
  );
}

function Starting() {
  return (
    <main class="centre" aria-busy="true">
      <h1 class="visually-hidden">Parley</h1>
      <p class="starting" role="status">
        <img src="/favicon.svg" alt="" width="56" height="56" />
        <span class="visually-hidden">Loading</span>
      </p>
    </main>
  );
}
