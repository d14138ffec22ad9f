// /signed-in: where the issuer sends people back to.
import { useEffect, useState } from "preact/hooks";
import { inPlainWords } from "../api/problem";
import { Button } from "../components/Button";
import { Empty } from "../components/Empty";
import { go } from "../lib/router";
import { arrive } from "../session/oidc";
import { begin } from "../session/session";

interface Props {
  parameters: URLSearchParams;
  onSignedIn: (returnTo: string) => void;
}

export function SignedIn({ parameters, onSignedIn }: Props) {
  const [problem, setProblem] = useState("");
  useEffect(() => {
    arrive(parameters)
      .then(({ session, returnTo }) => {
        begin(session);
        onSignedIn(returnTo);
      })
      .catch((error: unknown) => setProblem(inPlainWords(error)));
  }, []);
  return (
    <main class="centre" aria-busy={!problem}>
      <h1 class="visually-hidden">Signing in</h1>
      {problem ? (
        <Empty icon="warning" title={problem}>
          <Button kind="primary" onClick={() => go("/", "replace")}>
            Back to sign-in
          </Button>
        </Empty>
      ) : (
        <p role="status">Signing you in…</p>
      )}
    </main>
  );
}
